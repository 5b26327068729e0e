"""Encrypted events: read, told of as unreadable, and read later when their key comes."""

from __future__ import annotations

from typing import Any

from tests.helpers.matrix_keys import ROOM, Party, party, three
from visio_desktop.meeting.events import ChatReceived, ServerEvent
from visio_desktop.servers.matrix.keys import Plain
from visio_desktop.servers.matrix.sealed import Sealed
from visio_desktop.servers.matrix.timeline import Timeline
from visio_desktop.servers.matrix.words import RoomEvent, parse_event


def sealed_of(person: Party) -> Sealed:
    timeline = Timeline(
        person.me.user_id, owner=lambda _: None, speaker=lambda user_id: (f"{user_id}:ONE", user_id), now_ms=lambda: 0.0
    )
    return Sealed(person.keeper, timeline)


def room_event(raw: dict[str, Any]) -> RoomEvent:
    event = parse_event({**raw, "origin_server_ts": 5, "room_id": ROOM})
    assert event is not None
    return event


def lines(events: list[ServerEvent]) -> list[tuple[str, str, bool]]:
    messages = [event.message for event in events if isinstance(event, ChatReceived)]
    return [(message.sender_name, message.text, message.unreadable) for message in messages]


async def test_a_line_is_read_at_once_or_when_its_key_has_come() -> None:
    _, ada, bob, _ = await three()
    sealed = sealed_of(bob)
    event = room_event(await ada.say("hello", bob))
    first = await sealed.read(event, past=False)
    assert lines(first) == [("@ada:test", "", True)]
    assert await sealed.again() == []
    await bob.sync()
    later = await sealed.again()
    assert lines(later) == [("@ada:test", "hello", False)]
    # It takes the place of the line that could not be read.
    assert [e.message.id for e in (*first, *later) if isinstance(e, ChatReceived)] == [event.event_id] * 2
    assert await sealed.again() == []
    assert lines(await sealed.read(room_event(await ada.say("again", bob)), past=False)) == [
        ("@ada:test", "again", False)
    ]


async def test_what_was_said_before_and_what_is_no_line_is_not_told_of() -> None:
    server, ada, bob, eve = await three()
    sealed = sealed_of(eve)
    assert await sealed.read(room_event(await ada.say("before", bob)), past=True) == []
    for relation in ("m.annotation", "m.reference", "m.replace"):
        content = {"m.relates_to": {"rel_type": relation, "event_id": "$x"}}
        reaction = await ada.keeper.seal(Plain("m.reaction", content), frozenset({bob.me.user_id}))
        assert await sealed.read(room_event(ada.event(reaction)), past=False) == []
    late = sealed_of(await party(server, "late"))
    assert len(await late.read(room_event(await ada.say("x", bob)), past=False)) == 1


async def test_lines_that_stay_shut_are_bounded() -> None:
    _, ada, bob, _ = await three()
    sealed = sealed_of(bob)
    events = [room_event(await ada.say(str(number), bob)) for number in range(60)]
    for event in events:
        await sealed.read(event, past=False)
    await bob.sync()
    assert [text for _, text, _ in lines(await sealed.again())] == [str(number) for number in range(10, 60)]

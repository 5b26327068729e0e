"""A session's dialogue with a server that lets everybody in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.helpers.clock_media import until
from tests.helpers.scripted_janus import ROOM, ScriptedJanus, scripted_janus
from tests.helpers.session_ear import SessionEar
from visio_desktop.meeting.events import (
    ChatReceived,
    MutedByServer,
    Reacted,
    Restored,
    Restoring,
    SendingAllowed,
    SpeakersChanged,
)
from visio_desktop.meeting.requests import MuteOther, RemovePerson, Rename
from visio_desktop.meeting.rooms import Emoji
from visio_desktop.meeting.values import Capability, ProblemCode, Source
from visio_desktop.rtc import PeerState
from visio_desktop.rtc.frames import Codec
from visio_desktop.servers.janus import convention
from visio_desktop.servers.janus import session as module
from visio_desktop.servers.janus.adapter import JanusAdapter
from visio_desktop.servers.janus.session import JanusSession
from visio_desktop.servers.janus.text_room import Said
from visio_desktop.servers.port import Credentials, JoinRequest, PublishRequest, RequestFailed, SessionClosed

MICROPHONE = PublishRequest(Source.MICROPHONE, (Codec.OPUS,))
BOB = {"id": 3, "display": "Bob", "streams": [{"type": "audio", "mid": "1", "description": "microphone"}]}


@pytest.fixture
async def janus() -> AsyncIterator[ScriptedJanus]:
    async with scripted_janus() as running:
        yield running


@pytest.fixture
def ear() -> SessionEar:
    return SessionEar()


@pytest.fixture
async def session(janus: ScriptedJanus, ear: SessionEar) -> AsyncIterator[JanusSession]:
    adapter = JanusAdapter(epoch=lambda: 5.0)
    link = adapter.recognise(janus.link)
    assert link is not None
    joined = await adapter.join(JoinRequest(link, "Ada", Credentials(room_secret="secret")), ear)
    assert isinstance(joined, JanusSession)
    yield joined
    await joined.leave()


async def test_the_rooms_words_become_the_meetings(
    janus: ScriptedJanus, session: JanusSession, ear: SessionEar
) -> None:
    assert session.path()["protocol"] in {"", "udp"}
    await janus.say(publishers=[BOB])
    await until(lambda: ear.publication("Bob", Source.MICROPHONE) is not None, "Bob's microphone")
    await janus.say(moderation="muted", id=3, mid="1")
    await until(lambda: ear.publications["3:1"].muted, "Bob muted")
    await janus.say(videoroom="talking", id=3)
    await until(lambda: SpeakersChanged(frozenset({"3"})) in ear.events, "Bob speaks")
    session.on_said("3", convention.write_reaction(Emoji.RED_HEART))
    session.on_said("3", convention.write_line(convention.Line("m", "tea?")))
    session.on_said("3", b"rubbish")
    assert Reacted("3", Emoji.RED_HEART) in ear.events
    assert [(line.id, line.sender_name, line.text) for line in ear.chat] == [("3:m", "Bob", "tea?")]
    await janus.say(leaving=3)
    await until(lambda: ear.others == [], "Bob gone")


async def test_a_line_of_the_text_room_is_told_as_what_it_is(
    janus: ScriptedJanus, session: JanusSession, ear: SessionEar
) -> None:
    await janus.say(publishers=[BOB])
    await until(lambda: ear.named("Bob") is not None, "Bob")
    session.on_text(Said("a", "3", "Robert", "tea?", at_ms=1.0))
    session.on_text(Said("b", "", "Eve", "psst", private=True))
    session.on_text(Said("c", "9", "Dan", "before", at_ms=1.0, old=True))
    session.on_text(Said("m", "8", "Ada", "mine", at_ms=9.0, old=True, mine=True))
    told = [event for event in ear.events if isinstance(event, ChatReceived)]
    assert [(t.message.sender_name, t.message.at_ms, t.is_old, t.message.is_mine) for t in told] == [
        ("Bob", 5.0, False, False),
        ("Eve (to you alone)", 5.0, False, False),
        ("Dan", 1.0, True, False),
        ("Ada", 5.0, True, True),
    ]


async def test_a_rooms_secret_is_tried_before_anything_is_seen(janus: ScriptedJanus, session: JanusSession) -> None:
    assert session.path()["protocol"] in {"", "udp"}
    tried = janus.requests("edit")
    assert tried == [{"request": "edit", "room": ROOM, "secret": "secret"}], "and nothing is changed by it"
    asked = [told.get("body", {}).get("request") for told in janus.asked]
    assert asked.index("edit") < asked.index("join")


async def test_what_a_moderator_closed_only_a_moderator_opens(
    janus: ScriptedJanus, session: JanusSession, ear: SessionEar
) -> None:
    await session.publish(MICROPHONE)
    await janus.say(moderation="muted", id=1, mid="1")
    await until(lambda: MutedByServer(Source.MICROPHONE) in ear.events, "muted")
    assert SendingAllowed(frozenset(Source) - {Source.MICROPHONE}) in ear.events
    await session.unpublish(Source.MICROPHONE)
    with pytest.raises(RequestFailed, match="moderator"):
        await session.publish(MICROPHONE)


async def test_who_has_the_secret_leads(janus: ScriptedJanus, session: JanusSession, ear: SessionEar) -> None:
    await janus.say(publishers=[BOB])
    await until(lambda: ear.others == ["Bob"], "Bob")
    await session.request(MuteOther("3"))
    assert janus.requests("moderate") == [
        {"request": "moderate", "room": 7, "secret": "secret", "id": 3, "mid": "1", "mute": True}
    ]
    await session.request(RemovePerson("3"))
    assert janus.requests("kick") == [{"request": "kick", "room": 7, "secret": "secret", "id": 3}]
    await session.request(Rename("Ada B."))
    assert ear.me.name == "Ada B."
    assert Capability.REMOVE in session._place.capabilities


@pytest.mark.parametrize(
    ("told", "code", "may_retry"),
    [
        ({"leaving": "ok", "reason": "kicked"}, ProblemCode.REMOVED, False),
        ({"videoroom": "destroyed"}, ProblemCode.ROOM_ENDED, False),
    ],
)
async def test_how_it_ends(
    janus: ScriptedJanus,
    session: JanusSession,
    ear: SessionEar,
    told: dict[str, Any],
    code: ProblemCode,
    may_retry: bool,
) -> None:
    await janus.say(**told)
    await until(lambda: ear.dropped is not None, "the end")
    assert ear.dropped is not None
    assert (ear.dropped.problem.code, ear.dropped.may_retry) == (code, may_retry)
    with pytest.raises(SessionClosed):
        await session.send_chat("m", "hello")


async def test_a_lost_session_is_claimed_and_the_room_heard_anew(
    janus: ScriptedJanus, session: JanusSession, ear: SessionEar
) -> None:
    await janus.say(publishers=[BOB])
    await until(lambda: ear.others == ["Bob"], "Bob")
    janus.answers["listparticipants"] = lambda _: {
        "janus": "success",
        "plugindata": {"data": {"participants": [{"id": 1, "display": "Ada"}, {"id": 4, "display": "Carol"}]}},
    }
    await janus.lose()
    await until(lambda: any(isinstance(e, Restored) for e in ear.events), "back")
    assert Restoring("signalling") in ear.events
    assert ear.others == ["Carol"]
    await janus.send(json.dumps({"janus": "detached", "sender": 999}))  # the handle the room was looked at by
    await janus.say(videoroom="talking", id=4)
    await until(lambda: SpeakersChanged(frozenset({"4"})) in ear.events, "what comes after")
    assert ear.dropped is None
    assert not [task for task in asyncio.all_tasks() if task.get_name().endswith(".broken")]


async def test_a_session_that_is_not_kept_is_over(janus: ScriptedJanus, session: JanusSession, ear: SessionEar) -> None:
    janus.answers["claim"] = lambda _: {"janus": "error", "error": {"code": 458, "reason": "No such session"}}
    await janus.lose()
    await until(lambda: ear.dropped is not None, "over")
    assert ear.dropped is not None
    assert (ear.dropped.problem.code, ear.dropped.may_retry) == (ProblemCode.CONNECTION_LOST, True)


async def test_why_a_connection_ended_is_heard_after_it_did(
    janus: ScriptedJanus, session: JanusSession, ear: SessionEar
) -> None:
    await janus.send(json.dumps({"janus": "hangup", "sender": janus.handle, "reason": "DTLS alert"}))
    session.on_incoming_state(PeerState.FAILED)
    await janus.say(leaving="ok", reason="kicked")
    await until(lambda: ear.dropped is not None, "removed")
    assert ear.dropped is not None
    assert (ear.dropped.problem.code, ear.dropped.may_retry) == (ProblemCode.REMOVED, False)
    with pytest.raises(SessionClosed):
        await session.publish(MICROPHONE)


async def test_a_connection_that_ends_without_a_word_is_a_loss(
    janus: ScriptedJanus, session: JanusSession, ear: SessionEar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TOLD_WITHIN_S", 0.01)
    await janus.send(json.dumps({"janus": "hangup", "sender": janus.handle, "reason": "ICE failed"}))
    await until(lambda: ear.dropped is not None, "lost")
    assert ear.dropped is not None
    assert (ear.dropped.problem.code, ear.dropped.may_retry) == (ProblemCode.CONNECTION_LOST, True)

"""The practice meeting over real packets, in this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from tests.helpers.rtc_pair import LOOPBACK, Heard, sound, until
from visio_desktop.practice.cast import CAST
from visio_desktop.practice.meeting import PERSON, PracticeMeeting
from visio_desktop.practice.script import KNOCK_AT_MS
from visio_desktop.rtc import PeerConnection, PeerState
from visio_desktop.rtc.frames import Codec
from visio_desktop.servers.practice import wire
from visio_desktop.system.texts import set_language


class Visitor:
    """Speaks with a practice meeting as its adapter does."""

    def __init__(self) -> None:
        self.heard: list[wire.Message] = []
        self.said: asyncio.Queue[wire.Message] = asyncio.Queue()
        self.meeting = PracticeMeeting(self.heard.append)
        self.listener, self.nobody = Heard(), Heard()
        self.down = PeerConnection(LOOPBACK, self.listener)
        self.up = PeerConnection(LOOPBACK, self.nobody)
        self.task = asyncio.get_running_loop().create_task(self.meeting.serve(self._words()))

    async def _words(self) -> AsyncIterator[wire.Message]:
        while True:
            yield await self.said.get()

    def say(self, *messages: wire.Message) -> None:
        for message in messages:
            self.said.put_nowait(message)

    async def wait_for[T: wire.Message](self, kind: type[T], fits: Callable[[T], bool] = lambda _: True) -> T:
        def found() -> list[T]:
            return [m for m in self.heard if isinstance(m, kind) and fits(m)]

        await until(lambda: bool(found()))
        return found()[-1]

    async def close(self) -> None:
        self.say(wire.Bye())
        await self.task
        await self.down.close()
        await self.up.close()


@pytest.fixture
async def visitor() -> AsyncIterator[Visitor]:
    made = Visitor()
    yield made
    await made.close()
    set_language(None)


async def test_who_says_hello_meets_the_cast_in_their_language(visitor: Visitor) -> None:
    visitor.say(wire.Hello("Odile", "fr"))
    welcome = await visitor.wait_for(wire.Welcome)
    people = [message for message in visitor.heard if isinstance(message, wire.Person)]
    assert welcome.id == PERSON
    assert {person.name for person in people} <= {role.name for role in CAST}
    assert len(people) == 3
    assert not any(person.arrived for person in people)
    assert await visitor.wait_for(wire.Speakers) == wire.Speakers("amina")
    french = welcome.title
    other = Visitor()
    other.say(wire.Hello("Odile", "en"))
    assert (await other.wait_for(wire.Welcome)).title != french
    await other.close()


async def test_pictures_and_speech_arrive(visitor: Visitor) -> None:
    visitor.say(wire.Hello("Odile", "en"))
    offer = await visitor.wait_for(wire.Offer)
    visitor.say(wire.Answer(await visitor.down.accept_offer(offer.sdp)))
    await until(lambda: len(visitor.listener.frames.get("amina-camera", [])) > 2)
    await until(lambda: bool(visitor.listener.frames.get("amina-microphone")))
    assert visitor.listener.frames["amina-camera"][0].key
    pictures = [p for person in visitor.meeting._stage._people.values() for p in person.pictures.values()]
    visitor.say(wire.Bye())
    await visitor.task
    assert pictures
    assert all(picture.join(0) for picture in pictures), "a thread within a codec is left"


async def test_what_one_says_comes_back_and_what_one_does_is_told(visitor: Visitor) -> None:
    visitor.say(wire.Hello("Odile", "en"))
    stream = visitor.up.add_sender((Codec.OPUS,), stream_id=PERSON, track_id="you-microphone")
    visitor.say(wire.Offer(await visitor.up.create_offer()))
    await visitor.up.set_answer((await visitor.wait_for(wire.Answer)).sdp)
    await until(lambda: visitor.up.state is PeerState.CONNECTED)
    stream.send(sound(1))
    await until(lambda: visitor.meeting._stage.echo.heard == 1)
    visitor.say(wire.Hand("me", 7.0), wire.Line("l1", "me", "anybody?", 8.0))
    assert (await visitor.wait_for(wire.Hand)).raised_at_ms == 7.0
    assert await visitor.wait_for(wire.Line) == wire.Line("l1", PERSON, "anybody?", 8.0)
    answer = await visitor.wait_for(wire.Line, lambda line: line.person == "amina" and "anybody?" in line.text)
    assert answer.id != "l1"


async def test_who_leads_lowers_hands_silences_puts_out_and_is_written_down(visitor: Visitor) -> None:
    visitor.say(wire.Hello("Odile", "en"), wire.WriteDown())
    await visitor.wait_for(wire.Welcome)
    visitor.say(
        wire.Reaction("me", "red-heart"),
        wire.Reaction("me", "telepathy"),
        wire.Renamed("Odile O."),
        wire.Edited("l1", "hello"),
        wire.Lowered("chloe"),
        wire.Silenced(""),
        wire.PutOut("chloe"),
    )
    await visitor.wait_for(wire.PersonLeft, lambda left: left.id == "chloe")
    assert wire.Reaction(PERSON, "red-heart") in visitor.heard
    assert not any(isinstance(m, wire.Reaction) and m.emoji == "telepathy" for m in visitor.heard)
    assert wire.Person(PERSON, "Odile O.", "", arrived=False) in visitor.heard
    assert wire.Hand("chloe", 0.0) in visitor.heard
    line = await visitor.wait_for(wire.Line, lambda line: line.id == "l1")
    assert (line.person, line.text) == (PERSON, "hello")
    muted = {m.person for m in visitor.heard if isinstance(m, wire.Published) and m.muted}
    assert muted == {"amina", "bruno", "chloe"}


async def test_who_knocks_is_let_in_and_what_is_said_is_written(visitor: Visitor) -> None:
    visitor.say(wire.Hello("Odile", "en"), wire.WriteDown())
    await visitor.wait_for(wire.Welcome)
    visitor.meeting._began_ms -= KNOCK_AT_MS
    knocked = await visitor.wait_for(wire.Knocked)
    assert visitor.meeting._script.everybody()[-1].id == "dmitri"
    visitor.say(wire.Answered("", allowed=True))
    await visitor.wait_for(wire.WentAway, lambda gone: gone.id == knocked.id)
    await visitor.wait_for(wire.Person, lambda person: person.id == knocked.id and person.arrived)
    final = await visitor.wait_for(wire.Said, lambda said: said.final)
    begun = next(m for m in visitor.heard if isinstance(m, wire.Said) and m.id == final.id)
    assert final.text.startswith(begun.text)
    assert len(begun.text) < len(final.text)


async def test_the_end_of_the_line_ends_the_meeting() -> None:
    async def silence() -> AsyncIterator[wire.Message]:
        yield wire.Hello("Odile", "en")

    meeting = PracticeMeeting(lambda _: None)
    await asyncio.wait_for(meeting.serve(silence()), 5)
    assert len(meeting._tasks) == 0
    set_language(None)

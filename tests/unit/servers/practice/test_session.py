"""A joined practice meeting: with a process that says what the test wants, and with a real peer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from tests.helpers.rtc_pair import LOOPBACK, Camera, Heard, sound, until
from tests.helpers.session_listener import Listening
from visio_desktop.meeting.events import (
    Captioned,
    ChatReceived,
    Dropped,
    HandChanged,
    Joined,
    ParticipantChanged,
    ParticipantLeft,
    PublicationChanged,
    PublicationGone,
    QualityChanged,
    Reacted,
    SpeakersChanged,
    WaitingChanged,
)
from visio_desktop.meeting.requests import React, StartRecording
from visio_desktop.meeting.rooms import Caption, Emoji, Knock, RecordingKind
from visio_desktop.meeting.values import ChatMessage, Participant, ProblemCode, Publication, Quality, Role, Source
from visio_desktop.rtc import PeerConnection
from visio_desktop.rtc.frames import Codec
from visio_desktop.servers.port import PublishRequest, RequestFailed, SessionClosed, Wanted
from visio_desktop.servers.practice import session as module
from visio_desktop.servers.practice import wire
from visio_desktop.servers.practice.session import PracticeSession

CAMERA = PublishRequest(Source.CAMERA, (Codec.VP8,), width_px=1280, height_px=720)
MICROPHONE = PublishRequest(Source.MICROPHONE, (Codec.OPUS,))


class Meeting:
    """Stands for the child process: answers offers with a peer of its own; `say` says anything."""

    def __init__(self) -> None:
        self.heard: list[wire.Message] = []
        self.answers = True
        self.received, self.sent = Heard(), Heard()
        self.up = PeerConnection(LOOPBACK, self.received)
        self.down = PeerConnection(LOOPBACK, self.sent)
        self._said: asyncio.Queue[wire.Message | None] = asyncio.Queue()
        self.ended = False

    def send(self, message: wire.Message) -> None:
        self.heard.append(message)

    async def messages(self) -> AsyncIterator[wire.Message]:
        while (message := await self._next()) is not None:
            yield message

    async def _next(self) -> wire.Message | None:
        return await self._said.get()

    def say(self, *messages: wire.Message | None) -> None:
        for message in messages:
            self._said.put_nowait(message)

    async def end(self) -> None:
        self.ended = True
        self.say(None)

    def of[T: wire.Message](self, kind: type[T]) -> list[T]:
        return [message for message in self.heard if isinstance(message, kind)]

    async def answer_offer(self, number: int = 1) -> None:
        await until(lambda: len(self.of(wire.Offer)) == number)
        self.say(wire.Answer(await self.up.accept_offer(self.of(wire.Offer)[-1].sdp)))


class Bench:
    def __init__(self) -> None:
        self.meeting, self.listener = Meeting(), Listening()
        self.session = PracticeSession(cast("Any", self.meeting), self.listener, epoch_ms=lambda: 1e12)

    async def open(self) -> None:
        self.meeting.say(wire.Welcome("you", "Practice"))
        await self.session.open("Odile", "fr")

    async def hear(self, *messages: wire.Message) -> None:
        """The meeting says this, and it is taken in."""
        self.meeting.say(*messages)
        await until(self.meeting._said.empty)
        await asyncio.sleep(0)

    async def publish(self, request: PublishRequest, number: int = 1) -> Any:
        stream, _ = await asyncio.gather(self.session.publish(request), self.meeting.answer_offer(number))
        return stream


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    made = Bench()
    await made.open()
    yield made
    await made.session.leave()
    await made.meeting.up.close()
    await made.meeting.down.close()


async def test_there_is_one_welcome_and_nothing_before_it() -> None:
    bench = Bench()
    bench.meeting.say(wire.Speakers("a b"), wire.Line("l", "a", "hello", 1.0))
    await bench.open()
    await bench.hear(wire.Welcome("somebody else", "Again"), wire.Welcome("you", "Practice"), wire.Speakers("c"))
    assert [type(event) for event in bench.listener.events] == [Joined, SpeakersChanged]
    await bench.session.leave()
    await bench.meeting.up.close()
    await bench.meeting.down.close()


async def test_a_welcome_is_a_join(bench: Bench) -> None:
    assert bench.meeting.heard == [wire.Hello("Odile", "fr")]
    (joined,) = bench.listener.of(Joined)
    assert (joined.me, joined.title, joined.at_ms) == (
        Participant("you", "Odile", is_me=True, role=Role.OWNER),
        "Practice",
        1e12,
    )
    assert joined.capabilities == module.CAPABILITIES
    assert bench.listener.marks == ["signalling_open"]


async def test_the_meetings_words_become_events(bench: Bench) -> None:
    before = len(bench.listener.events)
    await bench.hear(
        wire.Person("amina", "Amina", "red", arrived=True),
        wire.Published("amina-camera", "amina", "camera", True, 640, 360),
        wire.Speakers("amina you"),
        wire.Hand("amina", 9.0),
        wire.Hand("amina", 0.0),
        wire.Line("l1", "amina", "hello", 8.0),
        wire.Line("l2", "you", "hi", 8.5),
        wire.Connections("amina", "poor"),
        wire.Reaction("amina", "red-heart"),
        wire.Said("s1", "amina", "well", False),
        wire.Knocked("emeka", "Emeka", "blue"),
        wire.WentAway("emeka"),
        wire.Person("you", "Odile O.", "", arrived=False),
        wire.Unpublished("amina-camera"),
        wire.PersonLeft("amina"),
    )
    assert bench.listener.events[before:] == [
        ParticipantChanged(Participant("amina", "Amina", colour="red"), arrived=True),
        PublicationChanged(Publication("amina-camera", "amina", Source.CAMERA, True, 640, 360)),
        SpeakersChanged(frozenset({"amina", "you"})),
        HandChanged("amina", 9.0),
        HandChanged("amina", None),
        ChatReceived(ChatMessage("l1", "amina", "Amina", "hello", 8.0)),
        ChatReceived(ChatMessage("l2", "you", "Odile", "hi", 8.5, is_mine=True)),
        QualityChanged("amina", Quality.POOR),
        Reacted("amina", Emoji.RED_HEART),
        Captioned(Caption("s1", "amina", "Amina", "well")),
        WaitingChanged((Knock("emeka", "Emeka", "blue"),)),
        WaitingChanged(()),
        ParticipantChanged(Participant("you", "Odile O.", is_me=True, role=Role.OWNER)),
        PublicationGone("amina-camera"),
        ParticipantLeft("amina"),
    ]


async def test_words_that_make_no_sense_harm_nobody(bench: Bench) -> None:
    await bench.hear(
        wire.Published("x", "amina", "telepathy", False, 0, 0),
        wire.Connections("amina", "telepathic"),
        wire.Reaction("amina", "telepathy"),
        wire.Offer("no SDP"),
        wire.Answer("not asked for"),
        wire.PersonLeft("amina"),
    )
    await until(lambda: bool(bench.listener.of(ParticipantLeft)))
    assert not bench.listener.of(Dropped)


async def test_what_one_does_is_said(bench: Bench) -> None:
    await bench.session.send_chat("m1", "hello")
    await bench.session.set_hand(True, 7.0)
    await bench.session.set_hand(False, 8.0)
    await bench.session.set_wanted("amina-camera", Wanted(False))
    assert bench.meeting.heard[1:] == [
        wire.Line("m1", "you", "hello", 1e12),
        wire.Hand("you", 7.0),
        wire.Hand("you", 0.0),
        wire.Looked("amina-camera", False),
    ]


async def test_what_one_asks_is_said_and_the_rest_is_refused(bench: Bench) -> None:
    await bench.session.request(React(Emoji.PARTY_POPPER))
    assert bench.meeting.heard[-1] == wire.Reaction("you", "party-popper")
    with pytest.raises(RequestFailed):
        await bench.session.request(StartRecording(RecordingKind.SCREEN))
    await bench.session.leave()
    with pytest.raises(SessionClosed):
        await bench.session.request(React(Emoji.PARTY_POPPER))


async def test_what_is_published_arrives_and_keeps_its_size_while_muted(bench: Bench) -> None:
    stream = await bench.publish(CAMERA)
    camera = Camera(stream)
    await until(lambda: "you-camera" in bench.meeting.received.streams)

    async def film() -> None:
        while not bench.meeting.received.frames["you-camera"]:
            await camera.film(5)

    await asyncio.wait_for(film(), 10)
    await bench.session.set_muted(Source.CAMERA, muted=True)
    await bench.session.set_muted(Source.SCREEN, muted=True)
    assert bench.listener.of(PublicationChanged) == [
        PublicationChanged(Publication("you-camera", "you", Source.CAMERA, muted, 1280, 720)) for muted in (False, True)
    ]
    assert [said.muted for said in bench.meeting.of(wire.Published)] == [False, True]


async def test_a_source_is_taken_back_once(bench: Bench) -> None:
    await bench.publish(MICROPHONE)
    await asyncio.gather(bench.session.unpublish(Source.MICROPHONE), bench.meeting.answer_offer(2))
    await bench.session.unpublish(Source.MICROPHONE)
    assert bench.listener.of(PublicationGone) == [PublicationGone("you-microphone")]
    assert bench.meeting.of(wire.Unpublished) == [wire.Unpublished("you-microphone")]


async def test_what_the_others_send_is_received_until_it_ends(bench: Bench) -> None:
    peer = bench.meeting.down
    stream = peer.add_sender((Codec.OPUS,), stream_id="amina", track_id="amina-microphone")
    bench.meeting.say(wire.Offer(await peer.create_offer()))
    await until(lambda: bool(bench.meeting.of(wire.Answer)))
    await peer.set_answer(bench.meeting.of(wire.Answer)[-1].sdp)
    await until(lambda: "first_ice_connected" in bench.listener.marks)
    stream.send(sound(1))
    await until(lambda: bool(bench.listener.frames.get("amina-microphone")))
    assert bench.session.path()["protocol"] == "udp"
    peer.remove_sender(stream)
    bench.meeting.say(wire.Offer(await peer.create_offer()))
    await until(lambda: not bench.listener.streams)


async def test_a_process_that_ends_is_a_drop_and_nothing_can_be_asked_any_more(bench: Bench) -> None:
    publishing = asyncio.get_running_loop().create_task(bench.session.publish(MICROPHONE))
    await until(lambda: bool(bench.meeting.of(wire.Offer)))
    bench.meeting.say(None)
    with pytest.raises(SessionClosed):
        await asyncio.wait_for(publishing, 2)
    (dropped,) = bench.listener.of(Dropped)
    assert dropped.may_retry
    assert dropped.problem.code is ProblemCode.CONNECTION_LOST
    for ask in (bench.session.send_chat("m", "x"), bench.session.set_hand(True, 1), bench.session.publish(CAMERA)):
        with pytest.raises(SessionClosed):
            await ask


async def test_leaving_says_bye_ends_the_process_and_is_no_drop(bench: Bench) -> None:
    await bench.session.leave()
    await bench.session.leave()
    assert bench.meeting.of(wire.Bye) == [wire.Bye()]
    assert bench.meeting.ended
    assert not bench.listener.of(Dropped)
    with pytest.raises(SessionClosed):
        await bench.session.set_wanted("x", Wanted())


async def test_an_answer_that_never_comes_ends_the_wait(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ANSWER_TIMEOUT_S", 0.01)
    with pytest.raises(SessionClosed, match="does not answer"):
        await bench.session.publish(MICROPHONE)


async def test_a_process_that_ends_before_the_welcome_is_no_drop() -> None:
    bench = Bench()
    bench.meeting.say(None)
    with pytest.raises(SessionClosed):
        await asyncio.wait_for(bench.session.open("Odile", "en"), 2)
    assert bench.listener.events == []
    await bench.session.leave()

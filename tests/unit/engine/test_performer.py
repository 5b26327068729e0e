"""Effects, carried out."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine
from typing import Any, cast

import pytest

from tests.helpers.fake_server import FakeAdapter, services
from tests.helpers.fakes import FakeKit, FakeSession
from visio_desktop.engine import performer as module
from visio_desktop.engine import soundtest
from visio_desktop.engine.capturing import Capturing
from visio_desktop.engine.connection import Connection
from visio_desktop.engine.performer import Performer
from visio_desktop.engine.sending import Sending
from visio_desktop.engine.soundtest import SoundTest
from visio_desktop.meeting.effects import (
    CloseDevice,
    Connect,
    Deliver,
    DeliverChat,
    DeliverHand,
    Disconnect,
    Effect,
    HoldScreen,
    OpenDevice,
    PlayTestSound,
    RecogniseLink,
    Remember,
    RunCheck,
    SetSending,
    ShowStill,
    WaitAlone,
    WaitToRetry,
    WearLook,
)
from visio_desktop.meeting.events import (
    AloneDue,
    ChatDelivered,
    ChatFailed,
    CheckOver,
    DeviceOpened,
    Event,
    HopTried,
    Joined,
    Left,
    LinkRecognised,
    LinkRefused,
    LookTroubled,
    RequestDone,
    RetryDue,
    StillFailed,
)
from visio_desktop.meeting.look import BLUR, Look
from visio_desktop.meeting.requests import MuteEveryone
from visio_desktop.meeting.values import DeviceKind, MeetingLink, Problem, ProblemCode, Source

LINK = MeetingLink("fake", "fake:room", "fake.example")


class Nobody:
    def clear(self) -> None:
        pass


class Bench:
    """A performer on real parts over a fake server and fake media."""

    def __init__(self) -> None:
        self.adapter, self.kit = FakeAdapter(), FakeKit()
        self.events: list[Event] = []
        self.work: list[Coroutine[object, object, None]] = []
        made = services(self.adapter, self.kit)
        kit = cast("Any", lambda: self.kit)
        self.sending = Sending(kit, lambda source: self.work.append(self.sending.reconcile(source)))
        use_share = cast("Any", self.sending.use_share)
        capturing = Capturing(kit, self.events.append, self.sending.use_capture, use_share=use_share)
        self.connection = Connection(made, self.events.append, self.sending, cast("Any", Nobody()))
        parts = (capturing, self.sending, self.connection, SoundTest(kit, capturing, lambda: False))
        self.performer = Performer(
            made, self.events.append, lambda _, work: self.work.append(work), parts, random.Random(1)
        )

    async def perform(self, *effects: Effect) -> None:
        """Carry effects out and wait for all that follows."""
        for effect in effects:
            self.performer.perform(effect)
        while self.work:
            await self.work.pop(0)

    @property
    def session(self) -> FakeSession:
        return cast("FakeSession", self.adapter.answer)


@pytest.fixture
async def bench() -> Bench:
    return Bench()


async def test_the_test_sound_opens_the_loudspeaker(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soundtest, "_FRAME_S", 0.0)
    monkeypatch.setattr(soundtest, "_REST_S", 0.0)
    await bench.perform(PlayTestSound("spk1"))
    assert bench.events == [DeviceOpened(DeviceKind.SPEAKER, "the spk1")]


async def test_links_are_recognised_or_refused_at_once(bench: Bench) -> None:
    bench.performer.perform(RecogniseLink("fake:room"))
    bench.performer.perform(RecogniseLink("http://meet.example.org/x"))
    good, bad = bench.events
    assert good == LinkRecognised(LINK)
    assert isinstance(bad, LinkRefused)
    assert bad.problem.code is ProblemCode.LINK_INSECURE


async def test_the_way_to_a_server_is_tested(bench: Bench) -> None:
    bench.performer.perform(RunCheck(LINK, "Ada", 3))
    while CheckOver(3) not in bench.events:
        await asyncio.sleep(0)
    assert [type(event) for event in bench.events] == [HopTried, CheckOver]


async def test_it_connects_and_disconnects(bench: Bench) -> None:
    await bench.perform(Connect(LINK, "Ada"))
    assert bench.connection.session is not None
    await bench.perform(Disconnect())
    assert bench.session.left
    assert [type(event) for event in bench.events] == [Joined, Left]


async def test_devices_are_opened_and_closed(bench: Bench) -> None:
    await bench.perform(OpenDevice(DeviceKind.SPEAKER, "null"), OpenDevice(DeviceKind.CAMERA, "test"))
    assert bench.events == [
        DeviceOpened(DeviceKind.SPEAKER, "the null"),
        DeviceOpened(DeviceKind.CAMERA, "the test"),
    ]
    await bench.perform(CloseDevice(DeviceKind.SPEAKER), CloseDevice(DeviceKind.CAMERA))
    assert bench.kit.sound.opened == {}
    assert not bench.kit.captures[0].running


async def test_a_gate_closes_before_perform_returns(bench: Bench) -> None:
    bench.sending.use_microphone(is_open=True)
    await bench.perform(Connect(LINK, "Ada"), SetSending(Source.MICROPHONE, on=True))
    assert bench.kit.sound.gate_open
    bench.performer.perform(SetSending(Source.MICROPHONE, on=False))
    assert not bench.kit.sound.gate_open
    await bench.perform()
    assert bench.session.asked[-1] == ("muted", Source.MICROPHONE)


async def test_disconnecting_closes_the_gate_before_perform_returns(bench: Bench) -> None:
    bench.sending.use_microphone(is_open=True)
    await bench.perform(Connect(LINK, "Ada"), SetSending(Source.MICROPHONE, on=True))
    bench.performer.perform(Disconnect())
    assert not bench.kit.sound.gate_open
    await bench.perform()


async def test_a_shared_screen_is_captured_published_and_released(bench: Bench) -> None:
    await bench.perform(Connect(LINK, "Ada"), SetSending(Source.SCREEN, on=True, spec="screen:2"))
    (screen,) = bench.kit.captures
    assert str(screen.spec) == "screen:2"
    assert ("publish", Source.SCREEN) in bench.session.asked
    await bench.perform(SetSending(Source.SCREEN, on=False))
    assert not screen.running
    assert bench.session.asked[-1] == ("unpublish", Source.SCREEN)


async def test_a_shared_screen_is_held_with_its_sound_before_anything_else_runs(bench: Bench) -> None:
    await bench.perform(Connect(LINK, "Ada"), SetSending(Source.SCREEN, on=True, spec="screen:2", sound=True))
    (screen,), (share,) = bench.kit.captures, bench.kit.shares
    assert screen.hold is not None
    assert not screen.hold.is_held
    assert share.stream is not None
    bench.performer.perform(HoldScreen(held=True))
    assert screen.hold.is_held
    assert share.stream is None
    bench.performer.perform(HoldScreen(held=False))
    assert not screen.hold.is_held
    await bench.perform()
    assert share.stream is not None
    bench.performer.perform(HoldScreen(held=True))
    await bench.perform(SetSending(Source.SCREEN, on=True, spec="screen:1", motion=True))
    assert screen.hold.is_held, "what was held does not go on for a moment"
    assert bench.kit.captures[1].motion


async def test_waits_grow_to_a_limit_and_are_never_the_same(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    waits_s: list[float] = []
    timeout = asyncio.timeout

    def at_once(wait_s: float) -> asyncio.Timeout:
        waits_s.append(wait_s)
        return timeout(0)

    monkeypatch.setattr(asyncio, "timeout", at_once)
    await bench.perform(*(WaitToRetry(attempt) for attempt in range(1, 11)))
    assert bench.events == [RetryDue(attempt) for attempt in range(1, 11)]
    usual_s = [min(module.LONGEST_WAIT_S, module.FIRST_WAIT_S * 2**n) for n in range(10)]
    assert all(0.75 * usual <= wait <= 1.25 * usual for usual, wait in zip(usual_s, waits_s, strict=True))
    assert len(set(waits_s)) == 10


async def test_who_waits_comes_back_at_once_when_the_network_changed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FIRST_WAIT_S", 60.0)
    bench.performer.perform(WaitToRetry(1))
    waiting = asyncio.gather(bench.work.pop())
    await asyncio.sleep(0)
    bench.performer.hurry()
    await asyncio.wait_for(waiting, 5)
    assert bench.events == [RetryDue(1)]


async def test_chat_is_delivered_or_told_to_have_failed(bench: Bench) -> None:
    await bench.perform(DeliverChat("m0", "too early"), Connect(LINK, "Ada"), DeliverChat("m1", "hello"))
    bench.session.refuses = True
    await bench.perform(DeliverChat("m2", "refused"))
    assert bench.session.asked == [("chat", "hello")]
    assert [e for e in bench.events if not isinstance(e, Joined)] == [
        ChatFailed("m0"),
        ChatDelivered("m1"),
        ChatFailed("m2"),
    ]


async def test_a_hand_is_told_and_a_refusal_harms_nobody(bench: Bench) -> None:
    await bench.perform(DeliverHand(raised=True, at_ms=1.0), Connect(LINK, "Ada"), DeliverHand(raised=True, at_ms=1.0))
    assert bench.session.asked == [("hand", True)]
    bench.session.refuses = True
    await bench.perform(DeliverHand(raised=False, at_ms=1.0))
    assert bench.session.asked == [("hand", True)]


async def test_what_is_to_be_remembered_is(bench: Bench) -> None:
    await bench.perform(Remember("name", "Ada"))
    assert bench.kit.remembered == [("name", "Ada")]


async def test_requests_reach_the_session(bench: Bench) -> None:
    await bench.perform(Connect(LINK, "Ada"), Deliver(MuteEveryone()))
    assert bench.session.asked == [("request", MuteEveryone())]
    assert bench.events[-1] == RequestDone(MuteEveryone())


async def test_only_the_newest_wait_alone_comes_due(bench: Bench) -> None:
    await bench.perform(WaitAlone(1, 0.0), WaitAlone(2, 0.0))
    await asyncio.sleep(0.01)
    assert bench.events == [AloneDue(2, 1e12)]
    await bench.perform(WaitAlone(3, 0.0), WaitAlone(0, 0.0))
    await asyncio.sleep(0.01)
    assert bench.events == [AloneDue(2, 1e12)]


async def test_going_home_ends_the_look_at_a_link(bench: Bench) -> None:
    bench.performer.perform(RecogniseLink("https://visio.example/abc"))
    await bench.perform(Disconnect())
    assert bench.events == [Left()]


async def test_a_look_is_worn_before_perform_returns_and_tried_on_demand(bench: Bench) -> None:
    await bench.perform(OpenDevice(DeviceKind.CAMERA, "test"))
    bench.performer.perform(WearLook(Look(BLUR)))
    assert bench.kit.captures[0].looks[-1] == Look(BLUR)
    await bench.perform(CloseDevice(DeviceKind.CAMERA), WearLook(Look("file:broken.png")))
    assert not any(isinstance(event, LookTroubled) for event in bench.events)
    await bench.perform(WearLook(Look("file:broken.png"), trial=True))
    assert bench.events[-1] == LookTroubled("file:broken.png", Problem(ProblemCode.BACKGROUND_IMAGE, "file:broken.png"))


async def test_a_still_picture_is_shown_in_the_cameras_place_or_only_tried(bench: Bench) -> None:
    await bench.perform(ShowStill("broken", trial=True))
    problem = Problem(ProblemCode.STILL_IMAGE, "broken")
    assert (bench.events, bench.kit.captures) == ([StillFailed("broken", problem)], [])
    await bench.perform(ShowStill("file:me.png"))
    assert bench.kit.captures[0].running
    await bench.perform(ShowStill(""))
    assert not bench.kit.captures[0].running

"""The engine's public face, on its own thread, over a fake server and fake media."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from typing import Any, cast

import pytest

from tests.helpers.fake_server import FakeAdapter, services
from tests.helpers.fakes import BROKEN, DEVICES, SCREENS, FakeInbound, FakeKit, FakeSession
from tests.helpers.sinks import CountingSink
from tests.helpers.watching import Watcher
from visio_desktop.diagnostics.freeze import FreezeMeter
from visio_desktop.diagnostics.report import Marks, Report
from visio_desktop.engine import PREVIEW
from visio_desktop.engine import engine as module
from visio_desktop.engine.engine import Engine
from visio_desktop.engine.services import WatchChanges
from visio_desktop.meeting.events import (
    Dropped,
    Event,
    LobbyEntered,
    ParticipantChanged,
    PublicationChanged,
    Reacted,
    Restored,
    Restoring,
)
from visio_desktop.meeting.intents import AskServer, ChooseScreen, Join, Leave, OpenLink, SendChat, SetHand, SetSourceOn
from visio_desktop.meeting.requests import React
from visio_desktop.meeting.rooms import Emoji
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import Capability, DeviceKind, Participant, Problem, ProblemCode, Publication, Source
from visio_desktop.rtc.frames import Codec, EncodedFrame, OutboundStream
from visio_desktop.servers.port import PublishRequest, RequestFailed, Wanted

BOB = Participant("bob", "Bob")
CAMERA = Publication("bob-camera", "bob", Source.CAMERA)
VOICE = Publication("bob-voice", "bob", Source.MICROPHONE)
LOST = Problem(ProblemCode.CONNECTION_LOST)
FRAME = EncodedFrame(Codec.VP8, b"picture", 0)


class MeteredSink(CountingSink):
    def __init__(self) -> None:
        super().__init__()
        self.meter = FreezeMeter()


class Bench:
    """An engine at work; what its server says is said on the engine's thread."""

    def __init__(self, changes: tuple[WatchChanges, ...] = ()) -> None:
        self.adapter, self.kit = FakeAdapter(), FakeKit()
        self.services = replace(services(self.adapter, self.kit), changes=changes)
        self.engine = Engine(self.services, chance=random.Random(1))
        self.watcher = Watcher()
        self.engine.start()
        self.engine.watch(self.watcher.take_in)

    @property
    def session(self) -> FakeSession:
        return cast("FakeSession", self.adapter.answer)

    @property
    def marks(self) -> Marks:
        return cast("Marks", self.services.marks)

    def say(self, *events: Event) -> None:
        for event in events:
            self.engine._thread.call(self.adapter.listener.on_event, event)

    def stream(self, publication_id: str, *, is_video: bool = True) -> FakeInbound:
        stream = FakeInbound(publication_id, is_video=is_video)
        self.engine._thread.call(self.adapter.listener.on_stream, publication_id, stream)
        return stream

    def join(self) -> Meeting:
        self.engine.post(OpenLink("fake:room"))
        self.watcher.wait_for(lambda m: m.page is Page.PREJOIN)
        self.engine.post(Join())
        return self.watcher.wait_for(lambda m: m.page is Page.ROOM)

    def report(self) -> Report:
        filled = Report(self.marks)
        self.engine.fill(filled)
        return filled


def settle(condition: Callable[[], bool]) -> None:
    """Wait for what is seen in no snapshot."""
    until = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.005)


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.engine.stop()


def test_the_first_snapshot_holds_the_preferences(bench: Bench) -> None:
    meeting = bench.watcher.wait_for(lambda m: m.name == "Ada")
    assert meeting.camera.spec == "test"


def test_snapshots_come_on_the_engines_thread(bench: Bench) -> None:
    names: list[str] = []
    came = threading.Event()

    def watch(_: Meeting) -> None:
        names.append(threading.current_thread().name)
        came.set()

    bench.engine.watch(watch)
    assert came.wait(5)
    assert set(names) == {"engine"}


def test_a_meeting_is_joined_and_its_devices_sent(bench: Bench) -> None:
    meeting = bench.join()
    assert meeting.title == "Weekly"
    bench.watcher.wait_for(lambda m: bool(m.camera.opened_name and m.microphone.opened_name))
    report = bench.report()
    rows = {row.source: row for row in report.publications}
    assert rows.keys() == {"camera", "microphone"}
    assert (rows["camera"].codec, rows["camera"].key_frames, len(rows["camera"].layers)) == ("vp8", 2, 2)
    assert [(layer.width, layer.bitrate_bps) for layer in rows["camera"].layers] == [(640, 400_000), (1280, 1_500_000)]
    assert rows["microphone"].layers == ()
    assert report.path == {"protocol": "udp", "candidate": "host", "proxy": ""}


def test_joining_at_once_asks_nothing_and_holds_what_comes_until_it_can_be_played(bench: Bench) -> None:
    bench.engine.join_at_once("fake:room")
    bench.watcher.wait_for(lambda m: m.page is Page.ROOM)
    assert bench.marks.get("join_clicked") is not None
    bench.say(ParticipantChanged(BOB), PublicationChanged(CAMERA))
    bench.stream("bob-camera")
    assert bench.report().subscriptions == []
    bench.engine.warm_up()
    settle(lambda: [row.source for row in bench.report().subscriptions] == ["camera"])


def test_what_one_writes_gets_an_id_and_a_time(bench: Bench) -> None:
    bench.join()
    bench.engine.post(SendChat("hello"))
    meeting = bench.watcher.wait_for(lambda m: bool(m.chat) and not m.chat[0].pending)
    assert (meeting.chat[0].id, meeting.chat[0].at_ms) == ("id1", 1e12)
    bench.engine.post(SetHand(raised=True))
    meeting = bench.watcher.wait_for(lambda m: bool(m.raised_hands))
    assert meeting.raised_hands[0].hand_raised_at_ms == 1e12


def test_what_is_received_is_shown_and_accounted_for(bench: Bench) -> None:
    bench.join()
    sink = MeteredSink()
    bench.engine.attach("bob-camera", sink)
    bench.say(ParticipantChanged(BOB), PublicationChanged(CAMERA), PublicationChanged(VOICE))
    bench.stream("bob-camera")
    bench.stream("bob-voice", is_video=False)
    bench.watcher.wait_for(lambda m: m.publication("bob-voice") is not None)
    sink.meter.painted(0)
    rows = {row.source: row for row in bench.report().subscriptions}
    assert (rows["camera"].participant, rows["camera"].frames_painted) == ("Bob", 1)
    assert rows["microphone"].playout_delay_ms == 42.0
    assert bench.engine.voice_level_db("bob") == -40.0
    assert bench.engine.voice_level_db("nobody") == -127.0
    bench.engine.detach("bob-camera", sink)
    bench.report()
    sink.meter.painted(40)
    assert [row.frames_painted for row in bench.report().subscriptions if row.source == "camera"] == [1]


def test_the_server_is_told_what_is_looked_at_and_again_where_it_refused(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.join()
    bench.session.refuses = True
    bench.stream("bob-camera")
    bench.stream("bob-screen")
    bench.engine.attach("bob-screen", CountingSink())
    looked = [("bob-camera", Wanted(False)), ("bob-screen", Wanted(True, 640, 360))]
    for refuses, told in ((True, []), (False, looked), (False, looked)):
        bench.session.refuses = refuses
        news = bench.engine._pictures.news_for_server

        async def look(news: Any = news) -> None:
            for publication_id, wanted in news().items():
                await bench.engine._tell_wanted(publication_id, wanted)

        bench.engine._thread.run(look()).result(5)
        assert [what for kind, what in bench.session.asked if kind == "wanted"] == told


def test_a_drop_leads_back_and_the_report_tells_the_gap(bench: Bench) -> None:
    bench.join()
    bench.stream("bob-camera")
    bench.say(Dropped(LOST, may_retry=True))
    bench.watcher.wait_for(lambda m: m.reconnecting)
    assert [gap.media_gap_ms for gap in bench.report().reconnects] == [None]
    bench.watcher.wait_for(lambda m: not m.reconnecting)
    stream = bench.stream("bob-camera")
    bench.report()
    bench.engine._thread.call(stream.deliver, FRAME)
    (gap,) = bench.report().reconnects
    assert gap.cause == "connection_lost"
    assert gap.media_gap_ms is not None
    assert gap.media_gap_ms >= 200


def test_the_meters_of_the_window_outlive_a_return(bench: Bench) -> None:
    bench.join()
    sink = MeteredSink()
    bench.engine.attach("bob-camera", sink)
    bench.stream("bob-camera")
    bench.report()
    sink.meter.painted(0)
    bench.say(Dropped(LOST, may_retry=True))
    bench.watcher.wait_for(lambda m: m.reconnecting)
    bench.watcher.wait_for(lambda m: not m.reconnecting)
    bench.stream("bob-camera")
    bench.report()
    sink.meter.painted(5_000)
    assert [row.frames_painted for row in bench.report().subscriptions] == [1, 1]


def test_returns_within_a_session_are_shown_and_kept_for_the_report(bench: Bench) -> None:
    bench.join()
    bench.say(Restoring("network"))
    bench.watcher.wait_for(lambda m: m.restoring)
    bench.say(Restored("network", 900.0, 400.0))
    bench.watcher.wait_for(lambda m: not m.restoring)
    bench.say(Dropped(LOST, may_retry=True, cause="server"))
    bench.watcher.wait_for(lambda m: m.reconnecting)
    first, second = bench.report().reconnects
    assert (first.cause, first.media_gap_ms, second.cause) == ("network", 400.0, "server")


def test_changes_of_the_system_reach_the_session() -> None:
    told = threading.Event()

    async def watch(on_change: Callable[[], None]) -> None:
        await asyncio.to_thread(told.wait, 5)
        on_change()

    bench = Bench(changes=(watch,))
    bench.join()
    told.set()
    settle(lambda: ("network changed", None) in bench.session.asked)
    bench.engine.stop()


def test_the_sound_paths_words_become_marks_and_events(bench: Bench) -> None:
    bench.join()
    bench.engine.post(SetSourceOn(Source.MICROPHONE, on=False))
    bench.watcher.wait_for(lambda m: not m.microphone_on and bool(m.speaker.opened_name))
    told = bench.kit.sound.listeners
    for name in ("first_sent", "first_heard", "spoke_while_muted"):
        bench.engine._thread.call(told[name])
    bench.engine._thread.call(told["failed"], DeviceKind.SPEAKER, BROKEN)
    meeting = bench.watcher.wait_for(lambda m: m.speaker.problem is not None)
    assert meeting.speaker.problem == BROKEN
    assert any(toast.key == "you_are_muted" for toast in meeting.toasts)
    assert bench.marks.get("first_audio_sent") is not None
    assert bench.marks.get("first_remote_audio_frame") is not None


def test_devices_are_listed_and_levels_told(bench: Bench) -> None:
    assert bench.engine.microphone_level_db() == -127.0
    assert bench.engine.voice_level_db("bob") == -127.0
    bench.engine.warm_up()
    bench.engine.list_devices()
    assert bench.watcher.wait_for(lambda m: bool(m.devices)).devices == DEVICES
    assert bench.engine.microphone_level_db() == -30.0


def test_what_is_asked_after_the_end_is_not_even_begun() -> None:
    bench = Bench()
    bench.engine.stop()
    begun: list[str] = []

    async def work() -> None:
        begun.append("work")

    def make() -> Coroutine[object, object, None]:
        begun.append("made")
        return work()

    bench.engine.alongside("late", make)
    bench.engine.list_devices()
    assert begun == []


def test_screens_are_listed_and_looked_at(bench: Bench) -> None:
    bench.join()
    bench.engine.list_screens()
    bench.watcher.wait_for(lambda m: m.screens == SCREENS)
    bench.watcher.wait_for(lambda m: m.sound_shareable)
    sink = CountingSink()
    bench.engine.attach(f"{PREVIEW}screen:1", sink)
    settle(lambda: [shown for _, shown in bench.kit.previews] == [sink])
    bench.engine.detach(f"{PREVIEW}screen:1", sink)
    settle(lambda: not any(c.running for c in bench.kit.captures if str(c.spec) == "screen:1"))


def test_a_screen_that_the_server_does_not_take_is_told_in_the_window(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.join()

    async def refuse(request: PublishRequest) -> OutboundStream:
        raise RequestFailed(f"no {request.source.value}")

    monkeypatch.setattr(bench.session, "publish", refuse)
    bench.engine.post(SetSourceOn(Source.SCREEN, on=True))
    meeting = bench.watcher.wait_for(lambda m: bool(m.toasts))
    assert meeting.toasts[-1].problem == Problem(ProblemCode.SCREEN_FAILED)
    assert not meeting.screen_on


def test_the_sound_of_a_screen_that_the_server_does_not_take_is_told_and_the_screen_goes_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.join()
    publish = bench.session.publish

    async def refuse(request: PublishRequest) -> OutboundStream:
        if request.source is Source.SCREEN_AUDIO:
            raise RequestFailed("no sound")
        return await publish(request)

    monkeypatch.setattr(bench.session, "publish", refuse)
    bench.engine.list_screens()
    bench.watcher.wait_for(lambda m: m.sound_shareable)
    bench.engine.post(ChooseScreen("screen:1", sound=True))
    bench.engine.post(SetSourceOn(Source.SCREEN, on=True))
    meeting = bench.watcher.wait_for(lambda m: bool(m.toasts))
    assert meeting.toasts[-1].problem == Problem(ProblemCode.SCREEN_SOUND_FAILED)
    assert meeting.screen_on


def test_the_way_of_media_is_told_while_there_is_one(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK_EVERY_S", 0.01)
    assert bench.engine.path() == {}
    bench.join()
    settle(lambda: bench.engine.path().get("protocol") == "udp")
    settle(lambda: bench.engine.capacity_bps() == 2_500_000)


def test_stopping_leaves_and_releases_everything() -> None:
    bench = Bench()
    bench.join()
    bench.watcher.wait_for(lambda m: bool(m.camera.opened_name))
    bench.engine.stop()
    assert bench.session.left
    assert not any(capture.running for capture in bench.kit.captures)
    assert bench.kit.closed
    assert not any(thread.name == "engine" for thread in threading.enumerate())


def test_stopping_at_prejoin_releases_the_camera() -> None:
    bench = Bench()
    bench.engine.post(OpenLink("fake:room"))
    bench.watcher.wait_for(lambda m: bool(m.camera.opened_name))
    (camera,) = bench.kit.captures
    bench.engine.stop()
    assert not camera.running


def test_a_loop_that_does_not_answer_is_not_waited_for(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_STOP_TIMEOUT_S", 0.05)
    stuck, go_on = threading.Event(), threading.Event()

    def block() -> None:
        stuck.set()
        go_on.wait(5)

    bench.engine._thread.call(block)
    assert stuck.wait(5)
    report = bench.report()
    assert report.publications == []
    go_on.set()


def test_a_drop_outside_the_room_is_no_return(bench: Bench) -> None:
    bench.join()
    listener = bench.adapter.listener
    bench.engine.post(Leave())
    bench.watcher.wait_for(lambda m: m.page is Page.ENDED)
    bench.engine._thread.call(bench.engine._take_in, Dropped(LOST, may_retry=True))
    bench.engine._thread.call(listener.on_event, Dropped(LOST, may_retry=True))
    assert bench.report().reconnects == []


def test_reactions_get_the_engines_time_so_that_a_flood_is_seen_as_one(bench: Bench) -> None:
    bench.adapter.capabilities = Capability.PUBLISH | Capability.REACTIONS
    bench.join()
    bench.say(ParticipantChanged(BOB), *[Reacted("bob", Emoji.RED_HEART)] * 20)
    bench.engine.post(AskServer(React(Emoji.PARTY_POPPER)))
    meeting = bench.watcher.wait_for(lambda m: any(r.participant_id == "me" for r in m.room.reactions))
    assert [r.participant_id for r in meeting.room.reactions] == ["bob"] * 10 + ["me"]
    assert {r.at_ms for r in meeting.room.reactions} == {1e12}
    settle(lambda: ("request", React(Emoji.PARTY_POPPER)) in bench.session.asked)


def test_who_is_let_in_after_a_wait_is_in_the_room(bench: Bench) -> None:
    bench.adapter.let.clear()
    bench.engine.post(OpenLink("fake:room"))
    bench.watcher.wait_for(lambda m: m.page is Page.PREJOIN)
    bench.engine.post(Join())
    settle(lambda: bool(bench.adapter.listeners))
    bench.say(LobbyEntered())
    bench.watcher.wait_for(lambda m: m.in_lobby and m.page is Page.JOINING)
    bench.engine._thread.call(bench.adapter.let.set)
    assert not bench.watcher.wait_for(lambda m: m.page is Page.ROOM).in_lobby


def test_who_gives_up_waiting_is_back_before_the_door_and_may_try_again(bench: Bench) -> None:
    bench.adapter.let.clear()
    bench.engine.post(OpenLink("fake:room"))
    bench.watcher.wait_for(lambda m: bool(m.camera.opened_name))
    bench.engine.post(Join())
    settle(lambda: bool(bench.adapter.listeners))
    bench.say(LobbyEntered())
    bench.engine.post(Leave())
    meeting = bench.watcher.wait_for(lambda m: m.page is Page.PREJOIN and not m.in_lobby)
    assert meeting.camera.opened_name
    bench.engine._thread.call(bench.adapter.let.set)
    bench.engine.post(Join())
    bench.watcher.wait_for(lambda m: m.page is Page.ROOM)

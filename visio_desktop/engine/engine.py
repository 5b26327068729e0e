"""The engine's public face: intents in, snapshots out, sinks attached."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import TYPE_CHECKING

from visio_desktop.diagnostics.report import LayerReport, PublicationReport, Report
from visio_desktop.diagnostics.streams import StreamStatistics
from visio_desktop.engine import PREVIEW
from visio_desktop.engine.account import Account, Owner
from visio_desktop.engine.at_once import AtOnce
from visio_desktop.engine.capturing import Capturing
from visio_desktop.engine.connection import Connection
from visio_desktop.engine.hardware import HardwareCare
from visio_desktop.engine.inside import Outgoing
from visio_desktop.engine.loop import LoopThread
from visio_desktop.engine.performer import Performer
from visio_desktop.engine.pictures import Pictures
from visio_desktop.engine.plugging import Plugging
from visio_desktop.engine.previews import Previews
from visio_desktop.engine.receiving import Receiving
from visio_desktop.engine.sending import Sending
from visio_desktop.engine.services import Services
from visio_desktop.engine.signing import Signing
from visio_desktop.engine.soundcare import listen_to
from visio_desktop.engine.soundtest import SoundTest
from visio_desktop.engine.stamping import stamped
from visio_desktop.meeting.areas import Area
from visio_desktop.meeting.cues import Cue
from visio_desktop.meeting.events import (
    DeviceFailed,
    DeviceOpened,
    Dropped,
    Event,
    Restored,
    Restoring,
    ScreenFailed,
    ScreensListed,
    ScreenSoundFailed,
    SilenceBroken,
)
from visio_desktop.meeting.frames import FrameSink
from visio_desktop.meeting.intents import GoHome, Intent, OpenLink
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.update import update
from visio_desktop.meeting.values import DeviceKind, Problem, ProblemCode, Source
from visio_desktop.servers.port import ServersError, Wanted
from visio_desktop.system import memory
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

if TYPE_CHECKING:
    from visio_desktop.engine.mediakit import MediaKit
    from visio_desktop.media.capture import VideoCapture

LOOK_EVERY_S = 1.0
_STOP_TIMEOUT_S = 8.0
_log = get_logger(__name__)


class Engine:
    """One meeting program's engine. Public methods may be called from any thread."""

    def __init__(self, services: Services, *, chance: random.Random) -> None:
        self._services = services
        self._thread = LoopThread("engine")
        self._tasks = Tasks("engine")
        self._kit: MediaKit | None = None
        self._meeting = Meeting()
        self._watchers: list[Callable[[Meeting], None]] = []
        self._account = Account(self._media, self._describe, self._since_start_ms, services.monotonic_ms)
        self._pictures = Pictures(self._media, self._thread.call)
        self._signing = Signing(self._pictures, self._take_in, self._hold_voice)
        self._receiving = Receiving(self._media, self._pictures, self._account)
        self._hardware = HardwareCare(services.hardware, self._start)
        self._sending = Sending(
            self._media, self._reconcile, services.most_video_bps, self._not_sent, self._hardware.best
        )
        self._outgoing = Outgoing()
        self._sent_rows: tuple[StreamStatistics, ...] = ()
        self._path: Mapping[str, str] = {}
        self._capacity_bps: int | None = None
        self._capturing = Capturing(
            self._media, self._take_in, self._use_capture, services.load, self._sending.use_share
        )
        self._connection = Connection(services, self._take_in, self._sending, self._receiving)
        self._previews = Previews(self._media, self._start)
        self._sound_test = SoundTest(self._media, self._capturing, self._needs_speaker)
        parts = (self._capturing, self._sending, self._connection, self._sound_test)
        self._plugging = Plugging(self._media, self._take_in, self._start)
        self._performer = Performer(services, self._take_in, self._start, parts, chance)
        self._connection.before_joining = self._performer.checking.over

    def start(self) -> None:
        """Begin: the first snapshot holds the preferences."""
        self._thread.start()
        self._thread.call(self._take_in, self._services.preferences)
        self._thread.call(self._add_watcher, self._performer.checking.take_in)
        self._thread.call(self._add_watcher, self._performer.browser_logins.take_in)
        self.alongside("look", self._look)
        for watch in self._services.changes:
            self.alongside("changes", partial(watch, self._network_changed))
        self.alongside("memory", memory.keep_giving_back)

    def post(self, intent: Intent) -> None:
        """A person wants something."""
        self._thread.call(self._take_in, intent)

    def watch(self, listener: Callable[[Meeting], None]) -> None:
        """Call `listener` on the engine's thread with the snapshot now and with every new one."""
        self._thread.call(self._add_watcher, listener)

    def attach(self, publication_id: str, sink: FrameSink) -> None:
        """Show a publication (or `OWN_CAMERA`, `OWN_SCREEN`, or a screen behind `PREVIEW`) in this sink."""
        if publication_id.startswith(PREVIEW):
            self._thread.call(self._previews.attach, publication_id.removeprefix(PREVIEW), sink)
            return
        self._thread.call(self._account.sink_attached, publication_id, sink)
        self._pictures.attach(publication_id, sink)

    def detach(self, publication_id: str, sink: FrameSink) -> None:
        """Stop showing a publication in this sink."""
        if publication_id.startswith(PREVIEW):
            self._thread.call(self._previews.detach, publication_id.removeprefix(PREVIEW), sink)
            return
        self._thread.call(self._account.sink_detached, publication_id, sink)
        self._pictures.detach(publication_id, sink)

    def list_devices(self) -> None:
        """Look for devices; the snapshot will have them."""
        self.alongside("devices", self._plugging.look)

    def list_screens(self) -> None:
        """Look for screens to share; the snapshot will have them."""
        self.alongside("screens", self._list_screens)

    def shared_area(self) -> Area | None:
        """Where what is shared stands on the display; None where it is not seen there."""
        return self._capturing.screen.area

    def join_at_once(self, link: str) -> None:
        """Open a link and join it. What comes in is held until `warm_up` is done."""
        at_once = AtOnce(self.post, lambda: self._services.marks.mark("join_clicked"))
        self._thread.call(self._receiving.hold)
        self._thread.call(self._begin_accounts)
        self.watch(at_once.take_in)
        self.post(OpenLink(link, sure=True))

    def warm_up(self) -> None:
        """Load the media and server code now, so that joining need not wait for it."""
        self._thread.call(self._begin_accounts)
        self.alongside("warm up", self._warm_up)

    def alongside(self, name: str, work: Callable[[], Coroutine[object, object, None]]) -> None:
        """Run what `work` makes on the engine's loop, until it ends or the engine stops; after that nothing is made."""
        self._thread.call(lambda: self._start(name, work()))

    def play_cue(self, cue: Cue) -> None:
        """Let the person hear something short, in a meeting."""
        self.alongside("cue", partial(self._sound_test.cue, cue))

    def microphone_level_db(self) -> float:
        """How loud the microphone is now, -127 to 0 dBFS."""
        return -127.0 if self._kit is None else self._kit.sound.microphone_level_db()

    def voice_level_db(self, participant_id: str) -> float:
        """How loud a participant is now, -127 to 0 dBFS."""
        person = self._meeting.participant(participant_id)
        voice = person.publication(Source.MICROPHONE) if person is not None else None
        if self._kit is None or voice is None:
            return -127.0
        return self._kit.sound.voice_level_db(voice.id)

    def streams(self) -> tuple[StreamStatistics, ...]:
        """All streams, received and sent, as they were within the last second."""
        return (*self._account.snapshot(), *self._sent_rows)

    def capacity_bps(self) -> int | None:
        """What the way from us was thought to carry within the last second; None while nothing is known of it."""
        return self._capacity_bps

    def path(self) -> Mapping[str, str]:
        """How media goes, as it was within the last second: `protocol`, `candidate` and `proxy`."""
        return self._path

    def fill(self, report: Report) -> None:
        """Put what the engine knows into the report; waits for the loop, but not for ever."""
        self._wait_for("fill the report", self._fill(report))

    def stop(self) -> None:
        """Leave, release every device, end the thread; waits for it, but not for ever."""
        try:
            self._wait_for("close", self._close())
        finally:
            self._thread.stop()

    def _wait_for(self, what: str, work: Coroutine[object, object, None]) -> None:
        try:
            self._thread.run(work).result(timeout=_STOP_TIMEOUT_S)
        except TimeoutError:
            _log.error("engine_too_slow", what=what)

    def _media(self) -> MediaKit:
        if self._kit is None:
            self._kit = self._services.media(self._thread.loop)
            sound = self._kit.sound
            sound.on_first_sent(lambda: self._services.marks.mark("first_audio_sent"))
            sound.on_first_heard(lambda: self._services.marks.mark("first_remote_audio_frame"))
            sound.on_spoke_while_muted(lambda: self._take_in(SilenceBroken()))
            sound.on_failed(self._sound_failed)
            listen_to(sound, self._take_in)
        return self._kit

    def _begin_accounts(self) -> None:
        if self._services.accounts is None or self._connection.accounts is not None:
            return
        from visio_desktop.engine.accounts import Accounts  # noqa: PLC0415 - not before the window is seen

        meeting = lambda: self._meeting  # noqa: E731 - as it is then
        accounts = Accounts(self._services.accounts(), self._take_in, meeting, self._services.monotonic_ms)
        self._connection.accounts = accounts
        accounts.begin()
        self._add_watcher(accounts.take_in)

    async def _warm_up(self) -> None:
        try:
            await asyncio.to_thread(self._services.load)
            self._services.catalog()
            self._media()
        finally:
            self._receiving.release()

    def _sound_failed(self, kind: DeviceKind, problem: Problem) -> None:
        self._take_in(DeviceFailed(kind, problem))

    def _not_sent(self, source: Source, problem: Problem | None) -> None:
        """Who shares a screen looks at something else: they are told."""
        match source:
            case Source.SCREEN:
                self._take_in(ScreenFailed(problem or Problem(ProblemCode.SCREEN_FAILED)))
            case Source.SCREEN_AUDIO:
                self._take_in(ScreenSoundFailed(problem or Problem(ProblemCode.SCREEN_SOUND_FAILED)))

    def _add_watcher(self, listener: Callable[[Meeting], None]) -> None:
        self._watchers.append(listener)
        listener(self._meeting)

    def _take_in(self, message: Intent | Event) -> None:
        before = self._meeting
        message = stamped(message, self._services.epoch_ms, self._services.new_id)
        match message:
            case Dropped(problem, _, cause) if before.page is Page.ROOM:
                self._account.connection_lost(cause or problem.code.value)
            case Restoring(cause):
                self._account.interrupted(cause)
            case Restored(cause, lasted_ms, gap_ms):
                self._account.restored(cause, lasted_ms, gap_ms)
        self._meeting, effects = update(before, message)
        for effect in effects:
            self._performer.perform(effect)
        match message:
            case DeviceOpened(DeviceKind.MICROPHONE):
                self._sending.use_microphone(is_open=True)
            case DeviceFailed(DeviceKind.MICROPHONE):
                self._sending.use_microphone(is_open=False)
        if self._meeting is not before:
            for listener in self._watchers:
                listener(self._meeting)

    def _network_changed(self) -> None:
        """Addresses or routes changed, or the machine slept: look after the session, or come back without waiting."""
        self._connection.network_changed()
        self._performer.hurry()

    def _start(self, name: str, work: Coroutine[object, object, None]) -> None:
        self._tasks.start(work, name=name)

    def _reconcile(self, source: Source) -> None:
        self._start(f"reconcile {source.value}", self._sending.reconcile(source))

    def _use_capture(self, source: Source, capture: VideoCapture | None) -> None:
        self._pictures.use_capture(source, capture)
        self._sending.use_capture(source, capture)

    def _describe(self, publication_id: str) -> Owner | None:
        publication = self._meeting.publication(publication_id)
        person = self._meeting.participant(publication.participant_id) if publication is not None else None
        return None if publication is None or person is None else Owner(person.id, person.name, publication.source)

    def _since_start_ms(self) -> float:
        return self._services.marks.since_start_ms()

    async def _list_screens(self) -> None:
        """The screens at once; a sound server may take seconds to answer."""
        kit = self._media()
        screens = await asyncio.to_thread(kit.screens)
        self._take_in(ScreensListed(screens, self._meeting.sound_shareable))
        self._take_in(ScreensListed(screens, await asyncio.to_thread(kit.sound_shareable)))

    def _needs_speaker(self) -> bool:
        return self._meeting.page in (Page.JOINING, Page.ROOM)

    async def _look(self) -> None:
        """Once a second: measure, and tell the server which pictures are looked at and how large."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            self._account.measure()
            self._hardware.look(self._meeting)
            sending, now_ms = self._sending, self._services.monotonic_ms()
            self._sent_rows = self._outgoing.rows(sending.streams(), sending.publishers(), now_ms)
            session = self._connection.session
            self._path = {} if session is None else session.path()
            self._capacity_bps = None if session is None else session.capacity_bps()
            self._signing.look(self._meeting, self._account.snapshot)
            if session is not None:
                for publication_id, wanted in self._pictures.news_for_server().items():
                    await self._tell_wanted(publication_id, wanted)

    def _hold_voice(self, publication_id: str, hold_ms: float) -> None:
        if self._kit is not None:
            self._kit.sound.hold_voice(publication_id, hold_ms)

    async def _tell_wanted(self, publication_id: str, wanted: Wanted) -> None:
        session = self._connection.session
        if session is None:
            return
        try:
            await session.set_wanted(publication_id, wanted)
        except ServersError as error:
            self._pictures.not_told(publication_id)
            _log.info("wish_not_told", publication=publication_id, error=str(error))

    async def _fill(self, report: Report) -> None:
        report.subscriptions = self._account.subscriptions()
        report.reconnects = self._account.reconnects()
        report.publications = self._publications()
        if self._connection.session is not None:
            report.path = self._connection.session.path()

    def _publications(self) -> list[PublicationReport]:
        publishers = self._sending.publishers()
        rows: list[PublicationReport] = []
        for source, stream in self._sending.streams().items():
            publisher = publishers.get(source)
            layers: tuple[LayerReport, ...] = ()
            if publisher is not None:
                layers = tuple(
                    LayerReport(sent.width_px, sent.height_px, sent.fps, sent.bitrate_bps)
                    for sent in publisher.layer_statistics()
                    if sent.width_px
                )
            rows.append(PublicationReport(source.value, stream.codec.value, layers, stream.statistics().key_frames))
        return rows

    async def _close(self) -> None:
        self._take_in(GoHome())
        await self._connection.leave()
        if self._connection.accounts is not None:
            await self._connection.accounts.close()
        await self._performer.checking.close()
        await self._performer.browser_logins.close()
        await self._performer.headsets.close()
        await self._tasks.close()
        self._previews.stop()
        await self._capturing.stop()
        if self._kit is not None:
            await self._kit.close()

"""Small working stand-ins for the engine's surroundings: they keep what was done to them."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable

from tests.helpers.sound import tone
from visio_desktop.media.capture import CaptureSize
from visio_desktop.media.encoding import PublisherStatistics
from visio_desktop.media.errors import DeviceError
from visio_desktop.media.playout import VoiceStatistics
from visio_desktop.media.qualities import camera_size
from visio_desktop.media.samples import Samples
from visio_desktop.media.sources.held import Hold
from visio_desktop.media.sources.port import Granted
from visio_desktop.media.specs import Spec, SpecKind, parse_spec
from visio_desktop.media.subscription import SubscriptionStatistics
from visio_desktop.meeting.frames import FrameSink
from visio_desktop.meeting.look import Look, PictureQuality
from visio_desktop.meeting.requests import Request
from visio_desktop.meeting.values import (
    Device,
    DeviceKind,
    Problem,
    ProblemCode,
    Screen,
    SoundWishes,
    Source,
)
from visio_desktop.rtc.congestion.demand import Priority
from visio_desktop.rtc.frames import (
    Codec,
    EncodedFrame,
    Feedback,
    FrameOpener,
    FrameSealer,
    InboundStatistics,
    InboundStream,
    OutboundStatistics,
    OutboundStream,
    SendLayer,
)
from visio_desktop.servers.port import PublishRequest, RequestFailed, ServersError, Wanted

BROKEN = Problem(ProblemCode.CAMERA_FAILED, "broken")
NOTHING = VoiceStatistics()
SCREENS = (Screen("screen:1", 1, 1920, 1080),)
DEVICES = (Device(DeviceKind.CAMERA, "cam0", "Camera"),)


class FakeOutbound:
    """A stream to send on."""

    def __init__(self, codec: Codec, layers: tuple[SendLayer, ...] = (), priority: Priority = Priority.CAMERA) -> None:
        self.codec = codec
        self.layers = layers
        self.priority = priority
        self.wanted: tuple[bool, ...] = ()
        self.frames: list[EncodedFrame] = []
        self.paused: Callable[[], None] | None = None

    def on_pause(self, listener: Callable[[], None]) -> None:
        self.paused = listener

    def want_layers(self, wanted: tuple[bool, ...]) -> None:
        self.wanted = wanted

    def send(self, frame: EncodedFrame) -> None:
        self.frames.append(frame)

    def seal_with(self, sealer: FrameSealer) -> None:
        self.sealer = sealer

    def on_feedback(self, listener: Callable[[Feedback], None] | None) -> None:
        pass

    def statistics(self) -> OutboundStatistics:
        return OutboundStatistics(key_frames=2)


class FakeInbound:
    """A received stream; `deliver` gives a frame to whoever listens."""

    def __init__(self, stream_id: str, *, is_video: bool = True) -> None:
        self.id = stream_id
        self.is_video = is_video
        self.key_frames_asked = 0
        self._listener: Callable[[EncodedFrame], None] | None = None

    def on_frame(self, listener: Callable[[EncodedFrame], None] | None) -> None:
        self._listener = listener

    def deliver(self, frame: EncodedFrame) -> None:
        if self._listener is not None:
            self._listener(frame)

    def open_with(self, opener: FrameOpener) -> None:
        self.opener = opener

    def request_key_frame(self) -> None:
        self.key_frames_asked += 1

    def statistics(self) -> InboundStatistics:
        return InboundStatistics(packets_lost=3, packets_recovered=1)


class FakeSession:
    """A session that keeps what it was asked; an answer takes one turn of the loop.

    With a `refusal` it refuses chat and such.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, object]] = []
        self.left = False
        self.refusal: ServersError | None = None
        self.may_leave = asyncio.Event()
        self.may_leave.set()

    async def publish(self, request: PublishRequest) -> OutboundStream:
        await asyncio.sleep(0)
        self.asked.append(("publish", request.source))
        return FakeOutbound(request.codecs[0])

    async def unpublish(self, source: Source) -> None:
        await asyncio.sleep(0)
        self.asked.append(("unpublish", source))

    async def set_muted(self, source: Source, muted: bool) -> None:
        await asyncio.sleep(0)
        self.asked.append(("muted" if muted else "unmuted", source))

    async def set_wanted(self, publication_id: str, wanted: Wanted) -> None:
        self._refuse()
        self.asked.append(("wanted", (publication_id, wanted)))

    async def send_chat(self, message_id: str, text: str) -> None:
        self._refuse()
        self.asked.append(("chat", text))

    async def set_hand(self, raised: bool, at_ms: float) -> None:
        self._refuse()
        self.asked.append(("hand", raised))

    async def request(self, request: Request) -> None:
        self._refuse()
        self.asked.append(("request", request))

    @property
    def refuses(self) -> bool:
        return self.refusal is not None

    @refuses.setter
    def refuses(self, refuses: bool) -> None:
        self.refusal = RequestFailed("not now") if refuses else None

    async def leave(self) -> None:
        self.left = True
        await self.may_leave.wait()

    def network_changed(self) -> None:
        self.asked.append(("network changed", None))

    def _refuse(self) -> None:
        if self.refusal is not None:
            raise self.refusal

    def capacity_bps(self) -> int | None:
        return 2_500_000

    def path(self) -> dict[str, str]:
        return {"protocol": "udp", "candidate": "host", "proxy": ""}


class FakeSound:
    """The sound path's gate, streams and voices."""

    def __init__(self) -> None:
        self.gate_open = False
        self.outbound: OutboundStream | None = None
        self.voices: dict[str, InboundStream] = {}
        self.heard_ms: dict[str, float] = {}
        self.listeners: dict[str, Callable[..., None]] = {}
        self.opened: dict[DeviceKind, str] = {}
        self.wishes = SoundWishes()
        self.gains: dict[str, float] = {}
        self.original = False
        self.recorded_from: dict[DeviceKind, str] = {}

    def set_gate(self, open: bool) -> None:  # noqa: A002 - the name of the real one
        self.gate_open = open

    def attach_outbound(self, stream: OutboundStream | None, *, original: bool = False) -> None:
        self.outbound = stream
        self.original = original

    async def set_wishes(self, wishes: SoundWishes) -> None:
        self.wishes = wishes

    def hold_voice(self, voice_id: str, hold_ms: float) -> None:
        pass

    def set_volume(self, voice_id: str, gain: float) -> None:
        self.gains[voice_id] = gain

    async def record(self, seconds: float) -> Samples:
        await asyncio.sleep(0)
        self.recorded_from = dict(self.opened)
        return tone(0.2)

    def add_voice(self, voice_id: str, stream: InboundStream, *, is_ours: bool = False) -> None:
        self.voices[voice_id] = stream

    def remove_voice(self, voice_id: str) -> None:
        self.voices.pop(voice_id).on_frame(None)

    def statistics(self, voice_id: str) -> VoiceStatistics:
        return VoiceStatistics(playout_delay_ms=42.04, concealed_ratio=0.01) if voice_id in self.voices else NOTHING

    def playout_time_ms(self, voice_id: str) -> float | None:
        return self.heard_ms.get(voice_id)

    def microphone_level_db(self) -> float:
        return -30.0

    def voice_level_db(self, voice_id: str) -> float:
        return -40.0 if voice_id in self.voices else -127.0

    def on_first_sent(self, listener: Callable[[], None]) -> None:
        self.listeners["first_sent"] = listener

    def on_first_heard(self, listener: Callable[[], None]) -> None:
        self.listeners["first_heard"] = listener

    def on_spoke_while_muted(self, listener: Callable[[], None]) -> None:
        self.listeners["spoke_while_muted"] = listener

    def on_speaking(self, listener: Callable[[bool], None]) -> None:
        self.listeners["speaking"] = listener

    def on_recovered(self, listener: Callable[[DeviceKind, str], None]) -> None:
        self.listeners["recovered"] = listener

    def on_strong_noise_lost(self, listener: Callable[[], None]) -> None:
        self.listeners["strong_noise_lost"] = listener

    def on_silent(self, listener: Callable[[str, bool, bool], None]) -> None:
        self.listeners["silent"] = listener

    def on_failed(self, listener: Callable[[DeviceKind, Problem], None]) -> None:
        self.listeners["failed"] = listener

    async def open_microphone(self, spec: Spec) -> str:
        return self._open(DeviceKind.MICROPHONE, spec)

    async def open_speaker(self, spec: Spec) -> str:
        return self._open(DeviceKind.SPEAKER, spec)

    async def close_microphone(self) -> None:
        self.opened.pop(DeviceKind.MICROPHONE, None)

    async def close_speaker(self) -> None:
        self.opened.pop(DeviceKind.SPEAKER, None)

    def _open(self, kind: DeviceKind, spec: Spec) -> str:
        if spec.value == "broken":
            raise DeviceError(BROKEN)
        self.opened[kind] = str(spec)
        return f"the {spec}"


class FakePublisher:
    """Encodes nothing."""

    def __init__(self) -> None:
        self.running = False
        self.capture: object = None
        self.look_ms: float | None = None

    def start(self) -> None:
        self.running = True

    def stop(self) -> None:
        self.running = False

    def statistics(self) -> PublisherStatistics:
        return PublisherStatistics(1280, 720, 30.0, 1_500_000, 2, is_on=True)

    def layer_statistics(self) -> tuple[PublisherStatistics, ...]:
        return PublisherStatistics(), PublisherStatistics(640, 360, 30.0, 400_000, 1, is_on=True), self.statistics()


class FakeCapture:
    """A camera or a screen that gives no pictures; `broken` cannot be opened, `slow` opens once it is `let`."""

    def __init__(self, spec: Spec, failed: Callable[[Problem], None]) -> None:
        self.spec = spec
        self.failed = failed
        self.size_px = (1280, 720)
        self.asked = CaptureSize()
        self.is_still = spec.kind is SpecKind.STILL
        self.looks: list[Look] = []
        self.troubled: Callable[[str, Problem], None] = lambda _background, _problem: None
        self.hold: Hold | None = None
        self.motion = False
        self.running = False
        self.let = threading.Event()
        self.on_join: Callable[[], object] = lambda: None

    def is_of(self, spec: Spec) -> bool:
        return self.spec == spec

    def start(self) -> str:
        if self.spec.value == "slow":
            self.let.wait(5)
        if self.spec.value == "broken":
            raise DeviceError(BROKEN)
        self.running = True
        return f"the {self.spec}"

    def stop(self) -> None:
        self.running = False
        self.let.set()

    def join(self, timeout_s: float) -> bool:
        assert timeout_s > 0
        self.on_join()
        return not self.running


class FakeSubscription:
    """Decodes nothing; keeps its sink."""

    def __init__(self, stream: InboundStream) -> None:
        self.stream = stream
        self.figures = SubscriptionStatistics("vp8", 640, 360, frames_decoded=30)
        self.voice_ms: float | None = None
        stream.on_frame(lambda _: None)
        self.sink: FrameSink | None = None
        self.stopped = False

    def set_sink(self, sink: FrameSink | None) -> None:
        self.sink = sink

    def on_first_frame(self, listener: Callable[[], None]) -> None:
        self.first = listener

    def follow_voice(self, transit_ms: float | None) -> None:
        self.voice_ms = transit_ms

    def statistics(self) -> SubscriptionStatistics:
        return self.figures

    def stop(self) -> None:
        self.stopped = True


class FakeShare:
    """The sound of other programs; `broken` cannot be had."""

    def __init__(self, failed: Callable[[Problem], None]) -> None:
        self.failed = failed
        self.broken = False
        self.running = False
        self.stream: OutboundStream | None = None

    def start(self) -> None:
        if self.broken:
            raise DeviceError(BROKEN)
        self.running = True

    def send_on(self, stream: OutboundStream | None) -> None:
        self.stream = stream

    def stop(self) -> None:
        self.running = False


class FakeKit:
    """Gives out the fakes above and keeps them."""

    def __init__(self) -> None:
        self.sound = FakeSound()
        self.publishers: list[FakePublisher] = []
        self.captures: list[FakeCapture] = []
        self.previews: list[tuple[object, FrameSink]] = []
        self.remembered: list[tuple[str, str]] = []
        self.shares: list[FakeShare] = []
        self.granted: list[Granted] = []
        self.without_sound = False
        self.closed = False
        self.present: tuple[Device, ...] = DEVICES
        self.changed: Callable[[], None] | None = None
        self.rung: list[tuple[str, int]] = []

    def sound_share(self, failed: Callable[[Problem], None]) -> FakeShare:
        self.shares.append(FakeShare(failed))
        self.shares[-1].broken = self.without_sound
        return self.shares[-1]

    def sound_shareable(self) -> bool:
        return not self.without_sound

    def publisher(self, capture: object, *_: object) -> FakePublisher:
        self.publishers.append(FakePublisher())
        self.publishers[-1].capture = capture
        return self.publishers[-1]

    def devices(self) -> tuple[Device, ...]:
        return self.present

    async def watch_devices(self, changed: Callable[[], None]) -> None:
        self.changed = changed
        await asyncio.Event().wait()

    async def ring(self, spec: Spec, samples: Samples) -> None:
        if spec.value == "broken":
            raise DeviceError(BROKEN)
        self.rung.append((str(spec), len(samples)))

    def screens(self) -> tuple[Screen, ...]:
        return SCREENS

    def glance(self, spec: Spec) -> FakeCapture:
        return self.capture(spec, lambda _problem: None)

    async def close(self) -> None:
        self.closed = True

    def spec(self, text: str, kind: DeviceKind) -> Spec:
        return parse_spec(text, kind)

    def capture(
        self, spec: Spec, failed: Callable[[Problem], None], quality: PictureQuality = PictureQuality.HD
    ) -> FakeCapture:
        self.captures.append(FakeCapture(spec, failed))
        self.captures[-1].asked = camera_size(quality)
        return self.captures[-1]

    def share(
        self,
        spec: Spec,
        failed: Callable[[Problem], None],
        hold: Hold,
        *,
        motion: bool,
        granted: Granted | None = None,
    ) -> FakeCapture:
        capture = self.capture(spec, failed)
        if granted is not None:
            self.granted.append(granted)
            os.close(granted.remote)
        capture.hold, capture.motion = hold, motion
        return capture

    def dress(self, capture: FakeCapture, look: Look, on_trouble: Callable[[str, Problem], None]) -> None:
        capture.looks.append(look)
        capture.troubled = on_trouble

    def try_background(self, background: str) -> Problem | None:
        return Problem(ProblemCode.BACKGROUND_IMAGE, background) if "broken" in background else None

    def still(self, still: str, failed: Callable[[Problem], None], look: Look) -> FakeCapture:
        return self.capture(Spec(SpecKind.STILL, still), failed, look.quality)

    def try_still(self, still: str) -> Problem | None:
        return Problem(ProblemCode.STILL_IMAGE, still) if "broken" in still else None

    def subscription(self, stream: InboundStream) -> FakeSubscription:
        return FakeSubscription(stream)

    def preview(self, capture: object, sink: FrameSink) -> Callable[[], None]:
        shown = (capture, sink)
        self.previews.append(shown)
        return lambda: self.previews.remove(shown)

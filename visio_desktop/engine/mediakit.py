"""The media classes the engine uses, gathered in one place that is imported late: behind it stand OpenCV and PyAV."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakSet

from visio_desktop.media import device_watch, programs_sound, pulse_server, ringer
from visio_desktop.media.capture import CaptureSize, VideoCapture, as_it_is
from visio_desktop.media.capturing import MUSIC_BPS
from visio_desktop.media.devices import list_devices
from visio_desktop.media.errors import EffectError
from visio_desktop.media.layers import bitrate_for, simulcast_layers
from visio_desktop.media.pool import DecoderPool
from visio_desktop.media.preview import show_capture
from visio_desktop.media.publisher import EncodeSettings, VideoPublisher
from visio_desktop.media.qualities import camera_encoding, camera_size
from visio_desktop.media.samples import Samples
from visio_desktop.media.scale import within
from visio_desktop.media.sound import Sound
from visio_desktop.media.sound_share import BITRATE_BPS as SHARED_SOUND_BPS
from visio_desktop.media.sound_share import SoundShare
from visio_desktop.media.sources.held import HeldSource, Hold
from visio_desktop.media.sources.opening import open_granted, open_source
from visio_desktop.media.sources.port import Granted, VideoSource
from visio_desktop.media.specs import Spec, SpecKind, parse_spec
from visio_desktop.media.subscription import VideoSubscription
from visio_desktop.meeting.frames import FrameSink
from visio_desktop.meeting.look import Look, PictureQuality
from visio_desktop.meeting.values import Device, DeviceKind, Problem, Screen, Source
from visio_desktop.rtc.frames import Codec, InboundStream, OutboundStream, SendLayer
from visio_desktop.servers.port import PublishRequest
from visio_desktop.system.clock import Clock

if TYPE_CHECKING:
    from visio_desktop.media.hardware.kept import Proven

CAMERA_SIZE = camera_size(PictureQuality.HD)
GLANCE_SIZE = CaptureSize(480, 270, 2)
SCREEN_SIZE = CaptureSize(3840, 2160, 15)
MOTION_SIZE = CaptureSize(1920, 1080, 30)
SCREEN_ENCODING = EncodeSettings(width_px=3840, height_px=2160, fps=15, bitrate_bps=10_000_000, screen=True)
MOTION_ENCODING = EncodeSettings(width_px=1920, height_px=1080, fps=30, bitrate_bps=3_000_000)
SHARED_SOUND = PublishRequest(
    Source.SCREEN_AUDIO,
    (Codec.OPUS,),
    bitrate_bps=SHARED_SOUND_BPS,
    layers=(SendLayer("", 1.0, SHARED_SOUND_BPS),),
)
ORIGINAL_SOUND = PublishRequest(
    Source.MICROPHONE,
    (Codec.OPUS,),
    bitrate_bps=MUSIC_BPS,
    layers=(SendLayer("", 1.0, MUSIC_BPS),),
    stereo=True,
)
DECODER_THREADS = 2
END_S = 1.5


def publication(
    source: Source, size_px: tuple[int, int], asked: CaptureSize = CAMERA_SIZE, preferred: tuple[Codec, ...] = ()
) -> PublishRequest:
    """How to publish pictures of this size, of a camera that was `asked` for such, by a `preferred` codec if it can be.

    A screen has one layer: scaled down, small text is no text.
    """
    limit = SCREEN_ENCODING if source is Source.SCREEN else camera_encoding(asked)
    limit_px = (limit.width_px, limit.height_px)
    fit = within(size_px, limit_px)
    sent_px = (fit.width_px, fit.height_px)
    bitrate_bps = bitrate_for(sent_px, limit_px, limit.bitrate_bps)
    layers = (SendLayer("", 1.0, bitrate_bps),) if limit.screen else simulcast_layers(sent_px, bitrate_bps)
    codecs = tuple(dict.fromkeys((*preferred, Codec.VP8)))
    return PublishRequest(source, codecs, False, *sent_px, limit.fps, bitrate_bps, layers)


class MediaKit:
    """Makes captures, publishers and subscriptions on one loop, with one sound path and one decoder pool."""

    def __init__(self, loop: asyncio.AbstractEventLoop, *, clock: Callable[[], float]) -> None:
        self._loop = loop
        self._clock = clock
        self.sound = Sound(loop, clock=clock)
        self._pool = DecoderPool(DECODER_THREADS)
        self._threads: WeakSet[VideoCapture | VideoPublisher] = WeakSet()

    def spec(self, text: str, kind: DeviceKind) -> Spec:
        """What a SPEC of the command line or the settings means. Raises `MediaError`."""
        return parse_spec(text, kind)

    def devices(self) -> tuple[Device, ...]:
        """The devices of this machine; may take long."""
        return list_devices()

    def watch_devices(self, changed: Callable[[], None]) -> Coroutine[object, object, None]:
        """Calls `changed` on the loop, for ever, whenever devices may have come or gone."""
        return device_watch.watch(changed, self._clock)

    async def ring(self, spec: Spec, samples: Samples) -> None:
        """Play something short on a device of its own. Raises `MediaError`."""
        await ringer.ring(spec, samples, self.sound.heard_beside, self._clock)

    def capture(
        self, spec: Spec, on_failed: Callable[[Problem], None], quality: PictureQuality = PictureQuality.HD
    ) -> VideoCapture:
        """A capture of a camera, not yet started; `on_failed` is called on the loop."""

        def failed(problem: Problem) -> None:
            self._loop.call_soon_threadsafe(on_failed, problem)

        capture = VideoCapture(spec, camera_size(quality), clock=self._clock, on_failed=failed)
        self._threads.add(capture)
        return capture

    def still(self, still: str, on_failed: Callable[[Problem], None], look: Look) -> VideoCapture:
        """A capture of a picture that stands in the camera's place, of `file:PATH`, not yet started."""
        return self.capture(Spec(SpecKind.STILL, still), on_failed, look.quality)

    def try_still(self, still: str) -> Problem | None:
        """What is wrong with a picture to show in the camera's place; may take long."""
        from visio_desktop.media.sources.still import StillSource  # noqa: PLC0415 - for those who want it

        try:
            StillSource(still, CAMERA_SIZE, clock=self._clock)
        except EffectError as error:
            return error.problem
        return None

    def dress(self, capture: VideoCapture, look: Look, on_trouble: Callable[[str, Problem], None]) -> None:
        """Have a camera's pictures made like this from the next one on; `on_trouble` is called on the loop."""
        if look.is_plain:
            capture.wear(as_it_is)
            return
        from visio_desktop.media.look.veil import Veil  # noqa: PLC0415 - for those who want it

        def troubled(problem: Problem) -> None:
            with suppress(RuntimeError):  # the loop is closed: the program is ending
                self._loop.call_soon_threadsafe(on_trouble, look.background, problem)

        veil = Veil(look, interval_ms=1000 / capture.asked.fps, clock=self._clock, on_trouble=troubled)
        capture.wear(veil.show, lambda: veil.cost_ms)

    def try_background(self, background: str) -> Problem | None:
        """What is wrong with a picture to put behind oneself; may take long."""
        from visio_desktop.media.look.images import open_image  # noqa: PLC0415 - as above

        try:
            open_image(background)
        except EffectError as error:
            return error.problem
        return None

    def share(
        self,
        spec: Spec,
        on_failed: Callable[[Problem], None],
        hold: Hold,
        *,
        motion: bool,
        granted: Granted | None = None,
    ) -> VideoCapture:
        """A capture of a screen that can be held, not yet started; `on_failed` is called on the loop.

        Where the desktop has `granted` something, that is what is captured.
        """
        size = MOTION_SIZE if motion else SCREEN_SIZE

        def failed(problem: Problem) -> None:
            self._loop.call_soon_threadsafe(on_failed, problem)

        def opened(spec: Spec, size: CaptureSize, clock: Clock) -> VideoSource:
            source = open_source(spec, size, clock) if granted is None else open_granted(granted, size, clock)
            return HeldSource(source, hold, size, clock=clock)

        capture = VideoCapture(spec, size, clock=self._clock, on_failed=failed, source=opened)
        self._threads.add(capture)
        return capture

    def screens(self) -> tuple[Screen, ...]:
        """The screens that can be shared; may take long."""
        from visio_desktop.media.screens import list_screens  # noqa: PLC0415 - not before somebody wants to share

        return list_screens()

    def sound_shareable(self) -> bool:
        """Whether what other programs play can be shared; may take long."""
        return programs_sound.is_possible(self._clock)

    def sound_share(self, on_failed: Callable[[Problem], None]) -> SoundShare:
        """What other programs play, not yet listened to; `on_failed` is called on the loop."""
        listen = partial(programs_sound.ProgramsSound, self._clock, os.getpid())
        return SoundShare(self._loop, self._clock, listen, on_failed, self.sound.heard_beside)

    def glance(self, spec: Spec) -> VideoCapture:
        """A small and slow capture to look at before it is shared, not yet started."""
        capture = VideoCapture(spec, GLANCE_SIZE, clock=self._clock, on_failed=lambda _problem: None)
        self._threads.add(capture)
        return capture

    def publisher(
        self, capture: VideoCapture, stream: OutboundStream, source: Source, hardware: Proven | None = None
    ) -> VideoPublisher:
        """Sends a capture on a stream, not yet started; of a camera the largest pictures through `hardware`."""
        settings = camera_encoding(capture.asked)
        if source is Source.SCREEN:
            settings = MOTION_ENCODING if capture.asked == MOTION_SIZE else SCREEN_ENCODING
        settings = replace(settings, hardware=hardware)
        publisher = VideoPublisher(capture, stream, self._loop, settings=settings, clock=self._clock)
        self._threads.add(publisher)
        return publisher

    def subscription(self, stream: InboundStream) -> VideoSubscription:
        """Decodes a stream; shows nothing until it has a sink."""
        return VideoSubscription(stream, self._pool, self._loop, clock=self._clock)

    def preview(self, capture: VideoCapture, sink: FrameSink) -> Callable[[], None]:
        """Show a capture un-encoded; answers what stops it."""
        return show_capture(capture, sink)

    async def close(self) -> None:
        """Release sound and decoders; captures and publishers have been stopped before."""
        await self.sound.close()
        await asyncio.to_thread(self._pool.close)
        await asyncio.to_thread(pulse_server.leave)
        # A thread that is within a codec when Python ends takes the process down with it.
        await asyncio.to_thread(lambda: [each.join(END_S) for each in tuple(self._threads)])

"""The media classes the engine uses, gathered in one place that is imported late: behind it stand OpenCV and PyAV."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from functools import partial
from weakref import WeakSet

from visio_desktop.media import programs_sound
from visio_desktop.media.capture import CaptureSize, VideoCapture
from visio_desktop.media.devices import list_devices
from visio_desktop.media.layers import bitrate_for, simulcast_layers
from visio_desktop.media.pool import DecoderPool
from visio_desktop.media.preview import show_capture
from visio_desktop.media.publisher import EncodeSettings, VideoPublisher
from visio_desktop.media.scale import within
from visio_desktop.media.screens import list_screens
from visio_desktop.media.sound import Sound
from visio_desktop.media.sound_share import BITRATE_BPS as SHARED_SOUND_BPS
from visio_desktop.media.sound_share import SoundShare
from visio_desktop.media.specs import Spec, parse_spec
from visio_desktop.media.subscription import VideoSubscription
from visio_desktop.meeting.frames import FrameSink
from visio_desktop.meeting.values import Device, DeviceKind, Problem, Screen, Source
from visio_desktop.rtc.frames import Codec, InboundStream, OutboundStream, SendLayer
from visio_desktop.servers.port import PublishRequest

CAMERA_SIZE = CaptureSize(1280, 720, 30)
GLANCE_SIZE = CaptureSize(480, 270, 2)
SCREEN_SIZE = CaptureSize(2560, 1440, 5)
CAMERA_ENCODING = EncodeSettings(width_px=1280, height_px=720, fps=30, bitrate_bps=1_700_000)
SCREEN_ENCODING = EncodeSettings(width_px=2560, height_px=1440, fps=5, bitrate_bps=4_000_000, screen=True)
SHARED_SOUND = PublishRequest(
    Source.SCREEN_AUDIO,
    (Codec.OPUS,),
    bitrate_bps=SHARED_SOUND_BPS,
    layers=(SendLayer("", 1.0, SHARED_SOUND_BPS),),
)
DECODER_THREADS = 2
END_S = 0.5


def publication(source: Source, size_px: tuple[int, int]) -> PublishRequest:
    """How to publish pictures of this size. A screen has one layer: scaled down, small text is no text."""
    limit = SCREEN_ENCODING if source is Source.SCREEN else CAMERA_ENCODING
    limit_px = (limit.width_px, limit.height_px)
    fit = within(size_px, limit_px)
    sent_px = (fit.width_px, fit.height_px)
    bitrate_bps = bitrate_for(sent_px, limit_px, limit.bitrate_bps)
    layers = (SendLayer("", 1.0, bitrate_bps),) if limit.screen else simulcast_layers(sent_px, bitrate_bps)
    return PublishRequest(source, (Codec.VP8,), False, *sent_px, limit.fps, bitrate_bps, layers)


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

    def capture(self, spec: Spec, source: Source, on_failed: Callable[[Problem], None]) -> VideoCapture:
        """A capture, not yet started; `on_failed` is called on the loop."""
        size = SCREEN_SIZE if source is Source.SCREEN else CAMERA_SIZE

        def failed(problem: Problem) -> None:
            self._loop.call_soon_threadsafe(on_failed, problem)

        capture = VideoCapture(spec, size, clock=self._clock, on_failed=failed)
        self._threads.add(capture)
        return capture

    def screens(self) -> tuple[Screen, ...]:
        """The screens that can be shared; may take long."""
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

    def publisher(self, capture: VideoCapture, stream: OutboundStream, source: Source) -> VideoPublisher:
        """Sends a capture on a stream, not yet started."""
        settings = SCREEN_ENCODING if source is Source.SCREEN else CAMERA_ENCODING
        publisher = VideoPublisher(capture, stream, self._loop, settings=settings)
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
        # A thread that is within a codec when Python ends takes the process down with it.
        await asyncio.to_thread(lambda: [each.join(END_S) for each in tuple(self._threads)])

"""The media classes the engine uses, gathered in one place that is imported late: behind it stand OpenCV and PyAV."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from weakref import WeakSet

from visio_desktop.media.capture import CaptureSize, VideoCapture
from visio_desktop.media.devices import list_devices
from visio_desktop.media.pool import DecoderPool
from visio_desktop.media.preview import show_capture
from visio_desktop.media.publisher import EncodeSettings, VideoPublisher
from visio_desktop.media.sound import Sound
from visio_desktop.media.specs import Spec, parse_spec
from visio_desktop.media.subscription import VideoSubscription
from visio_desktop.meeting.frames import FrameSink
from visio_desktop.meeting.values import Device, DeviceKind, Problem, Source
from visio_desktop.rtc.frames import InboundStream, OutboundStream

CAMERA_SIZE = CaptureSize(1280, 720, 30)
SCREEN_SIZE = CaptureSize(1920, 1080, 10)
CAMERA_ENCODING = EncodeSettings(width_px=1280, height_px=720, fps=30, bitrate_bps=1_700_000)
SCREEN_ENCODING = EncodeSettings(width_px=1920, height_px=1080, fps=10, bitrate_bps=2_000_000)
DECODER_THREADS = 2
END_S = 0.5


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

"""Media for streams of `rtc`, made and read in the test's own process: a frame clock in pictures, a tone in sound."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from fractions import Fraction

import av
import numpy as np

from visio_desktop.media.frame_clock import age_ms, read, stamp
from visio_desktop.rtc.frames import Codec, EncodedFrame, Feedback, InboundStream, OutboundStream
from visio_desktop.system.clock import monotonic_ms
from visio_desktop.system.tasks import Tasks

_RATE_HZ = 48_000
_BLOCK = 960
_DECODERS = {Codec.VP8: "vp8", Codec.VP9: "vp9", Codec.H264: "h264", Codec.AV1: "libdav1d"}


class ClockCamera:
    """Sends VP8 pictures carrying the machine's monotonic time, a key frame whenever one is wanted."""

    def __init__(
        self, stream: OutboundStream, tasks: Tasks, *, size: tuple[int, int] = (320, 180), fps: int = 15
    ) -> None:
        self._stream = stream
        self._size, self._fps = size, fps
        self._key_wanted = True
        self.key_frames = 0
        context = av.CodecContext.create("libvpx", "w")
        assert isinstance(context, av.VideoCodecContext)
        context.width, context.height = size
        context.pix_fmt, context.bit_rate, context.gop_size, context.thread_count = "yuv420p", 600_000, 10_000, 1
        context.time_base, context.framerate = Fraction(1, fps), Fraction(fps)
        context.options = {"deadline": "realtime", "cpu-used": "-10", "lag-in-frames": "0"}
        self._context = context
        stream.on_feedback(self._feedback)
        self.task = tasks.start(self._run(), name="camera")

    def _feedback(self, feedback: Feedback) -> None:
        self._key_wanted = self._key_wanted or feedback.key_frame_wanted

    async def _run(self) -> None:
        width, height = self._size
        number, began_ms = 0, monotonic_ms()
        while True:
            captured_ms = monotonic_ms()
            i420 = np.full((height * 3 // 2, width), 128, np.uint8)
            i420[:height] = (np.arange(width) + number) % 160 + 40
            stamp(i420[:height], captured_ms)
            image = av.VideoFrame.from_ndarray(i420, format="yuv420p")
            image.pts = number
            types = av.video.frame.PictureType
            image.pict_type = types.I if self._key_wanted else types.NONE
            self._key_wanted = False
            for packet in self._context.encode(image):
                self.key_frames += packet.is_keyframe
                rtp_time = int((captured_ms - began_ms) * 90)
                self._stream.send(EncodedFrame(Codec.VP8, bytes(packet), rtp_time, key=packet.is_keyframe))
            number += 1
            await asyncio.sleep(1 / self._fps)


class ClockViewer:
    """Decodes what a stream brings and reads the frame clock in it."""

    def __init__(self, stream: InboundStream) -> None:
        self.frames = 0
        self.codes: set[int] = set()
        self.size = (0, 0)
        self.age_ms = -1
        self.codec: Codec | None = None
        self.errors = 0
        self._decoder: av.VideoCodecContext | None = None
        stream.on_frame(self._take)
        stream.request_key_frame()

    def _take(self, frame: EncodedFrame) -> None:
        if self._decoder is None and not frame.key:
            return
        if self._decoder is None:
            decoder = av.CodecContext.create(_DECODERS[frame.codec], "r")
            assert isinstance(decoder, av.VideoCodecContext)
            decoder.thread_count = 1
            self._decoder, self.codec = decoder, frame.codec
        self.frames += 1
        try:
            images = self._decoder.decode(av.Packet(frame.payload))
        except av.error.FFmpegError:
            self.errors += 1
            return
        for image in images:
            luma = image.to_ndarray(format="gray").astype(np.uint8)
            self.size = (image.width, image.height)
            code = read(luma)
            if code is not None:
                self.codes.add(code)
                self.age_ms = age_ms(code, monotonic_ms())


class ToneMicrophone:
    """Sends a tone in Opus packets of 20 ms; `level_db` is how loud it is said to be, below 0 (RFC 6464)."""

    def __init__(self, stream: OutboundStream, tasks: Tasks, *, hz: float, level_db: int | None = None) -> None:
        self.stream, self._hz, self._level_db = stream, hz, level_db
        context = av.CodecContext.create("libopus", "w")
        assert isinstance(context, av.AudioCodecContext)
        context.sample_rate, context.layout, context.format = _RATE_HZ, "mono", "s16"
        context.options = {"application": "voip", "frame_duration": "20"}
        self._context = context
        self.task = tasks.start(self._run(), name="microphone")

    async def _run(self) -> None:
        number = 0
        began_ms = monotonic_ms()
        while True:
            at = (np.arange(_BLOCK) + number * _BLOCK) / _RATE_HZ
            samples = (np.sin(2 * np.pi * self._hz * at) * 8_000).astype(np.int16)
            block = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
            block.sample_rate, block.pts = _RATE_HZ, number * _BLOCK
            for packet in self._context.encode(block):
                frame = EncodedFrame(Codec.OPUS, bytes(packet), number * _BLOCK, audio_level_db=self._level_db)
                self.stream.send(frame)
            number += 1
            await asyncio.sleep(max(0.0, (began_ms + number * 20 - monotonic_ms()) / 1e3))


class ToneListener:
    """Decodes Opus packets as they come and tells the loudest tone of the last quarter of a second."""

    def __init__(self, stream: InboundStream) -> None:
        self.frames = 0
        self._samples = np.zeros(0, np.float64)
        context = av.CodecContext.create("opus", "r")
        assert isinstance(context, av.AudioCodecContext)
        self._decoder = context
        stream.on_frame(self._take)

    @property
    def hz(self) -> float:
        """The loudest tone, 0 while there is too little or silence."""
        if self._samples.size < _RATE_HZ // 4 or np.abs(self._samples).max() < 1e-3:
            return 0.0
        spectrum = np.abs(np.fft.rfft(self._samples * np.hanning(self._samples.size)))
        return float(spectrum[1:].argmax() + 1) * _RATE_HZ / self._samples.size

    def _take(self, frame: EncodedFrame) -> None:
        self.frames += 1
        for block in self._decoder.decode(av.Packet(frame.payload)):
            fresh = block.to_ndarray().astype(np.float64)[
                0, :: 1 if block.format.is_planar else len(block.layout.channels)
            ]
            self._samples = np.concatenate((self._samples, fresh))[-_RATE_HZ // 4 :]


def all_see(viewers: Sequence[ClockViewer], count: int) -> Callable[[], bool]:
    """Whether each has read as many pictures."""
    return lambda: all(len(viewer.codes) >= count for viewer in viewers)


async def until(wanted: Callable[[], bool], what: str, *, timeout_s: float = 15.0) -> None:
    """Wait for this to come about."""
    try:
        async with asyncio.timeout(timeout_s):
            while not wanted():
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"never came about: {what}") from None

"""One simulated person's pictures and speech, made here and sent like anybody's."""

from __future__ import annotations

import asyncio

from visio_desktop.media.capture import CaptureSize, VideoCapture
from visio_desktop.media.encoders import EncodeSettings
from visio_desktop.media.publisher import VideoPublisher
from visio_desktop.media.sources.port import VideoSource
from visio_desktop.media.sources.scenes import Slides, SlideWords
from visio_desktop.media.sources.testpicture import TestPicture, scene_for
from visio_desktop.media.specs import Spec, SpecKind
from visio_desktop.media.talker import Talker
from visio_desktop.meeting.values import Problem
from visio_desktop.practice.cast import Role
from visio_desktop.rtc.frames import Codec, EncodedFrame, OutboundStream
from visio_desktop.system.clock import Clock, monotonic_ms
from visio_desktop.system.log import get_logger
from visio_desktop.system.texts import tr

PEOPLE_SIZE = CaptureSize(640, 360, 30)
SLIDES_SIZE = CaptureSize(1280, 720, 5)
PEOPLE_ENCODING = EncodeSettings(640, 360, 30, 500_000)
SLIDES_ENCODING = EncodeSettings(1280, 720, 5, 600_000, screen=True)
FRAME_SAMPLES = 960
SLIDES = "slides"
_log = get_logger(__name__)


class Picture:
    """A test picture at work: drawn, encoded and sent until `stop`."""

    def __init__(self, variant: str, stream: OutboundStream, *, slides: bool = False) -> None:
        size = SLIDES_SIZE if slides else PEOPLE_SIZE
        spec = Spec(SpecKind.TEST, variant)
        self._capture = VideoCapture(spec, size, clock=monotonic_ms, on_failed=_failed, source=_open_unstamped)
        settings = SLIDES_ENCODING if slides else PEOPLE_ENCODING
        self._publisher = VideoPublisher(self._capture, stream, asyncio.get_running_loop(), settings=settings)

    async def start(self) -> None:
        """Begin to send."""
        await asyncio.to_thread(self._capture.start)
        self._publisher.start()

    def stop(self) -> None:
        """Send nothing more."""
        self._publisher.stop()
        self._capture.stop()

    def join(self, timeout_s: float) -> bool:
        """Wait, so long for each of the two, until nothing is drawn and encoded any more; whether it is so. Blocks."""
        return self._publisher.join(timeout_s) and self._capture.join(timeout_s)


class Voice:
    """Test speech, 20 ms at a time; also says again what it is given as an echo."""

    def __init__(self, role: Role, stream: OutboundStream) -> None:
        self._talker = Talker(role.voice)
        self._stream = stream
        self._rtp_time = 0

    def speak(self) -> None:
        """Send the next 20 ms of speech."""
        frame = self._talker.next_frame()
        if frame is None:
            self.pause()
        else:
            self.say(frame.payload)

    def say(self, payload: bytes) -> None:
        """Send 20 ms of sound that is encoded already."""
        self._stream.send(EncodedFrame(Codec.OPUS, payload, self._rtp_time, voice=True))
        self._rtp_time += FRAME_SAMPLES

    def pause(self) -> None:
        """Let 20 ms pass unsaid."""
        self._rtp_time += FRAME_SAMPLES


def slide_words() -> SlideWords:
    """What stands on the slides, in the person's language."""
    points = tuple(tr(f"practice.slides_{each}") for each in ("done", "next", "help"))
    return SlideWords(tr("practice.slides_heading", page="{page}", pages="{pages}"), points)


def _open_unstamped(spec: Spec, size: CaptureSize, clock: Clock) -> VideoSource:
    slides = spec.value == SLIDES
    scene = Slides(size.width_px, size.height_px, slide_words()) if slides else scene_for(spec.value, size)
    return TestPicture(scene, size.fps, clock=clock, stamp_clock=None)


def _failed(problem: Problem) -> None:
    _log.error("practice_picture_failed", problem=problem.code.value)

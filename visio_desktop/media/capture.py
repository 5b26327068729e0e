"""One source of pictures at work: opened, read and closed on a thread of its own, its pictures handed to taps.

A driver may hang in opening or in reading, for ever. So nobody waits for that thread: `start` gives up after a time, a
watch notices when pictures stay away, and the thread is a daemon.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from visio_desktop.media.errors import DeviceError, MediaError
from visio_desktop.media.sources.opening import open_source
from visio_desktop.media.sources.port import CaptureSize, VideoSource
from visio_desktop.media.specs import Spec, SpecKind
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.system.clock import Clock
from visio_desktop.system.log import get_logger

if TYPE_CHECKING:
    from visio_desktop.media.raw import RawFrame

__all__ = ["CaptureSize", "VideoCapture"]

_log = get_logger(__name__)

type Tap = Callable[[RawFrame], None]
type Dress = Callable[[RawFrame], RawFrame | None]
type OpenSource = Callable[[Spec, CaptureSize, Clock], VideoSource]


def as_it_is(frame: RawFrame) -> RawFrame:
    """The `dress` that changes nothing."""
    return frame


def _nothing() -> None:
    return None


class VideoCapture:
    """Captures from one source. `on_failed` is called once, on one of the capture's threads, if it ends by itself.

    `size_px` is the size of the last picture, until the first one that which was `asked` for. Each picture passes
    through `dress` before any tap sees it; None leaves it out.
    """

    def __init__(
        self,
        spec: Spec,
        size: CaptureSize,
        *,
        clock: Clock,
        on_failed: Callable[[Problem], None],
        source: OpenSource = open_source,
        dress: Dress = as_it_is,
        open_timeout_ms: float = 10_000,
        silence_ms: float = 3_000,
    ) -> None:
        self._spec, self._size, self._clock, self._open_source = spec, size, clock, source
        self._on_failed = on_failed
        self._open_timeout_ms, self._silence_ms = open_timeout_ms, silence_ms
        self._taps: tuple[Tap, ...] = ()
        self._taps_lock = threading.Lock()
        self._dress = dress
        self._dress_cost_ms: Callable[[], float | None] = _nothing
        self._dress_lock = threading.Lock()
        self._stopped = threading.Event()
        self._opened = threading.Event()
        self._first_frame = threading.Event()
        self._failure_lock = threading.Lock()
        self._failed: MediaError | None = None
        self._started = False
        self._name = ""
        self._pictures = 0
        self.asked = size
        self.size_px = (size.width_px, size.height_px)
        self._thread = threading.Thread(target=self._run, name=f"capture {spec.kind.value}", daemon=True)

    def start(self) -> str:
        """Open the source, wait for its first picture, and say its name. Blocks: call it off the loop.

        Raises `MediaError` where there is no such source, it is in use, or nothing comes.
        """
        self._thread.start()
        if not self._opened.wait(self._open_timeout_ms / 1000):
            self._fail(self._silent("does not open"))
        elif not self._first_frame.wait(self._silence_ms / 1000):
            self._fail(self._silent("gives no pictures"))
        with self._failure_lock:
            if self._failed is not None:
                self._stopped.set()
                raise self._failed
            self._started = True
        threading.Thread(target=self._watch, name="capture watch", daemon=True).start()
        return self._name

    def add_tap(self, tap: Tap) -> None:
        """Call `tap` with each picture, on the capture's thread; it must neither block nor write to it."""
        with self._taps_lock:
            self._taps = (*self._taps, tap)

    def remove_tap(self, tap: Tap) -> None:
        """No more calls of `tap`, except one that is under way."""
        with self._taps_lock:
            self._taps = tuple(t for t in self._taps if t != tap)

    def wear(self, dress: Dress, cost_ms: Callable[[], float | None] = _nothing) -> None:
        """Once this returns no tap is called with a picture that did not pass through this `dress`, which costs so."""
        with self._dress_lock:
            self._dress, self._dress_cost_ms = dress, cost_ms

    @property
    def is_still(self) -> bool:
        """Whether this is a picture in a camera's place, and no camera."""
        return self._spec.kind is SpecKind.STILL

    def is_of(self, spec: Spec) -> bool:
        """Whether it is what this names: opened twice at once nothing can be."""
        return self._spec == spec

    @property
    def dress_ms(self) -> float | None:
        """What it costs of late to dress a picture, None where that is nothing worth a word."""
        return self._dress_cost_ms()

    def stop(self) -> None:
        """No more pictures. Does not wait for the driver; may be called twice and from any thread."""
        self._stopped.set()
        self._opened.set()  # whoever still waits in `start` need not do so any longer
        self._first_frame.set()
        with self._taps_lock:
            self._taps = ()

    def join(self, timeout_s: float) -> bool:
        """Wait for the source to be closed after `stop`; whether it is. Blocks."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            source = self._open_source(self._spec, self._size, self._clock)
        except MediaError as error:
            self._fail(error)
            return
        self._name = source.name
        self._opened.set()
        try:
            while not self._stopped.is_set():
                self._deliver(source.read())
        except MediaError as error:
            self._fail(error)
        finally:
            source.close()

    def _deliver(self, frame: RawFrame) -> None:
        if self._stopped.is_set():
            return
        self._pictures += 1
        self.size_px = (frame.width_px, frame.height_px)
        self._first_frame.set()
        dress = self._dress
        shown = dress(frame)
        if shown is None:
            return
        with self._dress_lock:
            if dress is self._dress:  # else it is not what it should be any more
                for tap in self._taps:
                    tap(shown)

    def _watch(self) -> None:
        seen = -1
        while not self._stopped.wait(self._silence_ms / 1000):
            if seen == self._pictures:
                self._fail(self._silent("stopped giving pictures"))
                return
            seen = self._pictures

    def _silent(self, detail: str) -> MediaError:
        screen = self._spec.kind in {SpecKind.SCREEN, SpecKind.WINDOW, SpecKind.PORTAL}
        code = ProblemCode.SCREEN_FAILED if screen else ProblemCode.CAMERA_FAILED
        return DeviceError(Problem(code, self._name or str(self._spec)), detail)

    def _fail(self, error: MediaError) -> None:
        with self._failure_lock:
            if self._failed is not None or self._stopped.is_set():
                return
            self._failed = error
            tell = self._started
        _log.warning("capture_failed", reason=str(error))
        if tell:
            self._stopped.set()
            self._on_failed(error.problem)
        self._opened.set()
        self._first_frame.set()

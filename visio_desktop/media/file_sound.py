"""The sound of a media file, decoded ahead in a thread of its own and played in a loop."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Any, Final

import numpy as np

from visio_desktop.media.errors import FileError
from visio_desktop.media.samples import FRAME, RATE_HZ, Samples, silence
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.system.log import get_logger

_log = get_logger(__name__)

_AHEAD: Final = 25
_WAIT_S: Final = 0.5


class FileSound:
    """A file as a microphone. Raises `FileError` where there is no file or no sound in it."""

    is_acoustic = False
    backlog = 0
    last_heard_ms = None
    has_delivered = True

    def __init__(self, path: str) -> None:
        self.name = Path(path).name
        self._path = path
        self._frames: Queue[Samples] = Queue(_AHEAD)
        self._stopped = Event()
        first = self._rounds()
        self._frames.put(next(first))
        self._thread = Thread(target=self._fill, args=(first,), name="file-sound", daemon=True)
        self._thread.start()

    def read(self) -> Samples:
        """See `Microphone`."""
        try:
            return self._frames.get_nowait()
        except Empty:
            return silence(FRAME)

    def stop(self) -> None:
        """See `Microphone`."""
        self._stopped.set()
        self._thread.join(2 * _WAIT_S)

    def _fill(self, frames: Iterator[Samples]) -> None:
        try:
            for frame in frames:
                if not self._put(frame):
                    return
        except FileError as error:
            _log.warning("file_sound_ended", error=str(error))

    def _put(self, frame: Samples) -> bool:
        while not self._stopped.is_set():
            try:
                self._frames.put(frame, timeout=_WAIT_S)
            except Full:
                continue
            return True
        return False

    def _rounds(self) -> Iterator[Samples]:
        """Frames for ever, from the beginning again after each end."""
        while True:
            yield from sound_frames(self._path)


def sound_frames(path: str) -> Generator[Samples]:
    """The frames of one round through a file; there is at least one. Raises `FileError`."""
    import av  # noqa: PLC0415 - slow to import

    if not Path(path).is_file():
        raise FileError(Problem(ProblemCode.FILE_MISSING, path))
    rest, given = silence(0), False
    try:
        with av.open(path) as container:
            for part in _decoded(av, container):
                rest = np.concatenate((rest, part))
                while len(rest) >= FRAME:
                    given = True
                    yield rest[:FRAME]
                    rest = rest[FRAME:]
    except (av.FFmpegError, OSError) as error:
        raise FileError(Problem(ProblemCode.FILE_UNREADABLE, path), str(error)) from error
    if not given:
        raise FileError(Problem(ProblemCode.FILE_UNREADABLE, path), "no sound in it")


def _decoded(av: Any, container: Any) -> Iterator[Samples]:
    if not container.streams.audio:
        return
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
    for raw in container.decode(audio=0):
        for part in resampler.resample(raw):
            yield part.to_ndarray().reshape(-1)

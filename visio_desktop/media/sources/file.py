"""Any media file FFmpeg reads, played at its own pace and begun again at its end."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from pathlib import Path

import av
from av.container import InputContainer

from visio_desktop.media.decode import raw_frame
from visio_desktop.media.errors import FileError
from visio_desktop.media.raw import RawFrame
from visio_desktop.media.sources.pace import Pace
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.system.clock import Clock

_USUAL_INTERVAL_MS = 1000 / 30
_LONGEST_INTERVAL_MS = 1000.0
_LONGEST_STILL_MS = 60_000.0


class FileSource:
    """The pictures of a file. Raises `FileError` where it is missing or holds none."""

    def __init__(self, path: str, *, clock: Clock, pace: Pace | None = None) -> None:
        self._path = Path(path)
        self._pace = pace or Pace(clock)
        if not self._path.is_file():
            raise FileError(Problem(ProblemCode.FILE_MISSING, self._path.name), "no such file")
        self._pictures = self._loop()
        self._waiting: tuple[av.VideoFrame, float] | None = next(self._pictures)

    @property
    def name(self) -> str:
        """The file's name."""
        return self._path.name

    def read(self) -> RawFrame:
        """Wait until the next picture's time; a picture that stands longer than a second is given again."""
        picture, interval_ms = self._waiting or next(self._pictures)
        self._waiting = None
        now_ms = self._pace.wait(interval_ms)
        if picture.format.name != "yuv420p":
            picture = picture.reformat(format="yuv420p")
        return raw_frame(picture, now_ms)

    def close(self) -> None:
        """Close the file."""
        self._pictures.close()

    def _loop(self) -> Generator[tuple[av.VideoFrame, float]]:
        while True:
            empty = True
            try:
                with av.open(str(self._path)) as container:
                    for item in _timed(container):
                        empty = False
                        yield item
            except (av.FFmpegError, OSError, ValueError) as error:
                raise self._unreadable(str(error)) from error
            if empty:
                raise self._unreadable("no pictures in it")

    def _unreadable(self, detail: str) -> FileError:
        return FileError(Problem(ProblemCode.FILE_UNREADABLE, self._path.name), detail)


def _timed(container: InputContainer) -> Iterator[tuple[av.VideoFrame, float]]:
    """Each picture with the milliseconds since the one before."""
    if not container.streams.video:
        return
    stream = container.streams.video[0]
    stream.thread_count = 1
    before_s: float | None = None
    for picture in container.decode(stream):
        step_ms = _USUAL_INTERVAL_MS
        if before_s is not None and picture.time is not None:
            step_ms = (picture.time - before_s) * 1000
        elif stream.average_rate:
            step_ms = 1000 / float(stream.average_rate)
        before_s = picture.time
        # A picture that stands still for long is repeated: silence would mean a broken source.
        for _ in range(_repeats(step_ms)):
            yield picture, step_ms / _repeats(step_ms)


def _repeats(step_ms: float) -> int:
    return max(1, math.ceil(min(step_ms, _LONGEST_STILL_MS) / _LONGEST_INTERVAL_MS))

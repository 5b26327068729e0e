"""A sink that keeps count, for tests without a window."""

from __future__ import annotations

import threading

from visio_desktop.meeting.frames import Picture, PictureTarget

WANTED = PictureTarget(640, 360)


class CountingSink:
    """Counts pictures and keeps the latest; `want` None asks for none."""

    def __init__(self, want: PictureTarget | None = WANTED) -> None:
        self.want = want
        self.pictures = 0
        self.latest: Picture | None = None
        self._changed = threading.Condition()

    def put(self, picture: Picture) -> None:
        with self._changed:
            self.pictures += 1
            self.latest = picture
            self._changed.notify_all()

    def target(self) -> PictureTarget | None:
        return self.want

    def wait_for(self, pictures: int, timeout_s: float = 20.0) -> bool:
        """Whether so many pictures have come within the time."""
        with self._changed:
            return self._changed.wait_for(lambda: self.pictures >= pictures, timeout_s)

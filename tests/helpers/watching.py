"""Waiting for an engine's snapshots in tests."""

from __future__ import annotations

import threading
from collections.abc import Callable

from visio_desktop.meeting.state import Meeting


class Watcher:
    """Keeps every snapshot; give its `take_in` to `Engine.watch`."""

    def __init__(self) -> None:
        self.meeting = Meeting()
        self._changed = threading.Condition()

    def take_in(self, meeting: Meeting) -> None:
        with self._changed:
            self.meeting = meeting
            self._changed.notify_all()

    def wait_for(self, condition: Callable[[Meeting], bool], timeout_s: float = 20.0) -> Meeting:
        """The first snapshot for which the condition holds; fails after the time."""
        with self._changed:
            held = self._changed.wait_for(lambda: condition(self.meeting), timeout_s)
        assert held, f"not reached: {self.meeting}"
        return self.meeting

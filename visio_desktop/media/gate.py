"""The mute gate: the one place through which sound leaves, closed until it is opened."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock


class Gate:
    """Lets frames through only if it has been open ever since their sound was recorded. Thread-safe.

    A frame belongs to the opening during which its sound was recorded. Closing takes effect before `set_open` returns:
    a frame on its way through another thread's queue is stopped too, and stays stopped after the gate opens again.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._opening = 0
        self._open = False

    def set_open(self, open_: bool) -> None:
        """Open or close; neither twice."""
        with self._lock:
            if open_ and not self._open:
                self._opening += 1
            self._open = open_

    @property
    def opening(self) -> int | None:
        """Which opening this is, None while closed."""
        return self._opening if self._open else None

    def is_current(self, opening: int) -> bool:
        """Whether the gate has been open since that opening."""
        return self._open and opening == self._opening

    def pass_through(self, opening: int, send: Callable[[], None]) -> bool:
        """Call `send` if the gate has been open since that opening; it cannot close while `send` runs."""
        with self._lock:
            if not self.is_current(opening):
                return False
            send()
            return True

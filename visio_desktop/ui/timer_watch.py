"""How late the window's timers fire: the measure of a thread that never blocks."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer

from visio_desktop.system.clock import Clock, monotonic_ms

INTERVAL_MS: Final = 16
_LONGEST_MS: Final = 1000


class TimerWatch(QObject):
    """A 16 ms timer and a histogram of its lateness in whole milliseconds, so that it never grows."""

    def __init__(self, parent: QObject | None = None, *, clock: Clock = monotonic_ms) -> None:
        super().__init__(parent)
        self._clock = clock
        self._late = [0] * (_LONGEST_MS + 1)
        self._due_ms = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.fired)

    def start(self) -> None:
        """Begin to measure."""
        self._due_ms = self._clock() + INTERVAL_MS
        self._timer.start(INTERVAL_MS)

    def stop(self) -> None:
        """Measure no more."""
        self._timer.stop()

    def fired(self) -> None:
        """The timer fired."""
        late_ms = max(0, round(self._clock() - self._due_ms))
        self._late[min(late_ms, _LONGEST_MS)] += 1
        self.start()

    def p99_ms(self) -> float | None:
        """The lateness that 99 % of the firings stayed within, None before the first; at most a second."""
        total = sum(self._late)
        seen = 0
        for late_ms, count in enumerate(self._late):
            seen += count
            if total and seen >= 0.99 * total:
                return float(late_ms)
        return None

"""SIGINT and SIGTERM, as something the window's loop hears.

Python runs the handler of a signal only between two of its own steps, and Qt's loop may rest for long. So a signal is
also written into a socket (`signal.set_wakeup_fd`) that Qt's loop listens to.
"""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Final

from PySide6.QtCore import QObject, QSocketNotifier

_ENDING: Final = (signal.SIGINT, signal.SIGTERM)


class Interrupts(QObject):
    """From `begin` to `end`, which have to be called on the main thread, each signal calls `interrupted` there."""

    def __init__(self, interrupted: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._interrupted = interrupted
        self._read, self._write = socket.socketpair()
        self._read.setblocking(False)
        self._write.setblocking(False)
        self._before: dict[int, object] = {}
        self._wakeup_before = -1
        self._notifier = QSocketNotifier(self._read.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._take)

    def begin(self) -> None:
        """Take the signals over."""
        self._before = {number: signal.signal(number, _leave_it_to_the_socket) for number in _ENDING}
        self._wakeup_before = signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)

    def end(self) -> None:
        """Give them back to whoever had them."""
        signal.set_wakeup_fd(self._wakeup_before)
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type] # as `signal.signal` gave it
        self._notifier.setEnabled(False)
        self._read.close()
        self._write.close()

    def _take(self) -> None:
        with suppress(BlockingIOError):
            numbers = self._read.recv(64)
            if any(number in _ENDING for number in numbers):
                self._interrupted()


def _leave_it_to_the_socket(_number: int, _frame: FrameType | None) -> None:
    """Python's own handler: there has to be one, else the signal would not be written."""

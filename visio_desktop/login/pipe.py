"""Standard input and output of the login program, as Qt signals and one function."""

from __future__ import annotations

import os
import sys
import threading
from io import RawIOBase

from PySide6.QtCore import QObject, Signal

from visio_desktop.login.wire import LONGEST_LINE, Message, WireError, decode, encode


class Listener(QObject):
    """`came` with each message of standard input, `ended` once it is closed: nobody waits any more."""

    came = Signal(object)
    ended = Signal()

    def start(self, source: RawIOBase) -> None:
        """Read in a thread of its own: what waits for a pipe must not keep a window waiting.

        Without a buffer, whose lock the thread would still hold when the program ends.
        """
        threading.Thread(target=self._read, args=(source,), name="standard input", daemon=True).start()

    def _read(self, source: RawIOBase) -> None:
        while line := source.readline(LONGEST_LINE):
            try:
                self.came.emit(decode(line))
            except WireError:
                continue
        self.ended.emit()


class Speaker:
    """Writes messages to what was standard output; what libraries print there goes to standard error from now on."""

    def __init__(self) -> None:
        self._pipe = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def say(self, message: Message) -> None:
        """Say something; to nobody where the other side is gone."""
        try:
            self._pipe.write(encode(message))
        except BrokenPipeError:
            return

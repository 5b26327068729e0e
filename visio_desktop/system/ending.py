"""The end of the process, where a thread is still within a library.

Every device and codec has been closed by then, and waited for; a driver or an encoder that does not come back in time
keeps its daemon thread. Were Python to end around it, it would unwind that thread through C++ ("terminate called
without an active exception"), and a meeting that was left in order would look like a crash.
"""

from __future__ import annotations

import atexit
import logging
import os
import sys
import threading


class Ending:
    """Made first, so that it comes last of all that is done at the end. `status` is what the process ends with."""

    def __init__(self) -> None:
        self.status = 1

    def arrange(self) -> None:
        """When Python ends, and only if such a thread is left, end at once."""
        atexit.register(self._end)

    def _end(self) -> None:
        if not stuck():
            return
        logging.shutdown()
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
        os._exit(self.status)


def stuck() -> tuple[str, ...]:
    """The names of the threads nobody waits for that are still there."""
    return tuple(t.name for t in threading.enumerate() if t.daemon and t is not threading.current_thread())

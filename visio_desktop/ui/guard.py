"""The window's last line: an error in a slot is logged, the meeting goes on, nobody sees a traceback."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from visio_desktop.system.log import get_logger

_log = get_logger(__name__)


@contextmanager
def guarding() -> Iterator[None]:
    """While this lasts: PySide6 gives an exception of a slot or an event handler to `sys.excepthook`: log it there.

    Before and after, an error is the program's and goes to whoever had the hook.
    """
    before, sys.excepthook = sys.excepthook, _log_it
    try:
        yield
    finally:
        sys.excepthook = before


def _log_it(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, traceback)
        return
    _log.error("slot_failed", exc_info=(kind, error, traceback))

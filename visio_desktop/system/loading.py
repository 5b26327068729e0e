"""Code that is loaded late, by one thread at a time and after the window's own.

Imports hold the interpreter: two threads that load take turns of a millisecond, and neither is done soon (the first
picture came a quarter later). So whatever would be loaded beside the window waits its turn here, first of all until the
window is seen.
"""

from __future__ import annotations

import threading
from importlib import import_module

LONGEST_WAIT_S = 3.0
_free = threading.Event()
_free.set()
_one = threading.Lock()


def hold() -> None:
    """From now on `load` waits for `go_on`, though not for ever: a window may never be seen."""
    _free.clear()


def go_on() -> None:
    """The window is seen."""
    _free.set()


def load(*names: str) -> None:
    """Import these modules when it is their turn. Blocks: not for a loop or the window's thread."""
    _free.wait(LONGEST_WAIT_S)
    with _one:
        for name in names:
            import_module(name)

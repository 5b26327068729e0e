"""Code that is loaded late, and after the window's own.

Imports hold the interpreter: two threads that load take turns of a millisecond, and neither is done soon. So whatever
would be loaded beside the window waits here until the window is seen.
"""

from __future__ import annotations

import threading
from importlib import import_module

LONGEST_WAIT_S = 3.0
_free = threading.Event()
_free.set()


def hold() -> None:
    """From now on `load` waits for `go_on`, though not for ever: a window may never be seen."""
    _free.clear()


def go_on() -> None:
    """The window is seen."""
    _free.set()


def load(*names: str) -> None:
    """Import these modules once the window is seen. Blocks: not for a loop or the window's thread."""
    _free.wait(LONGEST_WAIT_S)
    for name in names:
        import_module(name)

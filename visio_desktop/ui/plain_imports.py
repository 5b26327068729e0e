"""Loads Qt first, and takes PySide6's import hook away again.

PySide6 replaces `__import__` to find the modules that ask for its `__feature__` names: each import statement goes
through a Python function then, and the source text of every module that is loaded is read, split and kept
(`inspect.getsource`) to search it for a word. Nothing here uses those names, and a tenth of the start went into them.
What PySide6 needs for itself, to load its classes when they are first used, stays.

While it is loaded it goes through all modules by name, which ends the process should another thread load one meanwhile.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

_ORIGINAL = "__orig_import__"
_LONG_S = 1.0


def load_qt() -> None:
    """Import Qt's core, and leave imports as they were."""
    with uninterrupted():
        import_module("PySide6.QtCore")
    restore()


def restore() -> bool:
    """Import without looking for features; whether there was anything to take away."""
    original = getattr(builtins, _ORIGINAL, None)
    if original is None or builtins.__import__ is original:
        return False
    builtins.__import__ = original
    return True


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Other threads go on only where this one waits for a file or the like."""
    usual_s = sys.getswitchinterval()
    sys.setswitchinterval(_LONG_S)
    try:
        yield
    finally:
        sys.setswitchinterval(usual_s)

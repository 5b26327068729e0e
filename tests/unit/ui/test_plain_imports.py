"""Imports after Qt."""

from __future__ import annotations

import subprocess
import sys

import pytest

from visio_desktop.ui import plain_imports

_PROBE = """
import builtins, sys
{first}
import {module}
linecache = sys.modules.get("linecache")
read = linecache.cache if linecache else ()
print(builtins.__import__ is builtins.__feature_import__, any("wave" in name for name in read))
"""


def _probe(first: str) -> list[str]:
    code = _PROBE.format(first=first, module="wave")
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    ).stdout.split()


def test_modules_loaded_after_the_window_are_not_read() -> None:
    assert _probe("import visio_desktop.ui.window") == ["False", "False"]


def test_without_it_qt_reads_the_source_of_every_module() -> None:
    """Were this to change in a later PySide6, the module could go."""
    assert _probe("import PySide6.QtCore") == ["True", "True"]


def test_qt_is_loaded_without_another_thread_cutting_in(monkeypatch: pytest.MonkeyPatch) -> None:
    usual_s = sys.getswitchinterval()
    loaded: list[tuple[str, float]] = []
    monkeypatch.setattr(plain_imports, "import_module", lambda name: loaded.append((name, sys.getswitchinterval())))
    plain_imports.load_qt()
    assert loaded == [("PySide6.QtCore", 1.0)]
    assert sys.getswitchinterval() == usual_s


def test_nothing_is_taken_away_twice() -> None:
    plain_imports.restore()
    assert not plain_imports.restore()

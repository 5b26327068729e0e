"""Libraries linked ahead."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from visio_desktop.system import natives

LINKED = """
import sys
from visio_desktop.system import natives
natives.begin().join()
mapped = open("/proc/self/maps").read()
packages = [package for package, _ in natives.LIBRARIES]
print(*(package in mapped for package in packages), *(package in sys.modules for package in packages))
import cv2, av, numpy
from cryptography.hazmat.bindings import _rust
print(numpy.zeros(3, numpy.uint8).sum(), cv2.__name__, av.__name__)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Linux only")
def test_each_library_is_linked_and_none_imported() -> None:
    done = subprocess.run([sys.executable, "-c", LINKED], capture_output=True, text=True, timeout=60, check=True)
    first, last = done.stdout.splitlines()
    assert first.split() == ["True"] * len(natives.LIBRARIES) + ["False"] * len(natives.LIBRARIES)
    assert last == "0 cv2 av"


def test_what_is_not_installed_is_passed_over() -> None:
    assert natives._files("not_installed_anywhere", "*.so") == []
    assert natives._files("cv2", "no-such-library*.so") == []


def test_other_systems_link_as_they_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert natives.begin() is None


def test_every_library_is_where_it_is_looked_for() -> None:
    found = [natives._files(package, pattern) for package, pattern in natives.LIBRARIES]
    assert all(len(files) == 1 and isinstance(files[0], Path) for files in found)

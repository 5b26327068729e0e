"""Loading in turn, after the window."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from visio_desktop.system import loading


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """`late` and `later`; the second notes whether the first was there."""
    (tmp_path / "late.py").write_text("")
    (tmp_path / "later.py").write_text("import sys\nAFTER = 'late' in sys.modules\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield
    loading.go_on()
    for name in ("late", "later"):
        sys.modules.pop(name, None)


@pytest.mark.usefixtures("modules")
def test_modules_are_loaded_in_the_order_named() -> None:
    loading.load("late", "later")
    assert sys.modules["later"].AFTER


@pytest.mark.usefixtures("modules")
def test_nothing_is_loaded_before_the_window_is_seen() -> None:
    loading.hold()
    waiting = threading.Thread(target=loading.load, args=("late",))
    waiting.start()
    waiting.join(0.02)
    assert "late" not in sys.modules
    loading.go_on()
    waiting.join(5)
    assert "late" in sys.modules


@pytest.mark.usefixtures("modules")
def test_a_window_that_is_never_seen_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "LONGEST_WAIT_S", 0.01)
    loading.hold()
    loading.load("late")
    assert "late" in sys.modules

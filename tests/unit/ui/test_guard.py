from __future__ import annotations

import sys

import pytest

from visio_desktop.ui import guard


@pytest.fixture(autouse=True)
def _hook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)


def test_an_error_of_a_slot_is_logged_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ValueError, match="abc") as caught:
        int("abc")
    with guard.guarding():
        sys.excepthook(ValueError, caught.value, caught.tb)
    assert any("slot_failed" in str(record.msg) for record in caplog.records)
    assert any(record.levelname == "ERROR" for record in caplog.records)


def test_an_interrupt_is_not_swallowed(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    seen: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "__excepthook__", lambda kind, *_: seen.append(kind))
    with guard.guarding():
        sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert seen == [KeyboardInterrupt]
    assert not caplog.records


def test_an_error_of_the_program_itself_goes_to_whoever_had_the_hook() -> None:
    def start() -> None:
        with guard.guarding():
            hooks.append(sys.excepthook)
            raise ValueError("start")

    before, hooks = sys.excepthook, [sys.excepthook]
    with pytest.raises(ValueError, match="start"):
        start()
    assert hooks[-1] is not before
    assert sys.excepthook is before

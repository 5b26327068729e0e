from __future__ import annotations

import sys

import pytest
from structlog.testing import capture_logs

from visio_desktop.ui import guard


@pytest.fixture(autouse=True)
def _hook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)


def test_an_error_of_a_slot_is_logged_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    guard.install()
    with pytest.raises(ValueError, match="abc") as caught:
        int("abc")
    sys.excepthook(ValueError, caught.value, caught.tb)
    assert any("slot_failed" in str(record.msg) for record in caplog.records)
    assert any(record.levelname == "ERROR" for record in caplog.records)


def test_an_interrupt_is_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "__excepthook__", lambda kind, *_: seen.append(kind))
    guard.install()
    with capture_logs() as logs:
        sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert seen == [KeyboardInterrupt]
    assert not logs

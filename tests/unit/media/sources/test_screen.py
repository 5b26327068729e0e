from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from tests.helpers.needs import need_program
from tests.helpers.pictures import FakeClock
from tests.helpers.xvfb import Xvfb
from visio_desktop.media.errors import DeviceError
from visio_desktop.media.sources.pace import Pace
from visio_desktop.media.sources.port import CaptureSize
from visio_desktop.media.sources.screen import ScreenSource
from visio_desktop.media.sources.settling import SOON_TIMES
from visio_desktop.meeting.values import Problem, ProblemCode


@pytest.fixture
def display(monkeypatch: pytest.MonkeyPatch) -> Iterator[Xvfb]:
    need_program("Xvfb")
    with Xvfb(640, 400) as display:
        monkeypatch.setenv("DISPLAY", display.name)
        yield display


_RED_WINDOW = """
import sys
from PySide6.QtCore import QTimer, Qt
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication([])
window = QWidget(None, Qt.WindowType.X11BypassWindowManagerHint | Qt.WindowType.FramelessWindowHint)
window.setStyleSheet("background: #ff0000")
window.setGeometry(0, 0, 640, 400)
window.show()
QTimer.singleShot(300, lambda: (print("shown", flush=True), sys.stdin.read(), app.quit()))
app.exec()
"""


@contextmanager
def _red_window(display: Xvfb) -> Iterator[None]:
    command = [sys.executable, "-c", _RED_WINDOW]
    environment = {**os.environ, **display.environment}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        assert program.stdout.readline() == b"shown\n"
        yield
        program.stdin.close()


def _source(clock: FakeClock, key: str = "1", size: CaptureSize | None = None) -> ScreenSource:
    return ScreenSource(key, size or CaptureSize(1920, 1080, 10), clock=clock, pace=Pace(clock, clock.sleep))


def test_a_still_screen_comes_once_a_second_and_a_change_at_once(display: Xvfb) -> None:
    clock = FakeClock()
    source = _source(clock)
    first, second = [source.read() for _ in range(SOON_TIMES + 2)][-2:]
    assert (first.width_px, first.height_px) == (640, 400)
    assert second.capture_ms - first.capture_ms == pytest.approx(900)
    with _red_window(display):
        third = source.read()
    assert third.capture_ms - second.capture_ms == pytest.approx(100)
    assert np.median(third.y) == pytest.approx(81, abs=1)
    source.close()


def test_a_large_screen_is_shrunk(display: Xvfb) -> None:
    assert display.pid
    source = _source(FakeClock(), size=CaptureSize(320, 180, 10))
    frame = source.read()
    assert (frame.width_px, frame.height_px) == (288, 180)
    source.close()


@pytest.mark.parametrize("key", ["0", "2", "x", ""])
def test_a_screen_that_is_not_there(display: Xvfb, key: str) -> None:
    assert display.pid
    with pytest.raises(DeviceError) as caught:
        _source(FakeClock(), key)
    assert caught.value.problem == Problem(ProblemCode.SCREEN_FAILED, f"screen:{key}")


def test_no_display_is_no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":987")
    with pytest.raises(DeviceError) as caught:
        _source(FakeClock())
    assert caught.value.problem.code is ProblemCode.SCREEN_FAILED

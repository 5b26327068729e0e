from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import FakeEngine, ready
from visio_desktop.engine.attendant import Attendant
from visio_desktop.meeting.intents import Join, Leave, OpenLink
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.ui import application, theme
from visio_desktop.ui.application import RunSetup, make_application, run_window
from visio_desktop.ui.platform.desktop import DesktopSetup
from visio_desktop.ui.window import MainWindow


class Marked:
    def __init__(self) -> None:
        self.names: list[str] = []

    def mark(self, name: str) -> None:
        if name not in self.names:
            self.names.append(name)


def test_a_run_from_the_command_line_joins_leaves_and_returns(qtbot: QtBot, tmp_path: Path) -> None:
    engine = FakeEngine(ready())
    marks = Marked()
    told: list[object] = []
    outcome = run_window(
        engine,
        RunSetup(
            marks,
            link="practice:",
            attendant=Attendant(join_at_once=True, alone=True),
            duration_s=0.3,
            screenshot=tmp_path / "shot.png",
            place_file=tmp_path / "window.ini",
            before_leaving=lambda: told.append(engine.meeting.page),
        ),
    )
    assert set(engine.intents[:-1]) == {OpenLink("practice:"), Join()}
    assert engine.intents[-1] == Leave()
    assert marks.names[:2] in (["window_shown", "join_clicked"], ["join_clicked", "window_shown"])
    assert [page.value for page in told] == ["room"]  # type: ignore[attr-defined] # a Page
    assert QImage(str(tmp_path / "shot.png")).width() >= 640
    assert outcome.ui_timer_late_p99_ms is not None
    assert engine.warmed == 1


def test_a_window_that_is_not_seen_is_not_waited_for(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application, "UNSEEN_MS", 1)
    monkeypatch.setattr(MainWindow, "show", lambda _: None)
    engine = FakeEngine()
    marks = Marked()
    look = QTimer(interval=5)
    look.timeout.connect(lambda: make_application().quit() if engine.warmed else None)
    look.start()
    run_window(engine, RunSetup(marks, link="practice:"))
    look.stop()
    assert engine.intents == [OpenLink("practice:")]
    assert engine.warmed == 1
    assert not marks.names


def test_the_desktop_around_it_comes_after_the_window_and_ends_with_it(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application, "UNSEEN_MS", 1)
    monkeypatch.setattr(application, "DESKTOP_AFTER_MS", 1)
    made: list[object] = []
    names: list[str] = []

    def desktop() -> DesktopSetup:
        made.extend(
            each for each in QApplication.topLevelWidgets() if isinstance(each, MainWindow) and each.isVisible()
        )
        QTimer.singleShot(0, make_application().quit)
        return DesktopSetup(lambda name, _work: names.append(name))

    run_window(FakeEngine(), RunSetup(Marked(), desktop=desktop, hidden=True))
    assert made == [], "hidden"
    assert names[-2:] == ["shortcuts", "notices"], "given back"


def test_the_application_has_its_name(qtbot: QtBot) -> None:
    assert make_application() is QApplication.instance()
    assert make_application().applicationDisplayName() == "Visio Desktop"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_in_order(qtbot: QtBot, tmp_path: Path, number: signal.Signals) -> None:
    engine = FakeEngine(ready())
    told: list[Page] = []

    def send(meeting: Meeting) -> None:
        if meeting.page is Page.ROOM and not told:
            QTimer.singleShot(0, lambda: os.kill(os.getpid(), number))

    engine.watch(send)
    attendant = Attendant(join_at_once=True, alone=True)
    run_window(
        engine,
        RunSetup(
            Marked(),
            link="practice:",
            attendant=attendant,
            place_file=tmp_path / "window.ini",
            before_leaving=lambda: told.append(engine.meeting.page),
        ),
    )
    assert told == [Page.ROOM]
    assert engine.intents[-1] == Leave()
    assert attendant.status == 0


def test_an_error_before_the_window_is_shown_is_not_swallowed(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    engine = FakeEngine(ready())

    def broken(_: object) -> None:
        raise RuntimeError("no engine")

    monkeypatch.setattr(engine, "watch", broken)
    before = sys.excepthook
    with pytest.raises(RuntimeError, match="no engine"):
        run_window(engine, RunSetup(Marked(), place_file=tmp_path / "window.ini"))
    assert sys.excepthook is before
    for window in QApplication.topLevelWidgets():
        window.hide()  # one that stays would keep later runs from ending with their own


def test_the_window_follows_the_systems_contrast(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    engine = FakeEngine(ready())
    pages: list[object] = []
    sheets: list[str] = []
    hints = QGuiApplication.styleHints()
    accessibility = hints.accessibility()

    def strengthen() -> None:
        (window,) = (w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible())
        pages.append(window.page)
        monkeypatch.setattr(application, "use_contrast", lambda _: theme.use_high_contrast(on=True))
        accessibility.contrastPreferenceChanged.emit(Qt.ContrastPreference.HighContrast)
        pages.append(window.page)
        sheets.append(window.page.styleSheet())
        window.close()

    QTimer.singleShot(100, strengthen)
    try:
        run_window(engine, RunSetup(Marked(), place_file=tmp_path / "window.ini"))
    finally:
        theme.use_high_contrast(on=False)
    assert pages[0] is not pages[1]
    assert "background: #000000" in sheets[0]
    accessibility.contrastPreferenceChanged.emit(Qt.ContrastPreference.HighContrast)  # nobody listens any more

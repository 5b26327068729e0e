from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QWindowStateChangeEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import FakeEngine
from tests.helpers.fake_meeting import FakePictures, crowd
from visio_desktop.meeting.values import Publication, Source
from visio_desktop.settings.schema import SCHEMA, Value
from visio_desktop.ui.choices import Choices
from visio_desktop.ui.pages.room import RoomPage
from visio_desktop.ui.window import MainWindow, WindowSetup
from visio_desktop.ui.windows.beside import Beside

FOUR = crowd(4)
SCREEN = Publication("screen", "p1", Source.SCREEN)
SHARER = replace(FOUR.participants[1], publications=(*FOUR.participants[1].publications, SCREEN))
SHARE = replace(FOUR, participants=(FOUR.participants[0], SHARER, *FOUR.participants[2:]))


class Desk:
    """A main window with the room in it."""

    def __init__(self, qtbot: QtBot) -> None:
        self.values: dict[str, Value] = {key: SCHEMA[key].default for key in SCHEMA}
        self.pictures = FakePictures()
        self.main = MainWindow(FakeEngine(), WindowSetup())
        qtbot.addWidget(self.main)
        self.page = RoomPage(self.pictures, lambda: None, Choices(get=lambda key: self.values[key]))
        self.main.setCentralWidget(self.page)
        self.main.resize(1280, 800)
        with qtbot.waitExposed(self.main):
            self.main.show()
        self.page.show_meeting(SHARE)

    @property
    def beside(self) -> Beside:
        return self.page.beside

    def minimise(self, *, away: bool) -> None:
        before = self.main.windowState()
        minimised = Qt.WindowState.WindowMinimized
        self.main.setWindowState(before | minimised if away else before & ~minimised)
        QApplication.sendEvent(self.main, QWindowStateChangeEvent(before))


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    made = Desk(qtbot)
    yield made
    made.page.let_go()


def test_a_share_goes_to_its_own_window_and_comes_back(desk: Desk, qtbot: QtBot) -> None:
    assert desk.page.stage.large_share() is not None
    desk.page.stage.tiles()["p1/screen"].window_asked.emit()
    assert desk.page.stage.large_share() is None
    window = desk.beside.extra.windows()["p1/screen"]
    desk.pictures.put_all(0)
    qtbot.waitUntil(lambda: window.tile.mailbox.meter.frames_painted == 1)
    qtbot.waitUntil(lambda: desk.page.stage.tiles()["p1/screen"].mailbox.meter.frames_painted >= 1)
    window.close()
    assert desk.page.stage.large_share() is not None


def test_a_share_fills_a_screen_on_demand(desk: Desk) -> None:
    desk.page.stage.tiles()["p1/screen"].full_asked.emit()
    assert desk.beside.extra.windows()["p1/screen"].isFullScreen()


def test_the_small_window_comes_while_the_main_one_is_minimised(desk: Desk) -> None:
    desk.minimise(away=True)
    assert desk.beside.small is not None
    assert desk.beside.small.isVisible()
    desk.page.show_meeting(crowd(2))
    desk.minimise(away=False)
    assert desk.beside.small is None


def test_it_does_not_come_where_it_is_not_wanted(desk: Desk) -> None:
    desk.values["small_window"] = False
    desk.minimise(away=True)
    assert desk.beside.small is None
    desk.page.bar.small_asked.emit()
    assert desk.beside.small is not None


def test_opened_by_hand_it_stays_until_it_is_closed_by_hand(desk: Desk) -> None:
    desk.page.bar.small_asked.emit()
    desk.minimise(away=True)
    desk.minimise(away=False)
    assert desk.beside.small is not None
    desk.page.bar.small_asked.emit()
    assert desk.beside.small is None


def test_from_the_small_window_one_goes_back(desk: Desk) -> None:
    desk.minimise(away=True)
    assert desk.beside.small is not None
    desk.beside.small.back_asked.emit()
    assert not desk.main.windowState() & Qt.WindowState.WindowMinimized
    assert desk.beside.small is None


def test_all_windows_end_with_the_meeting(desk: Desk) -> None:
    desk.page.stage.tiles()["p2"].window_asked.emit()
    desk.page.bar.small_asked.emit()
    desk.page.hide()
    assert desk.beside.extra.keys == frozenset()
    assert desk.beside.small is None


def test_minimised_the_windows_of_single_tiles_stay(desk: Desk) -> None:
    desk.page.stage.tiles()["p2"].window_asked.emit()
    desk.minimise(away=True)
    QApplication.sendEvent(desk.page, QEvent(QEvent.Type.Hide))
    assert desk.beside.extra.keys == {"p2"}


def test_the_small_window_comes_while_the_main_one_is_put_away_and_brings_it_back(desk: Desk) -> None:
    desk.main.put_away()
    assert desk.beside.small is not None
    assert desk.beside.small.isVisible()
    desk.page.show_meeting(crowd(2))
    desk.beside.small.back_asked.emit()
    assert desk.main.isVisible()
    assert desk.beside.small is None
    desk.main.put_away()
    assert desk.beside.small is not None
    desk.main.show()
    assert desk.beside.small is None


def test_closed_by_hand_it_does_not_come_again_for_the_same_hiding(desk: Desk) -> None:
    desk.main.put_away()
    assert desk.beside.small is not None
    desk.beside.small.close()
    desk.page.show_meeting(crowd(2))
    assert desk.beside.small is None
    desk.main.show()
    desk.main.put_away()
    assert desk.beside.small is not None


def test_put_away_too_it_does_not_come_where_it_is_not_wanted(desk: Desk) -> None:
    desk.values["small_window"] = False
    desk.main.put_away()
    assert desk.beside.small is None


def test_a_window_that_closes_for_good_leaves_no_small_one(desk: Desk) -> None:
    desk.main.close()
    assert desk.beside.small is None


def test_whoever_comes_in_while_the_window_is_put_away_sees_the_meeting_in_the_small_one(desk: Desk) -> None:
    desk.page.hide()
    desk.main.put_away()
    assert desk.beside.small is None
    desk.page.show()
    desk.page.show_meeting(SHARE)
    assert desk.beside.small is not None

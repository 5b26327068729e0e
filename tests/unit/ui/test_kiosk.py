from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import FakeEngine, ready
from visio_desktop.meeting.intents import GoHome, OpenLink, SetName
from visio_desktop.meeting.state import Ending, Page
from visio_desktop.settings.schema import SCHEMA, Value
from visio_desktop.ui.application import RunSetup, run_window
from visio_desktop.ui.choices import NetworkChoices
from visio_desktop.ui.kiosk import Kiosk
from visio_desktop.ui.pages.home import HomePage
from visio_desktop.ui.pages.kiosk import KioskPage
from visio_desktop.ui.window import MainWindow, WindowSetup

LINK = "https://meet.example.org/abc-defg-hij"
KEYS = "Ctrl+Alt+Shift+Q"


def choices(**values: Value) -> NetworkChoices:
    return NetworkChoices(lambda key: values.get(key, SCHEMA[key].default))


class Held:
    def __init__(self, qtbot: QtBot, **values: Value) -> None:
        self.engine = FakeEngine(ready(name="Ada"))
        setup = WindowSetup(network=choices(kiosk=True, **values), fixed=True)
        self.window = MainWindow(self.engine, setup)
        self.window.intent.connect(self.engine.post)
        self.kiosk = Kiosk(self.window, KEYS, self.engine.post)
        qtbot.addWidget(self.window, before_close_func=lambda _: self.kiosk.end())
        self.engine.watch(self.window.show_meeting)
        self.engine.watch(self.kiosk.take_in)
        with qtbot.waitExposed(self.window):
            self.window.show()
        self.window.activateWindow()


@pytest.fixture
def held(qtbot: QtBot) -> Iterator[Held]:
    made = Held(qtbot, kiosk_link=LINK)
    yield made
    made.kiosk.end()


def test_it_fills_the_screen_and_cannot_be_closed_or_made_smaller(qtbot: QtBot, held: Held) -> None:
    assert held.window.isFullScreen()
    held.window.close()
    assert held.window.isVisible()
    held.window.showNormal()
    qtbot.waitUntil(held.window.isFullScreen)


def test_its_first_page_leads_to_its_meeting_and_has_no_settings(held: Held) -> None:
    page = held.window.page
    assert isinstance(page, KioskPage)
    assert page.gear.isHidden()
    held.window.show_settings()
    assert held.window.dialog is None
    page.join.click()
    assert held.engine.intents[0] == OpenLink(LINK)


def test_without_a_meeting_of_its_own_any_can_be_opened_but_none_is_remembered(qtbot: QtBot) -> None:
    held = Held(qtbot)
    assert isinstance(held.window.page, HomePage)
    assert held.engine.meeting.recents
    assert held.window.page.recents.isHidden()
    held.kiosk.end()


def test_after_a_meeting_the_first_page_comes_back_without_the_name(held: Held) -> None:
    held.engine.show(page=Page.ROOM, name="Grace")
    held.engine.show(page=Page.ENDED, ending=Ending.LEFT)
    assert GoHome() in held.engine.intents
    assert held.engine.meeting.page is Page.HOME
    assert SetName("Ada") in held.engine.intents
    assert held.engine.meeting.name == "Ada"


def test_why_a_meeting_ended_stands_there_for_a_while(held: Held) -> None:
    held.engine.show(page=Page.ENDED, ending=Ending.DROPPED)
    assert held.engine.meeting.page is Page.ENDED
    assert held.kiosk.back.isActive()
    held.kiosk.back.timeout.emit()
    assert isinstance(held.window.page, KioskPage)
    assert not held.kiosk.back.isActive()


def test_in_the_room_nothing_leads_to_settings(held: Held) -> None:
    held.engine.show(page=Page.ROOM)
    bar = held.window.page.bar  # type: ignore[union-attr] # it is the room
    assert bar._more.isHidden()
    QTest.keyClick(held.window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(held.window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert held.window.dialog is None
    assert held.window.isFullScreen()


def test_the_keys_of_those_who_look_after_it_end_it(qtbot: QtBot, held: Held) -> None:
    every = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(held.window, Qt.Key.Key_Q, every)
    qtbot.waitUntil(held.window.isHidden)


class Shown:
    """Ends the process from outside once the window was seen."""

    def mark(self, name: str) -> None:
        if name == "window_shown":
            QTimer.singleShot(0, lambda: os.kill(os.getpid(), signal.SIGTERM))


def test_a_run_that_is_ended_from_outside_ends(qtbot: QtBot) -> None:
    engine = FakeEngine(ready())
    run_window(engine, RunSetup(Shown(), network=choices(kiosk=True)))
    assert engine.warmed == 1

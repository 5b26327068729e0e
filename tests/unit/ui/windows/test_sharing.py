from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.helpers.fake_meeting import crowd
from visio_desktop.meeting.areas import Area
from visio_desktop.meeting.intents import SetSourceOn
from visio_desktop.meeting.values import Source
from visio_desktop.system.texts import tr
from visio_desktop.ui.windows.share_frame import THICK_PX
from visio_desktop.ui.windows.sharing import Sharing

SHARING = replace(crowd(2), screen_on=True, screen_spec="window:0x1")
AREA = Area(100, 120, 200, 150)


class Shared:
    def __init__(self, platform: str = "xcb") -> None:
        self.area: Area | None = None
        self.sharing = Sharing(lambda: self.area, platform=platform)

    def look(self, area: Area | None) -> None:
        self.area = area
        self.sharing.look()


@pytest.fixture
def shared(qtbot: QtBot) -> Iterator[Shared]:
    made = Shared()
    yield made
    made.sharing.close()


def test_the_frame_follows_what_is_shared(shared: Shared) -> None:
    shared.sharing.show_meeting(crowd(2))
    assert shared.sharing.frame is None
    shared.sharing.show_meeting(SHARING)
    frame = shared.sharing.frame
    assert frame is not None
    assert not frame.isVisible(), "not known yet where it is"
    for area in (AREA, Area(110, 130, 300, 250)):
        shared.look(area)
        assert frame.isVisible()
        inner = QRect(area.left, area.top, area.width, area.height)
        assert frame.geometry() == inner.adjusted(-THICK_PX, -THICK_PX, THICK_PX, THICK_PX)
    shared.look(None)
    assert not frame.isVisible()
    shared.sharing.show_meeting(crowd(2))
    assert shared.sharing.frame is None


def test_the_bar_is_there_while_another_program_is_in_front(shared: Shared, qtbot: QtBot) -> None:
    ours = QWidget()
    qtbot.addWidget(ours)
    shared.sharing.show_meeting(SHARING)
    bar = shared.sharing.bar
    assert bar is not None
    shared.look(AREA)
    assert bar.isVisible()
    screen = QGuiApplication.primaryScreen().geometry()
    assert screen.contains(bar.geometry())
    with qtbot.waitActive(ours):
        ours.show()
        ours.activateWindow()
    shared.look(AREA)
    assert not bar.isVisible(), "the window itself says it"
    ours.close()
    qtbot.waitUntil(lambda: QGuiApplication.focusWindow() is None)
    shared.look(None)
    assert bar.isVisible()
    assert bar.card.said.text() == tr("screen.minimised")


def test_what_is_pressed_in_it_is_passed_on(shared: Shared, qtbot: QtBot) -> None:
    shared.sharing.show_meeting(SHARING)
    assert shared.sharing.bar is not None
    with qtbot.waitSignal(shared.sharing.intent) as said:
        shared.sharing.bar.card.stop.click()
    assert said.args == [SetSourceOn(Source.SCREEN, on=False)]


@pytest.mark.parametrize("platform", ["wayland", "wayland-egl", "offscreen"])
def test_where_no_window_may_be_placed_there_is_none(qtbot: QtBot, platform: str) -> None:
    shared = Shared(platform)
    shared.sharing.show_meeting(SHARING)
    shared.look(AREA)
    assert shared.sharing.frame is None
    assert shared.sharing.bar is None

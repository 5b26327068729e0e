from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from visio_desktop.meeting.frames import Picture, PictureTarget
from visio_desktop.ui.widgets.share_tile import LARGEST_PX, ShareTile
from visio_desktop.ui.widgets.video_surface import WakeUp
from visio_desktop.ui.widgets.video_tile import TileLook

WIDTH, HEIGHT = 400, 300
LOOK = TileLook(name="Amina's screen", has_picture=True, cover=False, may_pin=True)


@pytest.fixture
def tile(qtbot: QtBot) -> Iterator[ShareTile]:
    made = ShareTile(WakeUp())
    qtbot.addWidget(made)
    made.resize(WIDTH, HEIGHT)
    with qtbot.waitExposed(made):
        made.show()
    made.show_look(LOOK)
    made.set_large(large=True)
    yield made
    made.mailbox.close()


def quarters() -> Picture:
    """1600 by 1200 of a shared screen, in 400 by 300: red, green, blue, white."""
    top = bytes((0, 0, 255, 255)) * 200 + bytes((0, 255, 0, 255)) * 200
    foot = bytes((255, 0, 0, 255)) * 200 + bytes((255, 255, 255, 255)) * 200
    return Picture(top * 150 + foot * 150, WIDTH, HEIGHT, 1600, 1200)


def wheel(tile: ShareTile, turned: int, at: tuple[float, float], held: Qt.KeyboardModifier) -> None:
    place = QPointF(*at)
    event = QWheelEvent(
        place,
        tile.mapToGlobal(place),
        QPoint(),
        QPoint(0, turned),
        Qt.MouseButton.NoButton,
        held,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(tile, event)


def test_ctrl_and_the_wheel_zoom_and_the_wheel_alone_does_not(tile: ShareTile) -> None:
    wheel(tile, 120, (10, 10), Qt.KeyboardModifier.NoModifier)
    assert tile.zoom.is_whole
    wheel(tile, 120, (10, 10), Qt.KeyboardModifier.ControlModifier)
    assert tile.zoom.factor > 1.2
    assert tile.zoom.x < 0.5
    wheel(tile, -120, (10, 10), Qt.KeyboardModifier.ControlModifier)
    assert tile.zoom.is_whole


def test_keys_zoom_move_and_go_back(tile: ShareTile) -> None:
    tile.mailbox.put(quarters())
    QTest.keyClicks(tile, "++++")
    zoomed = tile.zoom.factor
    assert zoomed > 2
    QTest.keyClick(tile, Qt.Key.Key_Left)
    assert tile.zoom.x < 0.5
    QTest.keyClick(tile, Qt.Key.Key_Minus)
    assert tile.zoom.factor < zoomed
    QTest.keyClick(tile, Qt.Key.Key_0)
    assert tile.zoom.is_whole
    QTest.keyClick(tile, Qt.Key.Key_0)
    assert tile.zoom.factor == pytest.approx(4)


def test_what_is_zoomed_is_wanted_larger_up_to_a_limit(tile: ShareTile) -> None:
    assert tile.mailbox.target() == PictureTarget(WIDTH, HEIGHT, cover=False)
    tile.zoom_by(2)
    assert tile.mailbox.target() == PictureTarget(2 * WIDTH, 2 * HEIGHT, cover=False)
    tile.zoom_by(8)
    wanted = tile.mailbox.target()
    assert wanted is not None
    assert wanted.width_px <= LARGEST_PX[0]
    assert wanted.height_px <= LARGEST_PX[1]
    tile.set_large(large=False)
    assert tile.mailbox.target() == PictureTarget(WIDTH, HEIGHT, cover=False)


def test_dragging_shows_another_part(tile: ShareTile, qtbot: QtBot) -> None:
    tile.mailbox.put(quarters())
    qtbot.waitUntil(lambda: tile.mailbox.meter.frames_painted == 1)
    tile.zoom_by(2, QPointF(0, 0))
    assert tile.grab().toImage().pixelColor(WIDTH // 2, HEIGHT // 2).name() == "#ff0000"
    QTest.mousePress(tile, Qt.MouseButton.LeftButton, pos=QPoint(380, 280))
    QTest.mouseMove(tile, QPoint(10, 10))
    QTest.mouseRelease(tile, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    assert tile.grab().toImage().pixelColor(WIDTH // 2, HEIGHT // 2).name() == "#ffffff"


def test_a_double_click_goes_between_whole_and_actual_size_and_does_not_pin(tile: ShareTile, qtbot: QtBot) -> None:
    tile.mailbox.put(quarters())
    with qtbot.assertNotEmitted(tile.pin_asked):
        QTest.mouseDClick(tile, Qt.MouseButton.LeftButton)
    assert tile.zoom.factor == pytest.approx(4)
    QTest.mouseDClick(tile, Qt.MouseButton.LeftButton)
    assert tile.zoom.is_whole


def test_a_small_one_is_brought_to_the_front_by_one_click_and_does_not_zoom(tile: ShareTile, qtbot: QtBot) -> None:
    tile.set_large(large=False)
    with qtbot.waitSignal(tile.pin_asked):
        QTest.mouseClick(tile, Qt.MouseButton.LeftButton)
    QTest.keyClicks(tile, "+")
    wheel(tile, 120, (10, 10), Qt.KeyboardModifier.ControlModifier)
    assert tile.zoom.is_whole


def test_return_still_pins(tile: ShareTile, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tile.pin_asked):
        QTest.keyClick(tile, Qt.Key.Key_Return)


def test_zooming_is_also_in_the_menu_of_the_large_one(tile: ShareTile) -> None:
    menu = QMenu()
    tile._fill_menu(menu)
    found = {action.text(): action for action in menu.actions()}
    found["Zoom in"].trigger()
    zoomed = tile.zoom.factor
    assert zoomed > 1
    found["Zoom out"].trigger()
    assert tile.zoom.is_whole
    tile.mailbox.put(quarters())
    found["Actual size"].trigger()
    assert tile.zoom.factor == pytest.approx(4)
    menu.clear()
    tile._fill_menu(menu)
    assert "Whole screen" in [action.text() for action in menu.actions()]
    tile.set_large(large=False)
    menu.clear()
    tile._fill_menu(menu)
    assert [action.text() for action in menu.actions()] == ["Pin Amina's screen"]

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from visio_desktop.meeting.frames import Picture, PictureTarget
from visio_desktop.ui import theme
from visio_desktop.ui.widgets.video_surface import WakeUp
from visio_desktop.ui.widgets.video_tile import TileLook, VideoTile

WIDTH, HEIGHT = 320, 180
LEFT, RIGHT = QColor("#20a040"), QColor("#a02040")
LOOK = TileLook(name="Amina Diallo", has_picture=True)


def halves(width_px: int = WIDTH, height_px: int = HEIGHT) -> Picture:
    """Green at the left, red at the right."""
    sides = [bytes((c.blue(), c.green(), c.red(), 255)) * (width_px // 2) for c in (LEFT, RIGHT)]
    return Picture(memoryview(b"".join(sides) * height_px), width_px, height_px, width_px, height_px)


@pytest.fixture
def tile(qtbot: QtBot) -> Iterator[VideoTile]:
    made = VideoTile(WakeUp())
    qtbot.addWidget(made)
    made.resize(WIDTH, HEIGHT)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.mailbox.close()


def at(tile: VideoTile, x: float, y: float) -> str:
    return tile.grab().toImage().pixelColor(QPoint(int(x * WIDTH), int(y * HEIGHT))).name()


def test_a_picture_is_wanted_in_the_size_of_the_tile_and_painted_as_it_is(tile: VideoTile, qtbot: QtBot) -> None:
    tile.show_look(LOOK)
    assert tile.mailbox.target() == PictureTarget(WIDTH, HEIGHT, cover=True)
    tile.mailbox.put(halves())
    qtbot.waitUntil(lambda: tile.mailbox.meter.frames_painted == 1)
    assert (at(tile, 0.25, 0.4), at(tile, 0.75, 0.4)) == (LEFT.name(), RIGHT.name())


def test_the_own_picture_is_mirrored(tile: VideoTile, qtbot: QtBot) -> None:
    tile.show_look(TileLook(name="Me", has_picture=True, mirrored=True))
    tile.mailbox.put(halves())
    qtbot.waitUntil(lambda: tile.mailbox.meter.frames_painted == 1)
    assert (at(tile, 0.25, 0.4), at(tile, 0.75, 0.4)) == (RIGHT.name(), LEFT.name())


def test_a_picture_of_the_old_size_fills_the_tile_until_the_next_one(tile: VideoTile, qtbot: QtBot) -> None:
    tile.show_look(LOOK)
    tile.mailbox.put(halves(160, 90))
    qtbot.waitUntil(lambda: tile.mailbox.meter.frames_painted == 1)
    assert (at(tile, 0.1, 0.1), at(tile, 0.9, 0.4)) == (LEFT.name(), RIGHT.name())


def test_corners_are_round_in_the_colour_of_the_room(tile: VideoTile, qtbot: QtBot) -> None:
    tile.show_look(LOOK)
    tile.mailbox.put(halves())
    qtbot.waitUntil(lambda: tile.mailbox.meter.frames_painted == 1)
    image = tile.grab().toImage()
    corners = [image.pixelColor(x, y).name() for x in (0, WIDTH - 1) for y in (0, HEIGHT - 1)]
    assert corners == [theme.ROOM.lower()] * 4


def test_without_a_camera_nothing_is_wanted_and_the_last_picture_is_forgotten(tile: VideoTile, qtbot: QtBot) -> None:
    tile.show_look(LOOK)
    tile.mailbox.put(halves())
    qtbot.waitUntil(lambda: tile.mailbox.meter.frames_painted == 1)
    tile.show_look(TileLook(name="Amina Diallo", has_picture=False))
    assert tile.mailbox.target() is None
    assert at(tile, 0.1, 0.1) != LEFT.name()
    tile.show_look(LOOK)
    assert at(tile, 0.25, 0.4) != LEFT.name()


def test_a_hidden_tile_wants_no_pictures(tile: VideoTile) -> None:
    tile.show_look(LOOK)
    tile.hide()
    assert tile.mailbox.target() is None
    tile.show()
    assert tile.mailbox.target() is not None


def test_who_speaks_has_a_ring(tile: VideoTile) -> None:
    tile.show_look(TileLook(name="Amina Diallo", speaking=True))
    assert tile.grab().toImage().pixelColor(WIDTH // 2, 1).name() == theme.SPEAKING.lower()


def test_a_screen_reader_hears_everything_the_tile_shows(tile: VideoTile) -> None:
    tile.show_look(TileLook(name="Amina Diallo", muted=True, speaking=False, hand=2, pinned=True))
    said = tile.accessibleName()
    for part in ("Amina Diallo", "microphone off", "2", "pinned"):
        assert part in said


def test_a_name_is_no_markup_in_the_tooltip(tile: VideoTile) -> None:
    tile.show_look(TileLook(name="<img src='file:///x'>"))
    assert "<" not in tile.toolTip()


def test_enter_and_a_double_click_pin(tile: VideoTile, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tile.pin_asked):
        QTest.keyClick(tile, Qt.Key.Key_Return)
    with qtbot.waitSignal(tile.pin_asked):
        QTest.mouseDClick(tile, Qt.MouseButton.LeftButton)


def test_the_mouse_brings_a_button_to_pin(tile: VideoTile, qtbot: QtBot) -> None:
    tile.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, on=False)
    tile.show_look(TileLook(name="Amina Diallo", may_pin=True))
    assert tile._tools is None
    tile.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    QApplication.sendEvent(tile, QEnterEvent(QPointF(9, 9), QPointF(9, 9), QPointF(9, 9)))
    assert tile._tools is not None
    assert tile._tools.pin.isVisible()
    assert not tile._tools.window_button.isVisible()
    assert "Amina Diallo" in tile._tools.pin.accessibleName()
    with qtbot.waitSignal(tile.pin_asked):
        tile._tools.pin.click()
    tile.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, on=False)
    QApplication.sendEvent(tile, QEvent(QEvent.Type.Leave))
    assert not tile._tools.isVisible()


def test_the_keyboard_opens_a_menu_of_what_can_be_done(tile: VideoTile, qtbot: QtBot) -> None:
    tile.show_look(TileLook(name="Amina Diallo", may_pin=True, may_open=True))
    QTest.keyClick(tile, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    (menu,) = [menu for menu in tile.findChildren(QMenu) if menu.isVisible()]
    pin, window = menu.actions()
    with qtbot.waitSignal(tile.pin_asked):
        pin.trigger()
    with qtbot.waitSignal(tile.window_asked):
        window.trigger()
    menu.close()

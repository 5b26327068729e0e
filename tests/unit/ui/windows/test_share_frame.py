from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QRegion
from pytestqt.qtbot import QtBot

from visio_desktop.ui import theme
from visio_desktop.ui.windows.share_frame import THICK_PX, ShareFrame, ring_around

SCREEN = QRect(0, 0, 800, 600)


def test_it_stands_around_a_window_and_lets_the_mouse_through(qtbot: QtBot) -> None:
    frame = ShareFrame()
    qtbot.addWidget(frame)
    area = QRect(100, 120, 200, 150)
    frame.frame(area, SCREEN, paused=False)
    assert frame.isVisible()
    assert frame.geometry() == area.adjusted(-THICK_PX, -THICK_PX, THICK_PX, THICK_PX)
    assert not frame.mask().intersects(area.translated(-frame.pos()))
    assert frame.windowFlags() & Qt.WindowType.WindowTransparentForInput
    live = frame.grab().toImage().pixelColor(1, 1)
    frame.frame(area, SCREEN, paused=True)
    assert live == QColor(theme.LEAVE)
    assert frame.grab().toImage().pixelColor(1, 1) == QColor(theme.HAND)


def test_around_a_screen_it_stands_on_its_edge() -> None:
    outer, ring = ring_around(SCREEN, SCREEN)
    assert outer == SCREEN
    inner = SCREEN.adjusted(THICK_PX, THICK_PX, -THICK_PX, -THICK_PX)
    assert ring == QRegion(SCREEN).subtracted(QRegion(inner))


@given(st.integers(-300, 700), st.integers(-300, 500), st.integers(20, 1200), st.integers(20, 900))
def test_it_is_seen_on_every_side_that_is_on_the_screen(left: int, top: int, width: int, height: int) -> None:
    area = QRect(left, top, width, height)
    outer, ring = ring_around(area, SCREEN)
    if not area.intersects(SCREEN):
        return
    assert SCREEN.contains(outer)
    assert not ring.isEmpty()
    assert ring.boundingRect().translated(outer.topLeft()) == outer

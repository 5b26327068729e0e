from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from visio_desktop.ui.widgets.illustration import Illustration


def test_it_fills_its_place_at_any_size_and_takes_no_focus(qtbot: QtBot) -> None:
    picture = Illustration()
    qtbot.addWidget(picture)
    assert picture.focusPolicy() == Qt.FocusPolicy.NoFocus
    for width, height in ((240, 200), (800, 700)):
        picture.resize(width, height)
        image = picture.grab().toImage()
        assert len({image.pixelColor(x, height // 2).name() for x in range(0, width, 4)}) > 3

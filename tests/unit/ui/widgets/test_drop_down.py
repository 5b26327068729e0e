from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from pytestqt.qtbot import QtBot

from visio_desktop.ui.widgets.drop_down import DropDown


def test_scrolling_over_it_changes_nothing(qtbot: QtBot) -> None:
    drop_down = DropDown()
    qtbot.addWidget(drop_down)
    drop_down.addItems(["one", "two"])
    drop_down.wheelEvent(
        QWheelEvent(
            QPointF(5, 5),
            QPointF(5, 5),
            QPoint(0, -120),
            QPoint(0, -120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
    )
    assert drop_down.currentText() == "one"


def test_a_long_text_does_not_run_into_the_chevron(qtbot: QtBot) -> None:
    drop_down = DropDown()
    qtbot.addWidget(drop_down)
    drop_down.addItem("M" * 100)
    drop_down.resize(200, 40)
    drop_down.setStyleSheet("background: white; color: black; border: 0")
    image = drop_down.grab().toImage()
    gap = [image.pixelColor(x, y).lightness() for x in range(168, 171) for y in range(4, 36)]
    assert min(gap) > 200

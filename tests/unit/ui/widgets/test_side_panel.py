from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from visio_desktop.meeting.intents import ShowPanel
from visio_desktop.ui.widgets.side_panel import SidePanel, tamed


def test_the_cross_closes_the_panel(qtbot: QtBot) -> None:
    panel = SidePanel("room.chat_heading")
    qtbot.addWidget(panel)
    cross = panel.findChild(QToolButton)
    assert cross is not None
    assert cross.accessibleName()
    with qtbot.waitSignal(panel.intent) as said:
        QTest.mouseClick(cross, Qt.MouseButton.LeftButton)
    assert said.args == [ShowPanel(None)]


def test_a_text_cannot_turn_what_follows_it() -> None:
    assert tamed("Ada \u202eevil\u2066!") == "Ada evil!"

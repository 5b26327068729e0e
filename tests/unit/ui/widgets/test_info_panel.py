from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.helpers.fake_meeting import crowd
from visio_desktop.ui.widgets.info_panel import InfoPanel


def test_the_link_is_copied(qtbot: QtBot) -> None:
    panel = InfoPanel()
    qtbot.addWidget(panel)
    panel.show_meeting(crowd(1))
    button = panel.findChild(QPushButton)
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "https://meet.example.org/abc-defg-hij"
    assert button.text() == "Copied"

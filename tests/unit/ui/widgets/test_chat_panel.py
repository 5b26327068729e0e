from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QTextBrowser
from pytestqt.qtbot import QtBot

from tests.helpers.fake_meeting import crowd
from visio_desktop.meeting.intents import SendChat
from visio_desktop.meeting.values import ChatMessage
from visio_desktop.ui.widgets.chat_panel import ChatPanel


def test_a_line_is_sent_by_enter_and_the_field_is_emptied(qtbot: QtBot) -> None:
    panel = ChatPanel()
    qtbot.addWidget(panel)
    field = panel.findChild(QLineEdit)
    assert field is not None
    with qtbot.waitSignal(panel.intent) as said:
        QTest.keyClicks(field, "  Hello  ")
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert said.args == [SendChat("Hello")]
    assert field.text() == ""
    with qtbot.assertNotEmitted(panel.intent):
        QTest.keyClick(field, Qt.Key.Key_Return)


def test_the_newest_line_is_in_sight(qtbot: QtBot) -> None:
    panel = ChatPanel()
    qtbot.addWidget(panel)
    panel.resize(360, 400)
    with qtbot.waitExposed(panel):
        panel.show()
    lines = tuple(ChatMessage(str(i), "p1", "Amina", f"line {i}", 0.0) for i in range(200))
    panel.show_meeting(replace(crowd(2), chat=lines))
    browser = panel.findChild(QTextBrowser)
    assert browser is not None
    bar = browser.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0

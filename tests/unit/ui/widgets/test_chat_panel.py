from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QTextBrowser
from pytestqt.qtbot import QtBot

from tests.helpers.fake_meeting import chat_lines, crowd
from visio_desktop.meeting.intents import SendChat
from visio_desktop.meeting.values import ChatMessage
from visio_desktop.ui.widgets.chat_panel import ChatPanel, chat_html


def shown_text(lines: tuple[ChatMessage, ...]) -> str:
    document = QTextDocument()
    document.setHtml(chat_html(lines))
    return document.toPlainText()


def test_lines_are_grouped_by_sender_and_nothing_is_markup(qtbot: QtBot) -> None:
    text = shown_text(chat_lines())
    assert text.count("Amina Diallo") == 1
    assert "Thank you <b>Amina</b>" in text
    assert "Did this arrive? not sent" in text


def test_web_addresses_are_links() -> None:
    made = chat_html(chat_lines())
    assert 'href="https://docs.example.org/minutes?a=1&amp;b=2"' in made


@given(st.text(max_size=200), st.text(max_size=40))
def test_nothing_anybody_writes_becomes_a_tag_or_another_kind_of_link(text: str, name: str) -> None:
    made = chat_html((ChatMessage("1", "p1", name, f"<img src=x> javascript:x {text}", 0.0),))
    assert "<img" not in made
    assert 'href="javascript' not in made


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

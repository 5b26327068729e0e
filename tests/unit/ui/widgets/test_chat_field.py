from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from visio_desktop.ui.widgets.chat_field import MOST, ChatField


@pytest.fixture
def field(qtbot: QtBot) -> ChatField:
    made = ChatField()
    qtbot.addWidget(made)
    made.resize(260, 40)
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_return_sends_and_with_shift_it_breaks_the_line(field: ChatField, qtbot: QtBot) -> None:
    one = field.height()
    QTest.keyClicks(field, "first")
    QTest.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClicks(field, "second")
    assert field.height() > one
    with qtbot.waitSignal(field.sent) as said:
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert said.args == ["first\nsecond"]


def test_nothing_but_space_is_not_sent(field: ChatField, qtbot: QtBot) -> None:
    QTest.keyClicks(field, "   ")
    with qtbot.assertNotEmitted(field.sent):
        QTest.keyClick(field, Qt.Key.Key_Return)


def test_the_up_arrow_asks_to_edit_only_where_nothing_is_written(field: ChatField, qtbot: QtBot) -> None:
    with qtbot.waitSignal(field.edit_asked):
        QTest.keyClick(field, Qt.Key.Key_Up)
    QTest.keyClicks(field, "x")
    with qtbot.assertNotEmitted(field.edit_asked):
        QTest.keyClick(field, Qt.Key.Key_Up)


def test_it_takes_no_more_than_the_others_would(field: ChatField) -> None:
    QApplication.clipboard().setText("😀" * MOST)
    field.paste()
    assert field.length() == MOST
    QTest.keyClicks(field, "y")
    assert field.length() == MOST
    assert "y" not in field.toPlainText()


def test_it_grows_to_a_few_lines_only(field: ChatField) -> None:
    field.setPlainText("\n".join("line" for _ in range(5)))
    five = field.height()
    field.setPlainText("\n".join("line" for _ in range(50)))
    assert field.height() == five


def test_escape_is_its_own_only_while_it_holds_it(field: ChatField, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(field.cancelled):
        QTest.keyClick(field, Qt.Key.Key_Escape)
    field.holds_escape = True
    with qtbot.waitSignal(field.cancelled):
        QTest.keyClick(field, Qt.Key.Key_Escape)


def test_tab_goes_on(qtbot: QtBot) -> None:
    both, field, button = QWidget(), ChatField(), QPushButton()
    qtbot.addWidget(both)
    row = QHBoxLayout(both)
    row.addWidget(field)
    row.addWidget(button)
    with qtbot.waitExposed(both):
        both.show()
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Tab)
    assert field.toPlainText() == ""
    assert both.focusWidget() is button

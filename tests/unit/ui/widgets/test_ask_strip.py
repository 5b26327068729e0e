from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.helpers.windows import press, type_into
from visio_desktop.ui.widgets.ask_strip import AskStrip


@pytest.fixture
def place(qtbot: QtBot) -> Iterator[QWidget]:
    made = QWidget()
    qtbot.addWidget(made)
    column = QVBoxLayout(made)
    column.addWidget(QPushButton("before"))
    strip = AskStrip()
    column.addWidget(strip)
    made.resize(360, 300)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.close()


def parts(place: QWidget) -> tuple[QPushButton, AskStrip]:
    before, strip = place.findChild(QPushButton), place.findChild(AskStrip)
    assert isinstance(before, QPushButton)
    assert isinstance(strip, AskStrip)
    strip.return_to(before)
    return before, strip


def test_nothing_is_done_before_it_is_confirmed_and_then_once(place: QWidget) -> None:
    _, strip = parts(place)
    done: list[str] = []
    strip.ask("Really?", "Do it", lambda: done.append("done"), about="p1")
    assert strip.isVisible()
    assert strip.about == "p1"
    assert done == []
    strip.yes.click()
    strip.yes.click()
    assert done == ["done"]
    assert strip.isHidden()


@pytest.mark.parametrize("way", ["escape", "cancel"])
def test_it_is_taken_back_and_the_keyboard_returns(place: QWidget, way: str) -> None:
    before, strip = parts(place)
    done: list[str] = []
    strip.ask("Really?", "Do it", lambda: done.append("done"))
    assert place.focusWidget() is strip.no, "the harmless answer has the keyboard"
    if way == "escape":
        press(strip.no, Qt.Key.Key_Escape)
    else:
        strip.no.click()
    assert strip.isHidden()
    assert done == []
    assert place.focusWidget() is before


def test_the_keyboard_is_not_taken_from_where_it_went_meanwhile(place: QWidget) -> None:
    before, strip = parts(place)
    elsewhere = QPushButton("elsewhere", place)
    elsewhere.show()
    strip.ask("Really?", "Do it", lambda: None)
    elsewhere.setFocus()
    strip.close_strip()
    assert place.focusWidget() is elsewhere
    assert before.isVisible()


def test_a_line_is_written_and_an_empty_one_not_taken(place: QWidget) -> None:
    _, strip = parts(place)
    written: list[str] = []
    strip.write("Name", "Ada", "Save", written.append, 10)
    assert place.focusWidget() is strip.field
    assert strip.field.selectedText() == "Ada"
    strip.field.clear()
    press(strip.field, Qt.Key.Key_Return)
    assert written == []
    assert not strip.yes.isEnabled()
    type_into(strip.field, " Bo and a lot more")
    press(strip.field, Qt.Key.Key_Return)
    assert written == ["Bo and a"]
    assert strip.isHidden()
    strip.ask("Really?", "Do it", lambda: None)
    assert strip.yes.isEnabled()
    assert strip.field.isHidden()


def test_a_question_is_plain_text(place: QWidget) -> None:
    _, strip = parts(place)
    strip.ask("Remove <b>Ada</b>?", "Do it & more", lambda: None)
    assert strip.question.textFormat() is Qt.TextFormat.PlainText
    assert strip.yes.text() == "Do it && more"
    assert strip.yes.accessibleName() == "Do it & more"

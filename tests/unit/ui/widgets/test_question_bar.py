from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.helpers.windows import press
from visio_desktop.ui.widgets.question_bar import QuestionBar


def test_it_is_answered_by_its_buttons_and_escape(qtbot: QtBot) -> None:
    bar = QuestionBar("Open <b>this</b>?", "Open")
    qtbot.addWidget(bar)
    bar.show()
    bar.ask()
    answers: list[bool] = []
    bar.answered.connect(answers.append)
    bar.yes.click()
    bar.no.click()
    press(bar, Qt.Key.Key_Escape)
    press(bar, Qt.Key.Key_A)
    assert answers == [True, False, False]
    assert bar.question.textFormat() is Qt.TextFormat.PlainText, "a link is text, whatever is in it"
    assert bar.yes.text() == "Open"

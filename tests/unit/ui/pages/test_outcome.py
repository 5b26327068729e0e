from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.helpers.windows import press
from visio_desktop.meeting.intents import Rejoin
from visio_desktop.ui.pages.outcome import OutcomePage


def test_the_likely_way_on_has_the_keyboard(qtbot: QtBot) -> None:
    page = OutcomePage("Again", again_is_likely=True)
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    page.take_focus()
    assert page.focusWidget() is page.again
    page.suggest_again(False)
    page.take_focus()
    assert page.focusWidget() is page.home


def test_return_presses_the_button_with_the_keyboard(qtbot: QtBot) -> None:
    page = OutcomePage("Again", again_is_likely=False)
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    page.again.setFocus()
    with qtbot.waitSignal(page.intent) as said:
        press(page.again, Qt.Key.Key_Return)
    assert said.args == [Rejoin()]

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.helpers.windows import press
from visio_desktop.engine.account_setup import words
from visio_desktop.login.window import LoginWindow, host_of


def window(qtbot: QtBot, server: str = "https://visio.example.gouv.fr") -> LoginWindow:
    made = LoginWindow(QWidget(), server, words())
    qtbot.addWidget(made)
    return made


def test_whose_page_it_is_stands_above_it(qtbot: QtBot) -> None:
    shown = window(qtbot)
    assert "visio.example.gouv.fr" in shown.windowTitle()
    shown.show_address(QUrl("https://idp.example/login?secret=1"))
    assert shown.address.text() == "Encrypted connection to idp.example"
    assert shown.address.accessibleName() == shown.address.text()
    assert "idp" not in shown.windowTitle()
    shown.show_address(QUrl("http://127.0.0.1:8000/"))
    assert "without encryption" in shown.address.text()
    shown.show_address(QUrl())
    assert "127.0.0.1:8000" in shown.address.text()


def test_letters_that_look_like_others_are_not_shown_as_such() -> None:
    assert host_of(QUrl("https://visi\u043e.example/")) == "xn--visi-85d.example"


def test_escape_and_the_button_give_up_once(qtbot: QtBot) -> None:
    for way in ("escape", "button"):
        shown = window(qtbot)
        given_up: list[bool] = []
        shown.cancelled.connect(lambda given_up=given_up: given_up.append(True))
        with qtbot.waitExposed(shown):
            shown.show()
        if way == "escape":
            press(shown, Qt.Key.Key_Escape)
        else:
            shown.cancel.click()
        shown.close()
        assert given_up == [True]
        assert not shown.isVisible()


def test_nothing_a_page_is_called_is_taken_for_markup(qtbot: QtBot) -> None:
    assert window(qtbot).address.textFormat() is Qt.TextFormat.PlainText


def test_progress_shows_while_a_page_comes(qtbot: QtBot) -> None:
    shown = window(qtbot)
    shown.show_progress(40)
    assert (shown.progress.value(), shown.progress.isHidden()) == (40, False)
    shown.show_progress(100)
    assert shown.progress.isHidden()

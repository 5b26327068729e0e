from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.helpers.windows import press
from visio_desktop.engine.account_setup import begin_of, words
from visio_desktop.login.window import LoginWindow, host_of
from visio_desktop.settings.schema import UNKNOWN_MARKING
from visio_desktop.settings.store import Settings
from visio_desktop.system.colours import accent
from visio_desktop.ui.marking import Marking, MarkingStrip

SERVER = "https://visio.example.gouv.fr"


def window(qtbot: QtBot, server: str = SERVER) -> LoginWindow:
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


@pytest.mark.parametrize("classification", ["", "Restricted & <b>secret</b>", UNKNOWN_MARKING])
def test_it_bears_the_classification_of_all_windows(qtbot: QtBot, classification: str, tmp_path: Path) -> None:
    chosen = Settings(tmp_path / "settings.json")
    for key, value in (("classification", classification), ("classification_colour", "#C00000")):
        chosen.remember(key, value)
    begin = begin_of(chosen, SERVER, tmp_path, silent=False)
    shown = LoginWindow(QWidget(), SERVER, begin.words, begin.colours)
    qtbot.addWidget(shown)
    marking = Marking(classification, "#C00000")
    if not classification:
        assert shown.marking is None
        return
    own = MarkingStrip(marking)
    qtbot.addWidget(own)
    assert shown.marking is not None
    assert (shown.marking.text(), shown.marking.accessibleName()) == (own.text(), own.accessibleName())
    shown.show()
    assert shown.marking.y() == 0
    assert shown.marking.width() == shown.width()
    seen = shown.grab().toImage()
    assert seen.pixelColor(2, 2).name().upper() == marking.ground


def test_its_colours_are_the_organisations_and_nothing_else_gets_in(qtbot: QtBot, tmp_path: Path) -> None:
    chosen = Settings(tmp_path / "settings.json")
    chosen.remember("brand_colour", "#FFCC00")
    begin = begin_of(chosen, SERVER, tmp_path, silent=False)
    shown = LoginWindow(QWidget(), SERVER, begin.words, {**begin.colours, "soft": "red; } * { color: red"})
    qtbot.addWidget(shown)
    assert f"color: {accent('#FFCC00').action}" in shown.styleSheet()
    assert "red" not in shown.styleSheet()

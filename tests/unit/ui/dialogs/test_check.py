from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import RECENTS, ready
from tests.helpers.fitting import cut_texts, nameless, overlaps
from tests.helpers.windows import click, press
from visio_desktop.meeting.hops import Check, Hop, HopState
from visio_desktop.meeting.state import Page
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.system.texts import set_language
from visio_desktop.ui.dialogs.check import CheckDialog

PREJOIN = ready(page=Page.PREJOIN, link=RECENTS[0])
TCP = Hop("tcp", HopState.PASSED, "port 443", 3.0)
TLS = Hop("tls", HopState.FAILED, problem=Problem(ProblemCode.TLS_UNTRUSTED, "meet.example"))
AFTER = Hop("signalling", HopState.SKIPPED)


def shown(qtbot: QtBot, check: Check) -> CheckDialog:
    dialog = CheckDialog()
    qtbot.addWidget(dialog)
    dialog.show_meeting(replace(PREJOIN, check=check))
    with qtbot.waitExposed(dialog):
        dialog.show()
    return dialog


def texts(dialog: CheckDialog) -> list[str]:
    return [dialog.hops.item(row).text() for row in range(dialog.hops.count())]


def test_it_follows_the_test_and_the_keyboard_stays_where_it_is(qtbot: QtBot) -> None:
    dialog = shown(qtbot, Check(1, hops=(TCP,)))
    assert "Testing" in dialog.verdict.text()
    dialog.show_meeting(replace(PREJOIN, check=Check(1, hops=(TCP, TLS))))
    dialog.hops.setFocus()
    press(dialog.hops, Qt.Key.Key_Down)
    assert dialog.hops.currentRow() == 1
    dialog.show_meeting(replace(PREJOIN, check=Check(1, hops=(TCP, TLS, AFTER), over=True)))
    assert dialog.hops.currentRow() == 1
    first, second, third = texts(dialog)
    assert first == "The server is reached: works (port 443, 3 ms)"
    assert second.splitlines()[0] == "Encryption and certificate: does not work"
    assert len(second.splitlines()) == 3, "what is wrong, and what to do"
    assert third.endswith("not tried")
    assert dialog.verdict.text().startswith("The connection does not work")
    press(dialog.hops, Qt.Key.Key_Tab)
    assert dialog.copy.hasFocus()


def test_another_test_begins_anew(qtbot: QtBot) -> None:
    dialog = shown(qtbot, Check(1, hops=(TCP, TLS), over=True))
    dialog.show_meeting(replace(PREJOIN, check=Check(2, hops=(TCP,))))
    assert len(texts(dialog)) == 1


def test_it_closes_with_the_test(qtbot: QtBot) -> None:
    dialog = shown(qtbot, Check(1))
    dialog.show_meeting(PREJOIN)
    assert not dialog.isVisible()


def test_all_can_be_copied_for_the_support(qtbot: QtBot) -> None:
    dialog = shown(qtbot, Check(1, hops=(TCP, TLS), over=True))
    click(dialog.copy)
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith(dialog.verdict.text())
    assert "meet.example" in copied
    assert "port 443" in copied


def test_what_a_server_says_turns_nothing_around(qtbot: QtBot) -> None:
    dialog = shown(qtbot, Check(1, hops=(Hop("config", HopState.PASSED, "at \u202eevil"),)))
    assert "\u202e" not in texts(dialog)[0]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_nothing_is_cut(qtbot: QtBot, language: str) -> None:
    set_language(language)
    try:
        dialog = shown(qtbot, Check(1, hops=(TCP, TLS, AFTER), over=True))
        qtbot.waitUntil(lambda: not [*cut_texts(dialog), *overlaps(dialog), *nameless(dialog)])
    finally:
        set_language("en")

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from visio_desktop.meeting.intents import AskServer
from visio_desktop.meeting.requests import React
from visio_desktop.meeting.rooms import Emoji
from visio_desktop.ui.widgets.reaction_bar import ReactionBar

EVERY = tuple(Emoji)


@pytest.fixture
def bar(qtbot: QtBot) -> Iterator[ReactionBar]:
    parent = QWidget()
    qtbot.addWidget(parent)
    made = ReactionBar(parent)
    with qtbot.waitExposed(parent):
        parent.show()
    parent.activateWindow()
    made.set_open(is_open=True)
    yield made
    parent.close()


def focused(bar: ReactionBar) -> QWidget:
    found = bar.window().focusWidget()
    assert found is not None
    return found


def test_it_opens_with_the_keyboard_in_it_and_each_button_is_named(bar: ReactionBar) -> None:
    assert bar.isVisible()
    assert focused(bar) is bar.buttons[0]
    assert len({button.accessibleName() for button in bar.buttons}) == len(EVERY) == 8
    assert not any(button.icon().isNull() for button in bar.buttons)


@pytest.mark.parametrize("place", range(8))
def test_a_click_or_its_number_gives_a_reaction_and_the_strip_stays(bar: ReactionBar, qtbot: QtBot, place: int) -> None:
    with qtbot.waitSignal(bar.intent) as said:
        bar.buttons[place].click()
    assert said.args == [AskServer(React(EVERY[place]))]
    with qtbot.waitSignal(bar.intent) as said:
        QTest.keyClicks(focused(bar), str(place + 1))
    assert said.args == [AskServer(React(EVERY[place]))]
    assert bar.isVisible()


def test_the_arrows_go_around(bar: ReactionBar) -> None:
    QTest.keyClick(focused(bar), Qt.Key.Key_Right)
    assert focused(bar) is bar.buttons[1]
    QTest.keyClick(focused(bar), Qt.Key.Key_Left)
    QTest.keyClick(focused(bar), Qt.Key.Key_Left)
    assert focused(bar) is bar.buttons[7]


def test_return_and_space_give_the_one_the_keyboard_is_on(bar: ReactionBar, qtbot: QtBot) -> None:
    QTest.keyClick(focused(bar), Qt.Key.Key_Right)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
        with qtbot.waitSignal(bar.intent) as said:
            QTest.keyClick(focused(bar), key)
        assert said.args == [AskServer(React(EVERY[1]))]


def test_escape_closes_it(bar: ReactionBar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bar.closed):
        QTest.keyClick(focused(bar), Qt.Key.Key_Escape)
    assert not bar.isVisible()


def test_what_has_no_reaction_gives_none(bar: ReactionBar, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(bar.intent):
        QTest.keyClicks(focused(bar), "90x²")


def test_a_number_held_down_gives_one_reaction(bar: ReactionBar, qtbot: QtBot) -> None:
    held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_1, Qt.KeyboardModifier.NoModifier, "1", autorep=True)
    with qtbot.assertNotEmitted(bar.intent):
        QApplication.sendEvent(focused(bar), held)

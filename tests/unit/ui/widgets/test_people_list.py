from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.helpers.fake_meeting import crowd, meeting_of, person
from tests.helpers.windows import press
from visio_desktop.ui.widgets.people_list import PeopleList
from visio_desktop.ui.widgets.people_rows import rows_of


@pytest.fixture
def people(qtbot: QtBot) -> Iterator[PeopleList]:
    made = PeopleList()
    qtbot.addWidget(made)
    made.resize(330, 400)
    made.show_rows(rows_of(crowd(5)))
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.close()


def test_the_chosen_person_stays_chosen_when_the_order_changes(people: PeopleList) -> None:
    people.setCurrentRow(2)
    assert people.chosen() == "p2"
    people.show_rows(rows_of(meeting_of(person(0), person(1), person(2), person(4, hand_at_ms=1.0))))
    assert people.chosen() == "p2"
    assert people.currentRow() == 3
    assert people.count() == 4


def test_rows_that_are_the_same_are_left_alone(people: PeopleList, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(people.model().dataChanged):
        people.show_rows(rows_of(crowd(5)))


def test_a_name_is_no_markup(people: PeopleList) -> None:
    people.show_rows(rows_of(meeting_of(person(0), replace(person(1), name="<img src='file:///x'>"))))
    assert not any("<" in people.item(index).toolTip() for index in range(people.count()))


def test_a_row_is_spoken(people: PeopleList) -> None:
    assert people.item(1).data(Qt.ItemDataRole.AccessibleTextRole) == "Amina Diallo"


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_keys_open_the_menu_of_the_chosen_row(people: PeopleList, qtbot: QtBot, key: Qt.Key) -> None:
    people.setCurrentRow(1)
    with qtbot.waitSignal(people.menu_asked) as said:
        press(people, key)
    assert said.args is not None
    assert said.args[0] == "p1"


def test_the_menu_key_and_a_right_click_open_it(people: PeopleList, qtbot: QtBot) -> None:
    people.setCurrentRow(3)
    elsewhere = QPoint(5, 5)
    for reason, expected in ((QContextMenuEvent.Reason.Keyboard, "p3"), (QContextMenuEvent.Reason.Mouse, "p0")):
        with qtbot.waitSignal(people.menu_asked) as said:
            QApplication.sendEvent(people.viewport(), QContextMenuEvent(reason, elsewhere, elsewhere))
        assert said.args is not None
        assert said.args[0] == expected


def test_a_press_on_the_dots_opens_it_and_one_on_the_name_does_not(people: PeopleList, qtbot: QtBot) -> None:
    row = people.visualItemRect(people.item(2)).center()
    dots = QPoint(people.viewport().width() - 10, row.y())
    with qtbot.waitSignal(people.menu_asked) as said:
        QTest.mouseClick(people.viewport(), Qt.MouseButton.LeftButton, pos=dots)
    assert said.args is not None
    assert said.args[0] == "p2"
    with qtbot.assertNotEmitted(people.menu_asked):
        QTest.mouseClick(people.viewport(), Qt.MouseButton.LeftButton, pos=row)


def test_f2_is_the_names_on_ones_own_row_only(people: PeopleList, qtbot: QtBot) -> None:
    people.own_id = "p0"

    def keeps_f2() -> bool:
        event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_F2, Qt.KeyboardModifier.NoModifier)
        event.ignore()
        QApplication.sendEvent(people, event)
        return event.isAccepted()

    people.setCurrentRow(0)
    assert keeps_f2()
    with qtbot.waitSignal(people.rename_asked):
        press(people, Qt.Key.Key_F2)
    people.setCurrentRow(1)
    assert not keeps_f2()
    with qtbot.assertNotEmitted(people.rename_asked):
        press(people, Qt.Key.Key_F2)

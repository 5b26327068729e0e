from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from tests.helpers.fake_meeting import crowd
from tests.helpers.fitting import cut_texts, nameless, overlaps
from tests.helpers.people_views import led, waiting
from tests.helpers.windows import press, type_into
from visio_desktop.meeting.intents import AskServer, SetVolume
from visio_desktop.meeting.requests import MuteEveryone, MuteOther, RemovePerson, Rename
from visio_desktop.meeting.values import Capability
from visio_desktop.ui.widgets.people_panel import SEARCHED_FROM, PeoplePanel
from visio_desktop.ui.widgets.volume_card import VolumeCard


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[PeoplePanel]:
    made = PeoplePanel()
    qtbot.addWidget(made)
    made.resize(360, 640)
    made.show_meeting(led())
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.close()


def choose(panel: PeoplePanel, text: str) -> None:
    """An entry of the menu that is open."""
    menu = panel.findChildren(QMenu)[-1]
    entry: QAction = next(action for action in menu.actions() if action.text() == text)
    entry.trigger()
    menu.close()


def test_somebody_is_muted_from_the_menu_of_their_row(panel: PeoplePanel, qtbot: QtBot) -> None:
    panel._list.setCurrentRow(0)
    press(panel._list, Qt.Key.Key_Return)
    with qtbot.waitSignal(panel.intent) as said:
        choose(panel, "Mute")
    assert said.args == [AskServer(MuteOther("p4"))]


def test_somebody_is_removed_after_a_question_within_the_panel(panel: PeoplePanel, qtbot: QtBot) -> None:
    panel._list.setCurrentRow(1)
    press(panel._list, Qt.Key.Key_Return)
    with qtbot.assertNotEmitted(panel.intent):
        choose(panel, "Remove from the meeting")
    assert panel._ask.question.text() == "Remove Bruno Lefèvre from the meeting?"
    with qtbot.waitSignal(panel.intent) as said:
        panel._ask.yes.click()
    assert said.args == [AskServer(RemovePerson("p2"))]
    assert panel._ask.isHidden()


def test_a_question_about_somebody_who_left_is_taken_back(panel: PeoplePanel) -> None:
    panel._list.setCurrentRow(1)
    press(panel._list, Qt.Key.Key_Return)
    choose(panel, "Remove from the meeting")
    panel.show_meeting(led(2))
    assert panel._ask.isHidden()


def test_everybody_is_muted_once_it_is_confirmed(panel: PeoplePanel, qtbot: QtBot) -> None:
    panel._everybody.click()
    choose(panel, "Mute everybody")
    with qtbot.waitSignal(panel.intent) as said:
        panel._ask.yes.click()
    assert said.args == [AskServer(MuteEveryone())]


def test_the_own_name_is_changed_in_place(panel: PeoplePanel, qtbot: QtBot) -> None:
    panel._list.setCurrentRow(2)
    press(panel._list, Qt.Key.Key_F2)
    assert panel._ask.field.text() == "Odile Owner"
    type_into(panel._ask.field, "Odile  O.")
    with qtbot.waitSignal(panel.intent) as said:
        press(panel._ask.field, Qt.Key.Key_Return)
    assert said.args == [AskServer(Rename("Odile O."))]


def test_a_server_that_cannot_rename_is_not_asked_to(panel: PeoplePanel, qtbot: QtBot) -> None:
    panel.show_meeting(replace(led(), capabilities=Capability.CHAT))
    panel._list.setCurrentRow(2)
    with qtbot.assertNotEmitted(panel._list.rename_asked):
        press(panel._list, Qt.Key.Key_F2)
    assert panel._everybody.isHidden()


def test_among_many_one_searches(panel: PeoplePanel, qtbot: QtBot) -> None:
    assert panel._search.isHidden()
    panel.show_meeting(crowd(SEARCHED_FROM))
    assert panel._search.isVisible()
    type_into(panel._search, "giulia")
    assert [panel._list.item(i).toolTip() for i in range(panel._list.count())] == ["Giulia Rossi"]
    assert panel._count.text() == "Found: 1"
    panel._search.setFocus()
    with qtbot.assertNotEmitted(panel.intent):
        press(panel._search, Qt.Key.Key_Escape)
    assert panel._list.count() == SEARCHED_FROM


def test_the_keyboard_starts_at_who_waits_else_at_the_list(panel: PeoplePanel) -> None:
    panel.take_focus()
    assert panel.focusWidget() is panel._list
    assert panel._list.currentRow() == 0
    panel.show_meeting(waiting(led(), 2))
    panel.take_focus()
    assert panel.focusWidget() is panel._lobby.rows()[0].admit


def test_the_keyboard_goes_on_to_the_list_when_nobody_waits_any_more(panel: PeoplePanel) -> None:
    panel.show_meeting(waiting(led(), 2))
    panel.take_focus()
    panel.show_meeting(waiting(led(), 0))
    assert panel.focusWidget() is panel._list


def test_the_keyboard_stays_elsewhere_when_somebody_stops_waiting(panel: PeoplePanel) -> None:
    panel.show_meeting(waiting(led(), 2))
    panel.take_focus()
    panel._everybody.setFocus()
    panel.show_meeting(waiting(led(), 0))
    assert panel.focusWidget() is panel._everybody


@pytest.mark.parametrize("height_px", [376, 640])
def test_with_everything_in_it_nothing_is_cut(panel: PeoplePanel, qtbot: QtBot, height_px: int) -> None:
    panel.show_meeting(waiting(led(24), 4))
    panel.resize(360, height_px)
    qtbot.wait(10)
    assert not [*cut_texts(panel), *overlaps(panel), *nameless(panel)]
    assert panel._list.height() >= 60


def test_a_hundred_people_who_speak_by_turns_cost_next_to_nothing(panel: PeoplePanel, qtbot: QtBot) -> None:
    meeting = crowd(120)
    panel.show_meeting(meeting)
    speaking = tuple(replace(p, speaking=not p.speaking) for p in meeting.participants)
    with qtbot.assertNotEmitted(panel._list.model().dataChanged):
        panel.show_meeting(replace(meeting, participants=speaking))


def test_a_question_stands_at_the_foot_and_moves_nothing(panel: PeoplePanel, qtbot: QtBot) -> None:
    panel.show_meeting(waiting(led(24), 4))
    panel.resize(360, 376)
    before = panel._list.geometry()
    panel._everybody.click()
    choose(panel, "Mute everybody")
    qtbot.wait(10)
    assert panel._list.geometry() == before
    assert panel.rect().contains(panel._ask.geometry())
    assert panel._ask.geometry().top() > panel._everybody.geometry().bottom()
    assert not cut_texts(panel._ask)


def test_somebody_is_turned_down_from_the_menu_of_their_row(panel: PeoplePanel, qtbot: QtBot) -> None:
    panel._list.setCurrentRow(0)
    press(panel._list, Qt.Key.Key_Return)
    choose(panel, "Volume")
    card = panel.window().findChild(VolumeCard)
    assert isinstance(card, VolumeCard)
    with qtbot.waitSignal(panel.intent) as said:
        press(card.slider, Qt.Key.Key_Left)
    assert said.args == [SetVolume("p4", 95)]

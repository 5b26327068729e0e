from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.helpers.people_views import KNOCKS, led, waiting
from tests.helpers.windows import press
from visio_desktop.meeting.intents import AskServer, Panel, ShowPanel
from visio_desktop.meeting.requests import Admit, AdmitEveryone
from visio_desktop.meeting.state import Meeting
from visio_desktop.ui.widgets import lobby_card
from visio_desktop.ui.widgets.lobby_card import LobbyCard, named
from visio_desktop.ui.widgets.steady import UNSETTLED_MS

NOW = [0.0]


@pytest.fixture
def card(qtbot: QtBot) -> Iterator[LobbyCard]:
    NOW[0] = 0.0
    parent = QWidget()
    qtbot.addWidget(parent)
    yield LobbyCard(parent, now=lambda: NOW[0])
    parent.close()


def only(*knocks: int) -> Meeting:
    meeting = led()
    return replace(meeting, room=replace(meeting.room, waiting=tuple(KNOCKS[n] for n in knocks)))


def test_one_who_waits_is_admitted_or_refused(card: LobbyCard, qtbot: QtBot) -> None:
    card.show_meeting(led())
    assert card.isHidden()
    card.show_meeting(only(1))
    assert not card.isHidden()
    assert card.text.text() == "Farid Ben Amor wants to join"
    with qtbot.waitSignal(card.intent) as said:
        card.admit.click()
    assert said.args == [AskServer(Admit("k6", allowed=True))]
    with qtbot.waitSignal(card.intent) as said:
        card.refuse.click()
    assert said.args == [AskServer(Admit("k6", allowed=False))]


def test_several_are_admitted_together_or_looked_at(card: LobbyCard, qtbot: QtBot) -> None:
    card.show_meeting(only(0, 1, 2))
    assert card.text.text() == "3 people want to join"
    with qtbot.waitSignal(card.intent) as said:
        card.admit.click()
    assert said.args == [AskServer(AdmitEveryone())]
    with qtbot.waitSignal(card.intent) as said:
        card.refuse.click()
    assert said.args == [ShowPanel(Panel.PEOPLE)]


def test_what_was_meant_for_one_does_not_admit_all(card: LobbyCard, qtbot: QtBot) -> None:
    card.show_meeting(only(0))
    card.show_meeting(only(0, 1))
    with qtbot.assertNotEmitted(card.intent):
        card.admit.click()
    NOW[0] += UNSETTLED_MS
    with qtbot.waitSignal(card.intent):
        card.admit.click()
    card.show_meeting(only(1))
    with qtbot.assertNotEmitted(card.intent):
        card.refuse.click()


def test_the_panel_that_shows_them_takes_its_place(card: LobbyCard) -> None:
    card.show_meeting(replace(only(0), panel=Panel.PEOPLE))
    assert card.isHidden()
    card.show_meeting(replace(only(0), panel=Panel.CHAT))
    assert not card.isHidden()


def test_each_newcomer_is_announced_once(card: LobbyCard, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(lobby_card, "announce", lambda _widget, text: said.append(text))
    for meeting in (only(0), only(0), replace(only(0, 1), panel=Panel.PEOPLE), only(1), waiting(led(), 0)):
        card.show_meeting(meeting)
    assert said == ["Élodie de La Rochefoucauld-Montbazon wants to join", "2 people want to join"]


def test_three_are_named_and_the_others_counted() -> None:
    assert named(["Ada", "Bo"]) == "Ada, Bo"
    assert named(["Ada", "Bo", "Cy", "Di", "Ed"]) == "Ada, Bo, Cy and 2 more"


def test_put_away_it_comes_again_with_the_next_who_knocks(card: LobbyCard) -> None:
    card.show_meeting(only(0))
    press(card.admit, Qt.Key.Key_Escape)
    assert card.isHidden()
    card.show_meeting(replace(only(0), unread=1))
    assert card.isHidden()
    card.show_meeting(only(0, 1))
    assert not card.isHidden()
    card.later.click()
    card.show_meeting(only(1))
    assert card.isHidden()

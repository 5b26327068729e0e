from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from tests.helpers.people_views import KNOCKS, led, waiting
from visio_desktop.meeting.intents import AskServer
from visio_desktop.meeting.requests import Admit, AdmitEveryone
from visio_desktop.meeting.rooms import Knock, Room
from visio_desktop.meeting.values import Capability
from visio_desktop.ui.widgets.lobby_list import MOST_ROWS, LobbyList, waiting_for_me
from visio_desktop.ui.widgets.steady import UNSETTLED_MS

NOW = [0.0]


@pytest.fixture
def lobby(qtbot: QtBot) -> Iterator[LobbyList]:
    NOW[0] = 0.0
    made = LobbyList(now=lambda: NOW[0])
    qtbot.addWidget(made)
    made.resize(330, 300)
    yield made
    made.close()


def test_it_is_not_there_while_nobody_waits_or_one_may_not_admit(lobby: LobbyList) -> None:
    lobby.show_meeting(led())
    assert lobby.isHidden()
    lobby.show_meeting(replace(waiting(led(), 2), capabilities=Capability.CHAT))
    assert lobby.isHidden()
    assert waiting_for_me(replace(waiting(led(), 2), capabilities=Capability.CHAT)) == ()
    lobby.show_meeting(waiting(led(), 2))
    assert not lobby.isHidden()
    assert lobby.heading.text() == "Waiting to join: 2"


def test_each_is_admitted_or_refused_by_name(lobby: LobbyList, qtbot: QtBot) -> None:
    lobby.show_meeting(waiting(led(), 2))
    first, second = lobby.rows()
    assert second.admit.accessibleName() == "Admit Farid Ben Amor"
    assert second.refuse.accessibleName() == "Refuse Farid Ben Amor"
    with qtbot.waitSignal(lobby.intent) as said:
        first.admit.click()
    assert said.args == [AskServer(Admit("k5", allowed=True))]
    with qtbot.waitSignal(lobby.intent) as said:
        second.refuse.click()
    assert said.args == [AskServer(Admit("k6", allowed=False))]


def test_all_are_admitted_at_once_where_there_are_several(lobby: LobbyList, qtbot: QtBot) -> None:
    lobby.show_meeting(waiting(led(), 1))
    assert lobby.all.isHidden()
    lobby.show_meeting(waiting(led(), 3))
    with qtbot.waitSignal(lobby.intent) as said:
        lobby.all.click()
    assert said.args == [AskServer(AdmitEveryone())]


def test_who_stays_keeps_the_row_and_who_goes_loses_it(lobby: LobbyList) -> None:
    lobby.show_meeting(waiting(led(), 3))
    second = lobby.rows()[1]
    meeting = waiting(led(), 0)
    lobby.show_meeting(replace(meeting, room=replace(meeting.room, waiting=KNOCKS[1:])))
    assert lobby.rows()[0] is second
    assert len(lobby.rows()) == 3


def test_a_press_does_not_hit_who_has_just_moved_up(lobby: LobbyList, qtbot: QtBot) -> None:
    lobby.show_meeting(waiting(led(), 2))
    meeting = waiting(led(), 0)
    lobby.show_meeting(replace(meeting, room=replace(meeting.room, waiting=KNOCKS[1:2])))
    with qtbot.assertNotEmitted(lobby.intent):
        lobby.rows()[0].admit.click()
    NOW[0] += UNSETTLED_MS
    with qtbot.waitSignal(lobby.intent):
        lobby.rows()[0].admit.click()


def test_a_crowd_at_the_door_is_counted_not_listed(lobby: LobbyList) -> None:
    crowd = tuple(Knock(str(n), f"Guest {n}") for n in range(MOST_ROWS + 30))
    lobby.show_meeting(replace(led(), room=Room(waiting=crowd)))
    assert len(lobby.rows()) == MOST_ROWS
    assert lobby._more.text() == "and 30 more"


def test_a_name_is_tamed(lobby: LobbyList) -> None:
    lobby.show_meeting(replace(led(), room=Room(waiting=(Knock("k", "<b>Ada</b>\u202e\nBo"),))))
    assert lobby.rows()[0].admit.accessibleName() == "Admit <b>Ada</b> Bo"


def test_where_there_is_little_room_fewer_are_seen_but_one(lobby: LobbyList) -> None:
    lobby.show_meeting(waiting(led(), 4))
    row_px = lobby.rows()[0].height()
    assert lobby._scroll.minimumHeight() == row_px
    assert lobby._scroll.maximumHeight() == 3 * row_px

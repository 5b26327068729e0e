from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tests.helpers.account_views import ROOMS, URL
from visio_desktop.meeting.accounts import OwnRoom
from visio_desktop.meeting.errands import DeleteRoom, SetRoomAccess, SetRoomRules
from visio_desktop.meeting.intents import OpenLink
from visio_desktop.meeting.rooms import Access, Rules
from visio_desktop.ui.widgets.own_rooms import RoomRow, access_choice


def row(qtbot: QtBot, room: OwnRoom) -> tuple[RoomRow, list[object]]:
    made = RoomRow(URL, room)
    qtbot.addWidget(made)
    made.show()
    asked: list[object] = []
    made.intent.connect(asked.append)
    return made, asked


def test_a_room_is_opened_copied_and_its_door_changed(qtbot: QtBot) -> None:
    made, asked = row(qtbot, ROOMS[0])
    made.open.click()
    made.copy.click()
    assert QGuiApplication.clipboard().text() == ROOMS[0].link
    made.access.setCurrentIndex(made.access.findData("restricted"))
    made.access.activated.emit(made.access.currentIndex())
    assert asked == [OpenLink(ROOMS[0].link), SetRoomAccess(URL, "r1", Access.RESTRICTED)]


def test_nothing_is_deleted_before_a_question_is_answered(qtbot: QtBot) -> None:
    made, asked = row(qtbot, ROOMS[0])
    made.delete.click()
    assert asked == []
    assert ROOMS[0].name in made.question.text.text()
    assert made.question.isVisible()
    made.question.no.click()
    assert not made.question.isVisible()
    made.delete.click()
    made.question.yes.click()
    assert asked == [DeleteRoom(URL, "r1")]


def test_only_who_leads_a_room_changes_it_and_only_its_owner_deletes_it(qtbot: QtBot) -> None:
    may = [(made.access.isEnabled(), made.delete.isEnabled()) for made, _ in (row(qtbot, room) for room in ROOMS)]
    assert may == [(True, True), (True, False), (False, False)]


def test_an_unknown_access_is_none_of_those_there_are(qtbot: QtBot) -> None:
    made = access_choice(None, "who")
    qtbot.addWidget(made)
    assert (made.currentIndex(), made.count(), made.accessibleName()) == (-1, 3, "who")


def test_what_others_may_do_in_a_room_is_unfolded_and_changed(qtbot: QtBot) -> None:
    made, asked = row(qtbot, ROOMS[0])
    assert not made.rules.isVisible()
    made.more.click()
    assert made.rules.isVisible()
    made.rules.mutes.click()
    assert asked == [SetRoomRules(URL, "r1", Rules(everyone_mutes=False))]
    member, _ = row(qtbot, ROOMS[2])
    assert not member.more.isEnabled()

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from tests.helpers.account_views import FEATURES, IN, OUT, RECORDINGS, ROOMS, URL, home_with
from visio_desktop.meeting.accounts import Download
from visio_desktop.meeting.errands import DeleteRoom, FetchRecording, Refresh, SetDefaultAccess, SetDefaultRules
from visio_desktop.meeting.intents import OpenLink
from visio_desktop.meeting.rooms import Access, Rules
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.ui.dialogs.rooms import RoomsDialog


def dialog(qtbot: QtBot) -> tuple[RoomsDialog, list[object]]:
    made = RoomsDialog(IN)
    qtbot.addWidget(made)
    asked: list[object] = []
    made.intent.connect(asked.append)
    made.show()
    made.show_meeting(home_with(IN))
    return made, asked


def test_rooms_and_recordings_are_listed_and_kept_while_they_stay_the_same(qtbot: QtBot) -> None:
    made, asked = dialog(qtbot)
    assert [row.name.accessibleName() for row in made.room_rows] == [room.name for room in ROOMS]
    assert len(made.recording_rows) == len(RECORDINGS)
    before = made.room_rows[0]
    made.show_meeting(home_with(replace(IN, download=Download("v1", 1, 2))))
    assert made.room_rows[0] is before
    assert "50 %" in made.recording_rows[0].state.text()
    made.refresh.click()
    made.room_rows[0].delete.click()
    made.room_rows[0].question.yes.click()
    assert asked == [Refresh(URL), DeleteRoom(URL, "r1")]
    made.show_meeting(home_with(replace(IN, rooms=ROOMS[1:])))
    assert len(made.room_rows) == 2


def test_what_is_not_known_yet_and_what_is_not_there_are_told_apart(qtbot: QtBot) -> None:
    made, _ = dialog(qtbot)
    made.show_meeting(home_with(replace(IN, rooms=None, recordings=None, busy=True)))
    assert "Asking" in made.rooms_state.text()
    assert not made.refresh.isEnabled()
    made.show_meeting(home_with(replace(IN, rooms=(), recordings=())))
    assert "no rooms" in made.rooms_state.text()
    assert "no recordings" in made.recordings_state.text()


def test_a_server_that_records_nothing_lists_no_recordings(qtbot: QtBot) -> None:
    made, _ = dialog(qtbot)
    made.show_meeting(home_with(replace(IN, features=replace(FEATURES, records=False), recordings=None)))
    assert made.recordings_state.isHidden()
    assert made._recordings_heading.isHidden()


def test_who_may_enter_new_rooms_is_the_accounts_wish_or_the_servers_way(qtbot: QtBot) -> None:
    made, asked = dialog(qtbot)
    assert made.default_access.currentData() == "trusted"
    plain = replace(IN, accounts=(replace(IN.accounts[0], default_access=None),))
    made.show_meeting(home_with(plain))
    assert made.default_access.currentData() == "public"
    made.default_access.setCurrentIndex(2)
    made.default_access.activated.emit(2)
    assert asked == [SetDefaultAccess(URL, Access.RESTRICTED)]


def test_a_recording_goes_where_the_person_says(qtbot: QtBot) -> None:
    made, asked = dialog(qtbot)
    made.recording_rows[0].download.click()
    (chooser,) = made.findChildren(QFileDialog)
    assert chooser.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    chooser.fileSelected.emit("/somewhere/film.mp4")
    assert asked == [FetchRecording(URL, "v1", "/somewhere/film.mp4")]
    chooser.close()


def test_opening_a_room_closes_the_list_and_so_does_the_end_of_the_login(qtbot: QtBot) -> None:
    made, asked = dialog(qtbot)
    made.room_rows[0].open.click()
    assert asked == [OpenLink(ROOMS[0].link)]
    assert not made.isVisible()
    again, _ = dialog(qtbot)
    again.show_meeting(home_with(OUT))
    assert not again.isVisible()


def test_what_the_server_refuses_is_told(qtbot: QtBot) -> None:
    made, _ = dialog(qtbot)
    made.show_meeting(home_with(replace(IN, problem=Problem(ProblemCode.SERVER_BUSY, IN.host))))
    assert IN.host in made.problem.text()


def test_what_others_may_do_in_new_rooms_is_a_default_of_the_account(qtbot: QtBot) -> None:
    made, asked = dialog(qtbot)
    made.default_rules.mutes.click()
    assert asked == [SetDefaultRules(URL, Rules(everyone_mutes=False))]
    changed = replace(IN.accounts[0], default_rules=Rules(everyone_mutes=False))
    made.show_meeting(home_with(replace(IN, accounts=(changed,))))
    assert not made.default_rules.mutes.isChecked()


def test_what_is_unfolded_stays_so_when_the_list_comes_anew(qtbot: QtBot) -> None:
    made, _ = dialog(qtbot)
    made.room_rows[1].more.click()
    made.show_meeting(home_with(replace(IN, rooms=(*ROOMS[1:], ROOMS[0]))))
    assert [row.rules.isHidden() for row in made.room_rows] == [False, True, True]

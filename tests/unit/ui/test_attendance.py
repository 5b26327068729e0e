from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from visio_desktop.engine.attendant import Attendant
from visio_desktop.meeting.intents import Intent, Join, Leave
from visio_desktop.meeting.state import Ending, Meeting, Page
from visio_desktop.ui.attendance import Attendance


def test_joins_leaves_when_time_is_up_and_ends(qtbot: QtBot) -> None:
    happened: list[Intent | str] = []
    attendance = Attendance(
        Attendant(join_at_once=True, alone=True),
        0.01,
        happened.append,
        lambda: happened.append("before leaving"),
        lambda: happened.append("end"),
    )
    attendance.take_in(Meeting(page=Page.PREJOIN))
    attendance.take_in(Meeting(page=Page.ROOM))
    assert happened == [Join()]
    qtbot.waitUntil(lambda: Leave() in happened)
    attendance.take_in(Meeting(page=Page.ENDED, ending=Ending.LEFT))
    assert happened == [Join(), "before leaving", Leave(), "end"]


def test_it_leaves_even_where_the_report_cannot_be_filled(qtbot: QtBot) -> None:
    asked: list[Intent] = []

    def broken() -> None:
        raise RuntimeError("no report")

    attendance = Attendance(Attendant(join_at_once=True, alone=True), None, asked.append, broken, lambda: None)
    with pytest.raises(RuntimeError, match="no report"):
        attendance.time_is_up()
    assert asked == [Leave()]

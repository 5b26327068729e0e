from __future__ import annotations

from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import ready
from visio_desktop.meeting.intents import OpenLink
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.ui.pages.kiosk import KioskPage


def test_one_button_and_what_is_wrong_with_its_link(qtbot: QtBot) -> None:
    page = KioskPage("https://meet.example.org/abc")
    qtbot.addWidget(page)
    with qtbot.waitSignal(page.intent) as said:
        page.join.click()
    assert said.args == [OpenLink("https://meet.example.org/abc")]
    page.show_meeting(ready(link_problem=Problem(ProblemCode.HOST_UNKNOWN, "meet.example.org")))
    assert "meet.example.org" in page.problem.text()
    page.show_meeting(ready())
    assert page.problem.isHidden()

from __future__ import annotations

from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import ready
from visio_desktop.meeting.intents import GoHome, Rejoin
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.ui.pages.failed import FailedPage


def test_it_says_why_and_offers_another_try(qtbot: QtBot) -> None:
    page = FailedPage()
    qtbot.addWidget(page)
    asked: list[object] = []
    page.intent.connect(asked.append)
    page.show_meeting(ready(problem=Problem(ProblemCode.HOST_UNKNOWN, "nowhere.example.org")))
    assert "nowhere.example.org" in page.problem.text()
    assert page.again.property("primary")
    page.again.click()
    page.home.click()
    assert asked == [Rejoin(), GoHome()]

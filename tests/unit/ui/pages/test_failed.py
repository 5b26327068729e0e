from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import RECENTS, ready
from tests.helpers.fitting import cut_texts, overlaps
from tests.helpers.windows import click
from visio_desktop.meeting.accounts import Server
from visio_desktop.meeting.errands import LogIn
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


@pytest.mark.parametrize("code", [ProblemCode.ENTRY_DENIED, ProblemCode.ENTRY_TIMED_OUT])
def test_who_was_not_let_in_may_ask_again(qtbot: QtBot, code: ProblemCode) -> None:
    page = FailedPage()
    qtbot.addWidget(page)
    page.show_meeting(ready(problem=Problem(ProblemCode.HOST_UNKNOWN, "nowhere.example.org")))
    heading, again = page.heading.text(), page.again.text()
    page.show_meeting(ready(problem=Problem(code)))
    assert page.heading.text() != heading
    assert page.again.text() == page.again.accessibleName() == "Ask again"
    assert "organiser" in page.problem.text()
    page.show_meeting(ready(problem=Problem(ProblemCode.HOST_UNKNOWN, "nowhere.example.org")))
    assert (page.heading.text(), page.again.text()) == (heading, again)


def test_whom_the_server_would_let_in_if_it_knew_them_can_log_in_here(qtbot: QtBot) -> None:
    page = FailedPage()
    qtbot.addWidget(page)
    page.resize(640, 480)
    with qtbot.waitExposed(page):
        page.show()
    server = Server("https://meet.example.org")
    page.show_meeting(ready(problem=Problem(ProblemCode.LOGIN_NEEDED), link=RECENTS[0], servers=(server,)))
    assert page.joining_as.isVisible()
    with qtbot.waitSignal(page.intent) as said:
        click(page.joining_as.change)
    assert said.args == [LogIn("https://meet.example.org")]
    qtbot.wait(10)
    assert not [*cut_texts(page), *overlaps(page)]
    page.show_meeting(ready(problem=Problem(ProblemCode.HOST_UNKNOWN), link=RECENTS[0], servers=(server,)))
    assert not page.joining_as.isVisible()

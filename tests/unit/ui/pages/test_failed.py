from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import RECENTS, ready
from tests.helpers.fitting import cut_texts, overlaps
from tests.helpers.windows import click, press, type_into
from visio_desktop.meeting.accounts import BrowserWish, Server
from visio_desktop.meeting.errands import LogIn
from visio_desktop.meeting.intents import AgreeToRecording, AskBrowserLogin, GoHome, Rejoin, SetBesides, SetLogin
from visio_desktop.meeting.values import OptionalSecret, Problem, ProblemCode
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


def test_who_may_be_recorded_is_asked_and_says_so_by_the_button(qtbot: QtBot) -> None:
    page = FailedPage()
    qtbot.addWidget(page)
    asked: list[object] = []
    page.intent.connect(asked.append)
    page.show_meeting(ready(problem=Problem(ProblemCode.CONSENT_NEEDED, "cloud.example.org")))
    assert "recorded" in page.problem.text()
    assert "Agree" in page.again.text()
    page.again.click()
    assert asked == [AgreeToRecording(), Rejoin()]
    page.show_meeting(ready(problem=Problem(ProblemCode.HOST_UNKNOWN, "nowhere.example.org")))
    page.again.click()
    assert asked[2:] == [Rejoin()]


def test_where_a_name_and_a_password_would_let_one_in_they_are_asked_for(qtbot: QtBot) -> None:
    page = FailedPage()
    qtbot.addWidget(page)
    asked: list[object] = []
    page.intent.connect(asked.append)
    link = replace(RECENTS[1], takes_login=True)
    for code in (ProblemCode.LOGIN_NEEDED, ProblemCode.LOGIN_REFUSED):
        page.show_meeting(ready(link=link, problem=Problem(code, "matrix.example.org")))
        assert not page.login.isHidden()
    type_into(page.login.user, "ada")
    type_into(page.login.password, "s3cret")
    press(page.login.password, Qt.Key.Key_Return)
    assert asked == [SetLogin("ada", "s3cret"), Rejoin()]
    for other in (
        ready(link=link, problem=Problem(ProblemCode.ROOM_NOT_FOUND)),
        ready(link=RECENTS[1], problem=Problem(ProblemCode.LOGIN_NEEDED)),
    ):
        page.show_meeting(other)
        assert page.login.isHidden()


def test_the_browser_is_offered_where_being_known_would_let_one_in(qtbot: QtBot) -> None:
    page = FailedPage()
    qtbot.addWidget(page)
    asked: list[object] = []
    page.intent.connect(asked.append)
    link = replace(RECENTS[1], logs_in_by_browser=True)
    for code in (ProblemCode.LOGIN_EXPIRED, ProblemCode.ROOM_NOT_FOUND, ProblemCode.PIN_MISSING):
        page.show_meeting(ready(link=link, problem=Problem(code, "cloud.example.org")))
        assert not page.browser_login.isHidden()
    page.browser_login.first.click()
    assert asked == [AskBrowserLogin(BrowserWish.LOG_IN)]
    page.show_meeting(ready(link=link, problem=Problem(ProblemCode.HOST_UNREACHABLE, "cloud.example.org")))
    assert page.browser_login.isHidden()


def test_after_a_wrong_secret_another_one_or_none_may_be_given(qtbot: QtBot) -> None:
    page = FailedPage()
    qtbot.addWidget(page)
    asked: list[object] = []
    page.intent.connect(asked.append)
    link = replace(RECENTS[1], takes_besides=OptionalSecret.ROOM_SECRET)
    refused = ready(link=link, problem=Problem(ProblemCode.ROOM_SECRET_REFUSED, "janus.example.org"))
    for typed in ("s3cret", ""):
        page.show_meeting(refused)
        assert not page.besides.isHidden()
        assert (page.besides.has.isChecked(), page.besides.edit.text()) == (True, "")
        type_into(page.besides.edit, typed)
        page.show_meeting(refused)
        assert page.besides.edit.text() == typed, "left alone while it is typed"
        page.again.click()
    assert asked == [SetBesides("s3cret"), Rejoin(), Rejoin()]
    page.show_meeting(ready(link=link, problem=Problem(ProblemCode.ROOM_NOT_FOUND)))
    assert page.besides.isHidden()


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

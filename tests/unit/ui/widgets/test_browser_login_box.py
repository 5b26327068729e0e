from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import RECENTS, ready
from tests.helpers.windows import press
from visio_desktop.meeting.accounts import BrowserLogin, BrowserWish, LoginPhase
from visio_desktop.meeting.intents import AskBrowserLogin
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.ui.widgets.browser_login_box import BrowserLoginBox

LINK = replace(RECENTS[1], logs_in_by_browser=True)
PAGE = "https://cloud.example.org/login/v2/flow/s3cret"
OPEN = BrowserLogin(LoginPhase.OPEN, address=PAGE)
ADA = BrowserLogin(name="<b>Ada</b> Lovelace")


class Shown:
    """The box, what it asked for, and the pages it opened."""

    def __init__(self, qtbot: QtBot) -> None:
        self.pages: list[str] = []
        self.asked: list[object] = []
        self.box = BrowserLoginBox(open_page=self.pages.append)
        qtbot.addWidget(self.box)
        self.box.intent.connect(self.asked.append)

    def show(self, login: BrowserLogin) -> None:
        self.box.show_meeting(ready(link=LINK, browser_login=login))


@pytest.fixture
def shown(qtbot: QtBot) -> Shown:
    return Shown(qtbot)


@pytest.mark.parametrize("elsewhere", [ready(), ready(link=RECENTS[1]), ready(link=LINK, login_off=True)])
def test_it_is_there_where_one_may_log_in_so(shown: Shown, elsewhere: Meeting) -> None:
    shown.show(BrowserLogin())
    assert not shown.box.isHidden()
    shown.box.show_meeting(elsewhere)
    assert shown.box.isHidden()


def test_the_page_opens_once_for_each_time_it_is_asked_for_and_again_on_wish(shown: Shown) -> None:
    shown.show(OPEN)
    assert shown.pages == [], "nobody asked here"
    shown.show(BrowserLogin())
    press(shown.box.first, Qt.Key.Key_Space)
    assert shown.asked == [AskBrowserLogin(BrowserWish.LOG_IN)]
    shown.show(BrowserLogin(LoginPhase.OPENING))
    assert shown.box.first.isHidden()
    shown.show(OPEN)
    shown.show(OPEN)
    assert shown.pages == [PAGE]
    assert PAGE not in shown.box.said.text()
    assert "come back here" in shown.box.said.text()
    press(shown.box.first, Qt.Key.Key_Space)
    assert shown.pages == [PAGE, PAGE]
    press(shown.box.second, Qt.Key.Key_Space)
    assert shown.asked[1:] == [AskBrowserLogin(BrowserWish.GIVE_UP)]


def test_who_is_known_is_told_and_may_log_out(shown: Shown) -> None:
    shown.show(ADA)
    assert ADA.name in shown.box.said.text()
    assert shown.box.said.textFormat() is Qt.TextFormat.PlainText
    press(shown.box.first, Qt.Key.Key_Space)
    assert shown.asked == [AskBrowserLogin(BrowserWish.LOG_OUT)]
    shown.show(replace(ADA, phase=LoginPhase.CHECKING))
    assert not shown.box.first.isEnabled()
    shown.show(OPEN)
    assert shown.pages == []


def test_why_it_did_not_work_is_said(shown: Shown) -> None:
    shown.show(BrowserLogin(problem=Problem(ProblemCode.LOGIN_NOT_OFFERED, "cloud.example.org")))
    assert "app password" in shown.box.problem.text()
    assert shown.box.first.isEnabled()

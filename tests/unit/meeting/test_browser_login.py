from __future__ import annotations

from dataclasses import replace

import pytest

from tests.helpers.dialogue import Dialogue
from visio_desktop.meeting.accounts import NO_BROWSER_LOGIN, BrowserLogin, BrowserWish, LoginPhase
from visio_desktop.meeting.effects import KeepLogin, RunBrowserLogin
from visio_desktop.meeting.events import BrowserLoginWent, JoinFailed, LinkRecognised
from visio_desktop.meeting.intents import AskBrowserLogin, Join, Leave, SetLogin
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import MeetingLink, Problem, ProblemCode

LINK = MeetingLink("nextcloud", "talk+https://h/call/abc", "h", "abc", takes_login=True, logs_in_by_browser=True)
OTHER = replace(LINK, text="talk+https://other/call/abc", host="other")
ADA = BrowserLogin(name="Ada Lovelace")
OPEN = BrowserLogin(LoginPhase.OPEN, address="https://h/login")


def before_joining(**changes: object) -> Dialogue:
    begun = Meeting(name="Ada", page=Page.PREJOIN, link=LINK)
    return Dialogue(replace(begun, **changes))  # type: ignore[arg-type] # as replace checks at run time


def look(dialogue: Dialogue) -> bool:
    return RunBrowserLogin(LINK, BrowserWish.LOOK) in dialogue.effects


def test_as_whom_one_is_known_is_found_out_before_joining_and_after_it_failed() -> None:
    dialogue = Dialogue(Meeting(name="Ada")) << LinkRecognised(LINK)
    assert look(dialogue)
    dialogue << BrowserLoginWent(LINK, ADA)
    assert dialogue.meeting.browser_login == ADA
    dialogue << Join()
    assert dialogue.meeting.browser_login == NO_BROWSER_LOGIN
    assert look(dialogue << JoinFailed(Problem(ProblemCode.LOGIN_EXPIRED, "h")))
    assert look(before_joining() << Join() << Leave())


def test_logging_in_goes_on_step_by_step_and_can_be_given_up() -> None:
    dialogue = before_joining(browser_login=BrowserLogin(problem=Problem(ProblemCode.LOGIN_FAILED)))
    dialogue << AskBrowserLogin(BrowserWish.LOG_IN)
    dialogue >> (KeepLogin(LINK, "", ""), RunBrowserLogin(LINK, BrowserWish.LOG_IN))
    assert dialogue.meeting.browser_login == BrowserLogin(LoginPhase.OPENING)
    dialogue << BrowserLoginWent(LINK, OPEN)
    assert dialogue.meeting.browser_login == OPEN
    assert OPEN.address not in repr(dialogue.meeting)
    dialogue << AskBrowserLogin(BrowserWish.GIVE_UP) >> RunBrowserLogin(LINK, BrowserWish.GIVE_UP)
    assert dialogue.meeting.browser_login == NO_BROWSER_LOGIN
    dialogue << BrowserLoginWent(LINK, ADA) << AskBrowserLogin(BrowserWish.LOG_OUT)
    dialogue >> RunBrowserLogin(LINK, BrowserWish.LOG_OUT)
    assert dialogue.meeting.browser_login == replace(ADA, phase=LoginPhase.CHECKING)


@pytest.mark.parametrize("late", [BrowserLoginWent(OTHER, ADA), BrowserLoginWent(LINK, ADA)])
def test_what_is_told_of_another_link_or_too_late_changes_nothing(late: BrowserLoginWent) -> None:
    dialogue = before_joining(page=Page.PREJOIN if late.link == OTHER else Page.JOINING) << late
    assert dialogue.meeting.browser_login == NO_BROWSER_LOGIN


@pytest.mark.parametrize(
    "changes", [{"login_off": True}, {"link": replace(LINK, logs_in_by_browser=False)}, {"page": Page.ROOM}]
)
def test_where_nobody_may_log_in_so_nothing_is_asked(changes: dict[str, object]) -> None:
    before_joining(**changes) << AskBrowserLogin(BrowserWish.LOG_IN) >> ()


def test_where_nobody_may_log_in_no_name_and_password_are_taken_either() -> None:
    before_joining(login_off=True) << SetLogin("ada", "s3cret") >> ()
    before_joining() << SetLogin("ada", "s3cret") >> KeepLogin(LINK, "ada", "s3cret")
    assert not look(Dialogue(Meeting(login_off=True)) << LinkRecognised(LINK))

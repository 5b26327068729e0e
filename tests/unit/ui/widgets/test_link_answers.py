from __future__ import annotations

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import ready
from tests.helpers.windows import press
from visio_desktop.meeting.intents import ChooseLink, OpenLink
from visio_desktop.meeting.values import Candidate, MeetingLink, Problem, ProblemCode
from visio_desktop.system.texts import text_in
from visio_desktop.ui.pages.failed import FailedPage
from visio_desktop.ui.pages.home import HomePage
from visio_desktop.ui.widgets.link_answers import LinkAnswers, open_in_browser

LINK = "https://meet.example.org/Tea#config.x=1"
OURS = Candidate(MeetingLink("lasuite", "https://meet.example.org/tea", "meet.example.org", "tea"), "La Suite Meet")
THEIRS = Candidate(MeetingLink("jitsi", "https://meet.example.org/Tea"), "Jitsi Meet", LINK)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: found.append(url.toString()))
    return found


def test_what_only_a_browser_joins_is_one_click_away(qtbot: QtBot, opened: list[str]) -> None:
    page = HomePage()
    qtbot.addWidget(page)
    problem = Problem(ProblemCode.KIND_NOT_SUPPORTED, "Jitsi Meet", LINK)
    page.show_meeting(ready(link_problem=problem, link_asked=LINK))
    (button,) = page.answers.buttons
    assert "Jitsi Meet" in page.problem.text()
    assert button.text() == text_in("en", "links.open_browser")
    press(button, Qt.Key.Key_Return)
    assert opened == [LINK]
    page.show_meeting(ready())
    assert page.answers.isHidden()


def test_several_kinds_are_asked_about(qtbot: QtBot, opened: list[str]) -> None:
    page = HomePage()
    qtbot.addWidget(page)
    asked: list[object] = []
    page.intent.connect(asked.append)
    problem = Problem(ProblemCode.LINK_AMBIGUOUS, "La Suite Meet, Jitsi Meet")
    page.show_meeting(ready(link_problem=problem, link_asked=LINK, link_candidates=(OURS, THEIRS)))
    ours, theirs = page.answers.buttons
    assert (ours.text(), theirs.text()) == ("La Suite Meet", "Jitsi Meet, in the browser")
    press(ours, Qt.Key.Key_Space)
    press(theirs, Qt.Key.Key_Return)
    assert (asked, opened) == ([ChooseLink(OURS.link)], [LINK])


def test_a_private_server_is_connected_to_when_somebody_says_so(qtbot: QtBot) -> None:
    answers = LinkAnswers()
    qtbot.addWidget(answers)
    asked: list[object] = []
    answers.intent.connect(asked.append)
    answers.show_meeting(
        ready(link_problem=Problem(ProblemCode.LINK_PRIVATE, "10.0.0.7"), link_asked="https://10.0.0.7/x")
    )
    (button,) = answers.buttons
    assert "10.0.0.7" in button.text()
    button.click()
    assert asked == [OpenLink("https://10.0.0.7/x", sure=True)]


def test_where_there_is_nothing_to_do_nothing_is_offered(qtbot: QtBot) -> None:
    answers = LinkAnswers()
    qtbot.addWidget(answers)
    answers.show_meeting(ready(link_problem=Problem(ProblemCode.KIND_NOT_SUPPORTED, "Jitsi Meet")))
    assert answers.isHidden()
    assert not answers.take_focus()


def test_the_failed_page_offers_the_browser_too(qtbot: QtBot, opened: list[str]) -> None:
    page = FailedPage()
    qtbot.addWidget(page)
    page.show_meeting(ready(problem=Problem(ProblemCode.LINK_UNKNOWN_KIND, "h", LINK)))
    page.answers.buttons[0].click()
    assert opened == [LINK]
    page.show_meeting(ready(problem=Problem(ProblemCode.SERVER_SILENT, "h")))
    assert page.answers.isHidden()


@pytest.mark.parametrize(
    "address",
    [
        "http://meet.example.org/x",
        "http://127.0.0.1.example.org/x",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https:// x",
        "",
        "data:,x",
    ],
)
def test_the_desktop_opens_web_addresses_over_tls_and_nothing_else(opened: list[str], address: str) -> None:
    open_in_browser(address)
    assert opened == []
    open_in_browser("https://meet.example.org/x")
    open_in_browser("http://127.0.0.1:8080/x")
    assert [QUrl(each).scheme() for each in opened] == ["https", "http"]

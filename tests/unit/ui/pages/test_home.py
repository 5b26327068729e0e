from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tests.helpers.account_views import IN, OUT, URL, home_with
from tests.helpers.fake_engine import RECENTS, ready
from tests.helpers.windows import press, type_into
from visio_desktop.meeting.errands import LogIn
from visio_desktop.meeting.intents import OpenLink
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.ui.pages.home import LONGEST_LINK, HomePage


def test_enter_opens_the_link_without_spaces_around_it(qtbot: QtBot) -> None:
    page = HomePage()
    qtbot.addWidget(page)
    asked: list[object] = []
    page.intent.connect(asked.append)
    page.field.setText("  https://meet.example.org/abc  ")
    press(page.field, Qt.Key.Key_Return)
    assert asked == [OpenLink("https://meet.example.org/abc")]


def test_an_empty_field_asks_for_a_link_until_something_is_typed(qtbot: QtBot) -> None:
    page = HomePage()
    qtbot.addWidget(page)
    asked: list[object] = []
    page.intent.connect(asked.append)
    page.join.click()
    assert not asked
    assert "link" in page.problem.text()
    type_into(page.field, "h")
    assert page.problem.isHidden()


def test_a_refused_link_is_told_beside_the_field_and_again_when_refused_again(qtbot: QtBot) -> None:
    page = HomePage()
    qtbot.addWidget(page)
    page.show_meeting(ready(link_problem=Problem(ProblemCode.LINK_UNKNOWN_KIND, "meet.example.org")))
    assert "meet.example.org" in page.problem.text()
    type_into(page.field, "x")
    assert page.problem.isHidden()
    page.show_meeting(ready())
    page.show_meeting(ready(link_problem=Problem(ProblemCode.LINK_UNKNOWN_KIND, "meet.example.org")))
    assert not page.problem.isHidden()


def test_the_practice_meeting_and_the_recent_ones_are_one_click_away(qtbot: QtBot) -> None:
    page = HomePage()
    qtbot.addWidget(page)
    asked: list[object] = []
    page.intent.connect(asked.append)
    page.show_meeting(ready(recents=RECENTS))
    page.practice.click()
    assert asked == [OpenLink("practice:")]
    assert not page.recents.isHidden()


def test_ones_servers_are_there_with_what_they_are_good_for(qtbot: QtBot) -> None:
    page = HomePage()
    qtbot.addWidget(page)
    asked: list[object] = []
    page.intent.connect(asked.append)
    page.rooms_asked.connect(asked.append)
    page.show_meeting(home_with(IN, OUT))
    page.servers.cards[URL].rooms.click()
    page.servers.cards[OUT.url].log_in.click()
    assert asked == [URL, LogIn(OUT.url)]


def test_where_nobody_may_log_in_servers_are_not_shown(qtbot: QtBot) -> None:
    page = HomePage()
    qtbot.addWidget(page)
    page.show_meeting(home_with(OUT))
    assert not page.servers.isHidden()
    page.show_meeting(home_with(OUT, login_off=True))
    assert page.servers.isHidden()


def test_a_whole_invitation_is_pasted_and_its_link_is_what_stays(qtbot: QtBot) -> None:
    page = HomePage()
    qtbot.addWidget(page)
    asked: list[object] = []
    page.intent.connect(asked.append)
    paste(page, f"Hello,\n\nMonday at ten: <{URL}/abc-defg-hij>.\nHelp: https://example.org/help\n" + "-" * 5_000)
    assert page.field.text() == f"{URL}/abc-defg-hij"
    press(page.field, Qt.Key.Key_Return)
    assert asked == [OpenLink(f"{URL}/abc-defg-hij")]


def test_of_several_links_one_is_chosen(qtbot: QtBot) -> None:
    page = HomePage()
    qtbot.addWidget(page)
    asked: list[object] = []
    page.intent.connect(asked.append)
    page.show()
    paste(page, "https://a.example/one?x=1&y=2 or https://b.example/two" + "/and-so-on" * 20)
    first, second = page.answers.buttons
    assert first.text() == "a.example/one?x=1&&y=2"
    assert second.accessibleName().endswith("/and-so-on")
    assert len(second.text()) < 50
    press(page.field, Qt.Key.Key_Return)
    assert not asked
    assert page.focusWidget() is first
    first.click()
    assert asked == [OpenLink("https://a.example/one?x=1&y=2")]
    assert page.field.text() == "https://a.example/one?x=1&y=2"
    assert page.answers.isHidden()


def test_where_one_met_before_is_more_likely(qtbot: QtBot) -> None:
    page = HomePage()
    qtbot.addWidget(page)
    page.show_meeting(ready(recents=RECENTS))
    paste(page, "https://example.org/help https://meet.example.org/weekly")
    assert page.field.text() == "https://meet.example.org/weekly"


def test_a_giant_without_a_link_is_cut_and_harms_nobody(qtbot: QtBot) -> None:
    page = HomePage()
    qtbot.addWidget(page)
    paste(page, "no link here " * 400_000)
    assert len(page.field.text()) == LONGEST_LINK
    assert page.answers.isHidden()


def paste(page: HomePage, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    page.field.paste()

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import ready
from tests.helpers.fake_meeting import chat_lines
from visio_desktop.meeting.state import Ending
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.ui.pages.ended import EndedPage


@pytest.mark.parametrize("ending", Ending)
def test_every_end_has_its_sentence(qtbot: QtBot, ending: Ending) -> None:
    page = EndedPage()
    qtbot.addWidget(page)
    page.show_meeting(ready(ending=ending, problem=Problem(ProblemCode.CONNECTION_LOST)))
    assert page.heading.text()
    assert not page.heading.text().startswith("pages.")
    assert page.problem.isHidden() is (ending is Ending.LEFT)


def test_who_was_dropped_is_led_back_in(qtbot: QtBot) -> None:
    page = EndedPage()
    qtbot.addWidget(page)
    page.show_meeting(ready(ending=Ending.LEFT))
    assert page.home.property("primary")
    page.show_meeting(ready(ending=Ending.DROPPED))
    assert page.again.property("primary")
    assert not page.home.property("primary")


def test_what_the_heading_says_is_not_said_twice(qtbot: QtBot) -> None:
    page = EndedPage()
    qtbot.addWidget(page)
    page.show_meeting(ready(ending=Ending.DROPPED, problem=Problem(ProblemCode.CONNECTION_LOST)))
    assert page.problem.text().startswith("Check your internet connection")
    page.show_meeting(ready(ending=Ending.DROPPED, problem=Problem(ProblemCode.TLS_UNTRUSTED, "meet.example.org")))
    assert page.problem.text().startswith("The identity of meet.example.org")


def test_who_joined_elsewhere_is_not_led_into_pushing_that_one_out(qtbot: QtBot) -> None:
    page = EndedPage()
    qtbot.addWidget(page)
    page.show_meeting(ready(ending=Ending.ELSEWHERE, problem=Problem(ProblemCode.DUPLICATE_IDENTITY)))
    assert page.problem.text() == "Leave it there, then join again here."
    assert page.home.property("primary")


def test_who_was_alone_is_told_that_nothing_is_sent_any_more(qtbot: QtBot) -> None:
    page = EndedPage()
    qtbot.addWidget(page)
    page.show_meeting(ready(ending=Ending.ALONE))
    assert "microphone" in page.problem.text()
    assert page.again.property("primary")


def test_what_was_written_can_be_kept_and_nothing_is_offered_where_there_is_nothing(qtbot: QtBot) -> None:
    page, kiosk = EndedPage(), EndedPage(saves=False)
    for each in (page, kiosk):
        qtbot.addWidget(each)
        each.show_meeting(ready(ending=Ending.LEFT))
        assert each.save.isHidden()
        each.show_meeting(ready(ending=Ending.LEFT, chat=chat_lines()))
    assert not page.save.isHidden()
    assert kiosk.save.isHidden()
    page._tell("Saved: messages.txt")
    assert page.told.text() == "Saved: messages.txt"
    page.show_meeting(ready(ending=Ending.LEFT, chat=chat_lines()[:1]))
    assert page.told.isHidden()

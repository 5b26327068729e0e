from __future__ import annotations

from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import RECENTS, ready
from visio_desktop.meeting.intents import Leave
from visio_desktop.ui.pages.joining import JoiningPage


def test_it_says_where_to_and_can_be_given_up(qtbot: QtBot) -> None:
    page = JoiningPage()
    qtbot.addWidget(page)
    asked: list[object] = []
    page.intent.connect(asked.append)
    page.show_meeting(ready(link=RECENTS[0]))
    assert "meet.example.org" in page.where.text()
    page.cancel.click()
    assert asked == [Leave()]

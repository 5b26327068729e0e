from __future__ import annotations

import os

import pytest
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from visio_desktop.meeting.intents import GoHome, Intent, Leave, OpenLink
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import MeetingLink
from visio_desktop.system.instance import Call
from visio_desktop.ui.platform.calls import Calls, bring_to_front

LINK = "https://meet.example.org/abc-defg-hij"
ROOM = Meeting(page=Page.ROOM, link=MeetingLink("livekit", "livekit+wss://host?room=weekly"))


@pytest.fixture
def window(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> QMainWindow:
    monkeypatch.delenv("XDG_ACTIVATION_TOKEN", raising=False)
    window = QMainWindow()
    qtbot.addWidget(window)
    return window


def test_outside_a_meeting_a_link_is_opened_and_the_window_shown(window: QMainWindow) -> None:
    asked: list[Intent] = []
    Calls(window, asked.append).take(Call("visio://meet.example.org/abc-defg-hij", "token-1"))
    assert asked == [OpenLink(LINK, from_outside=True)], "looked at, never joined"
    assert window.isVisible()
    assert os.environ["XDG_ACTIVATION_TOKEN"] == "token-1"


def test_a_start_without_a_link_only_shows_the_window(window: QMainWindow) -> None:
    asked: list[Intent] = []
    Calls(window, asked.append).take(Call())
    assert asked == []
    assert window.isVisible()


def test_in_a_meeting_it_is_asked_first(window: QMainWindow) -> None:
    asked: list[Intent] = []
    calls = Calls(window, asked.append)
    calls.take_in(ROOM)
    calls.take(Call(LINK + "?secret=1"))
    assert asked == []
    assert calls.bar is not None
    assert window.menuWidget() is calls.bar
    assert LINK in calls.bar.question.text()
    assert "secret" not in calls.bar.question.text()
    calls.bar.answered.emit(False)
    assert asked == []
    assert window.menuWidget() is None


def test_who_says_yes_leaves_and_looks_at_the_other_meeting(window: QMainWindow) -> None:
    asked: list[Intent] = []
    calls = Calls(window, asked.append)
    calls.take_in(ROOM)
    calls.take(Call(LINK))
    assert calls.bar is not None
    calls.bar.yes.click()
    assert asked == [Leave(), GoHome(), OpenLink(LINK, from_outside=True)]
    assert window.menuWidget() is None


def test_the_question_goes_with_the_meeting_and_the_same_link_asks_nothing(window: QMainWindow) -> None:
    asked: list[Intent] = []
    calls = Calls(window, asked.append)
    calls.take_in(ROOM)
    calls.take(Call("livekit+wss://host?room=weekly"))
    assert window.menuWidget() is None
    calls.take(Call(LINK))
    assert window.menuWidget() is not None
    calls.take_in(Meeting(page=Page.ENDED))
    assert window.menuWidget() is None
    assert asked == []


def test_a_minimised_window_comes_up(window: QMainWindow) -> None:
    window.showMinimized()
    bring_to_front(window)
    assert not window.isMinimized()
    assert window.isVisible()

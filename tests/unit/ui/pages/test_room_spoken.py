"""What the room says to those who do not see it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from tests.helpers.fake_meeting import FakePictures, crowd
from visio_desktop.meeting.state import Page
from visio_desktop.ui.pages import room as room_module
from visio_desktop.ui.pages.room import RoomPage

FOUR = replace(crowd(4), page=Page.ROOM, microphone_on=True)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bool]]:
    told: list[tuple[str, bool]] = []
    monkeypatch.setattr(room_module, "announce", lambda _widget, text, *, urgent=False: told.append((text, urgent)))
    return told


@pytest.fixture
def room(qtbot: QtBot) -> RoomPage:
    page = RoomPage(FakePictures(), lambda: None)
    qtbot.addWidget(page)
    return page


def test_ones_own_state_is_said_as_it_changes(room: RoomPage, said: list[tuple[str, bool]]) -> None:
    room.show_meeting(FOUR)
    room.show_meeting(FOUR)
    room.show_meeting(replace(FOUR, microphone_on=False))
    assert said == [("You are in the meeting. Microphone on", False), ("Microphone off", False)]


def test_an_interruption_is_said_at_once_and_once(room: RoomPage, said: list[tuple[str, bool]]) -> None:
    room.show_meeting(FOUR)
    said.clear()
    for attempt in (1, 2):
        room.show_meeting(replace(FOUR, reconnecting=True, attempt=attempt))
    assert [urgent for _, urgent in said] == [True]
    assert "connection" in said[0][0]
    room.show_meeting(FOUR)
    room.show_meeting(replace(FOUR, reconnecting=True))
    assert len(said) == 2

"""What the room shows and offers of sound."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.helpers.fake_meeting import FakePictures, crowd
from visio_desktop.meeting.intents import SetVolume
from visio_desktop.meeting.values import SoundWishes
from visio_desktop.ui.pages.room import RoomPage
from visio_desktop.ui.widgets.volume_card import VolumeCard

FOUR = crowd(4)


@pytest.fixture
def room(qtbot: QtBot) -> RoomPage:
    page = RoomPage(FakePictures(), lambda: None)
    qtbot.addWidget(page)
    page.resize(1280, 800)
    with qtbot.waitExposed(page):
        page.show()
    return page


def test_somebody_is_turned_up_from_their_tile(room: RoomPage, qtbot: QtBot) -> None:
    room.show_meeting(FOUR)
    room.stage.tiles()["p1"].volume_asked.emit()
    card = room.window().findChild(VolumeCard)
    assert isinstance(card, VolumeCard)
    with qtbot.waitSignal(room.intent) as said:
        card.slider.setValue(150)
    assert said.args == [SetVolume("p1", 150)]
    room.stage.volume_asked.emit("nobody", QPoint())
    assert len(room.window().findChildren(VolumeCard)) == 1


def test_original_sound_is_shown_for_as_long_as_it_is_sent(room: RoomPage) -> None:
    elapsed = room.findChild(QLabel, "elapsed")
    assert elapsed is not None
    room.show_meeting(replace(FOUR, sound=SoundWishes(original=True)))
    assert "Original sound" in elapsed.text()
    assert "Original sound" in elapsed.accessibleName()
    room.show_meeting(FOUR)
    assert "Original sound" not in elapsed.text()


def test_a_silent_microphone_leads_to_the_settings(room: RoomPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(room.settings_asked):
        room._toasts.settings_asked.emit()

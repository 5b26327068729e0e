from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.helpers.fake_meeting import crowd
from tests.helpers.fitting import cut_texts, nameless, overlaps
from visio_desktop.meeting.intents import SetVolume
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.update import update
from visio_desktop.system.texts import set_language
from visio_desktop.ui.widgets.volume_card import VolumeCard

ROOM = crowd(3)


class Opened:
    """A card over a window whose button had the keyboard."""

    def __init__(self, qtbot: QtBot, meeting: Meeting = ROOM) -> None:
        self.window = QWidget()
        self.window.resize(640, 480)
        self.button = QPushButton("before", self.window)
        qtbot.addWidget(self.window)
        with qtbot.waitActive(self.window):
            self.window.show()
        self.button.setFocus()
        self.asked: list[object] = []
        self.card = VolumeCard(self.button, meeting, meeting.participants[1])
        self.card.intent.connect(self.asked.append)
        self.card.open_at(QPoint(10_000, 10_000))


def test_it_opens_within_the_screen_at_what_is_set(qtbot: QtBot) -> None:
    turned, _ = update(ROOM, SetVolume("p1", 40))
    opened = Opened(qtbot, turned)
    card = opened.card
    assert opened.window.rect().contains(card.geometry())
    assert card.slider.hasFocus()
    assert (card.slider.value(), card.value.text(), opened.asked) == (40, "40 %", [])


def test_the_keyboard_turns_it_all_the_way(qtbot: QtBot) -> None:
    opened = Opened(qtbot)
    card, asked = opened.card, opened.asked
    for key, percent in (
        (Qt.Key.Key_Right, 105),
        (Qt.Key.Key_PageUp, 130),
        (Qt.Key.Key_End, 200),
        (Qt.Key.Key_Home, 0),
    ):
        QTest.keyClick(card.slider, key)
        assert asked[-1] == SetVolume("p1", percent)
    assert card.reset.isEnabled()
    card.reset.click()
    assert asked[-1] == SetVolume("p1", 100)
    assert not card.reset.isEnabled()
    assert card.slider.accessibleDescription() == "100 %"


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Return])
def test_it_is_put_away_with_a_key(qtbot: QtBot, key: Qt.Key) -> None:
    opened = Opened(qtbot)
    QTest.keyClick(opened.card.slider, key)
    qtbot.waitUntil(lambda: not opened.window.findChildren(VolumeCard))
    assert opened.button.hasFocus()


def test_it_goes_when_one_turns_elsewhere(qtbot: QtBot) -> None:
    opened = Opened(qtbot)
    opened.button.setFocus()
    qtbot.waitUntil(lambda: not opened.window.findChildren(VolumeCard))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_everything_fits_and_has_a_name(qtbot: QtBot, language: str) -> None:
    set_language(language)
    try:
        opened = Opened(qtbot)
        for fault in (cut_texts, overlaps, nameless):
            assert fault(opened.card) == []
    finally:
        set_language("en")

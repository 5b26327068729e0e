from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.helpers.fake_meeting import crowd
from visio_desktop.meeting.intents import Leave, StayAlone
from visio_desktop.meeting.rooms import Room
from visio_desktop.ui.widgets.alone_card import AloneCard


def test_it_counts_down_and_either_answer_is_heard(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    at_ms = [20_000.0]
    card = AloneCard(parent, now=lambda: at_ms[0])
    card.show_meeting(crowd(1))
    assert card.isHidden()
    card.show_meeting(replace(crowd(1), room=Room(leave_at_ms=120_000.0)))
    assert not card.isHidden()
    assert "1:40" in card.text.text()
    at_ms[0] = 119_000.0
    card._ticks.timeout.emit()
    assert "0:01" in card.text.text()
    for button, intent in ((card.stay, StayAlone()), (card.leave, Leave())):
        with qtbot.waitSignal(card.intent) as said:
            QTest.keyClick(button, Qt.Key.Key_Return)
        assert said.args == [intent]
    card.show_meeting(crowd(1))
    assert card.isHidden()
    assert not card._ticks.isActive()

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.helpers.fake_meeting import meeting_of, person
from visio_desktop.meeting.intents import SetHand
from visio_desktop.ui.widgets.hand_hint import HandHint

SILENT = meeting_of(person(0, hand_at_ms=1.0), person(1))
SPEAKING = meeting_of(person(0, hand_at_ms=1.0, speaking=True), person(1))
LOWERED = meeting_of(person(0, speaking=True), person(1))


@pytest.fixture
def hint(qtbot: QtBot) -> Iterator[HandHint]:
    parent = QWidget()
    qtbot.addWidget(parent)
    yield HandHint(parent)
    parent.close()


def come(hint: HandHint) -> None:
    """Its time is over."""
    hint.timer.stop()
    hint.timer.timeout.emit()


def test_it_asks_who_has_been_speaking_with_a_raised_hand(hint: HandHint, qtbot: QtBot) -> None:
    hint.show_meeting(SPEAKING)
    assert hint.isHidden()
    assert hint.timer.isActive()
    come(hint)
    assert not hint.isHidden()
    with qtbot.waitSignal(hint.intent) as said:
        hint.lower_button.click()
    assert said.args == [SetHand(raised=False)]
    hint.show_meeting(LOWERED)
    assert hint.isHidden()


def test_a_cough_or_a_lowered_hand_is_nothing_to_ask_about(hint: HandHint) -> None:
    hint.show_meeting(SPEAKING)
    hint.show_meeting(SILENT)
    assert not hint.timer.isActive()
    hint.show_meeting(LOWERED)
    assert not hint.timer.isActive()
    hint.show_meeting(replace(SPEAKING, microphone_on=False))
    assert not hint.timer.isActive()


def test_refused_it_asks_again_only_when_the_hand_was_raised_anew(hint: HandHint) -> None:
    hint.show_meeting(SPEAKING)
    come(hint)
    hint.keep_button.click()
    assert hint.isHidden()
    hint.show_meeting(SPEAKING)
    assert not hint.timer.isActive()
    hint.show_meeting(LOWERED)
    hint.show_meeting(SPEAKING)
    assert hint.timer.isActive()


def test_it_stays_until_it_is_answered(hint: HandHint) -> None:
    hint.show_meeting(SPEAKING)
    come(hint)
    hint.show_meeting(SILENT)
    assert not hint.isHidden()

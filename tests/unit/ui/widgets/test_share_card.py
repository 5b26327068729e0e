from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.helpers.fake_meeting import crowd
from visio_desktop.meeting.intents import SetSourceOn
from visio_desktop.meeting.values import Source
from visio_desktop.ui.widgets.share_card import ShareCard


def test_it_is_there_while_one_shares_and_stops_it(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    card = ShareCard(parent)
    card.show_meeting(crowd(2))
    assert card.isHidden()
    card.show_meeting(replace(crowd(2), screen_on=True))
    assert not card.isHidden()
    with qtbot.waitSignal(card.intent) as said:
        card.stop.click()
    assert said.args == [SetSourceOn(Source.SCREEN, on=False)]

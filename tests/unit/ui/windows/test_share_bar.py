from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QRect, Qt
from pytestqt.qtbot import QtBot

from tests.helpers.fake_meeting import crowd
from tests.helpers.fitting import cut_texts, nameless, overlaps
from visio_desktop.meeting.intents import PauseScreen, SetSourceOn
from visio_desktop.meeting.values import Source
from visio_desktop.system.texts import set_language, tr
from visio_desktop.ui.windows.share_bar import ShareBar

SHARING = replace(crowd(2), screen_on=True, screen_spec="screen:1")
SCREEN = QRect(100, 50, 1280, 720)


def test_it_pauses_and_stops_over_other_programs(qtbot: QtBot) -> None:
    bar = ShareBar()
    qtbot.addWidget(bar)
    asked: list[object] = []
    bar.intent.connect(asked.append)
    bar.show_meeting(SHARING, minimised=False)
    bar.sit_at(SCREEN)
    with qtbot.waitExposed(bar):
        bar.show()
    assert abs(bar.geometry().center().x() - SCREEN.center().x()) <= 1
    assert SCREEN.contains(bar.geometry())
    bar.card.pause.click()
    bar.card.stop.click()
    assert asked == [PauseScreen(paused=True), SetSourceOn(Source.SCREEN, on=False)]
    assert bar.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus, "keys stay with what is shown"
    bar.show_meeting(SHARING, minimised=True)
    assert bar.card.said.text() == tr("screen.minimised")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_nothing_is_cut(qtbot: QtBot, language: str) -> None:
    set_language(language)
    try:
        bar = ShareBar()
        qtbot.addWidget(bar)
        for meeting in (SHARING, replace(SHARING, screen_paused=True)):
            bar.show_meeting(meeting, minimised=False)
            bar.sit_at(SCREEN)
            bar.show()
            qtbot.waitUntil(lambda: not cut_texts(bar))
            assert not overlaps(bar)
            assert not nameless(bar)
    finally:
        set_language("en")

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.helpers.fake_meeting import crowd
from tests.helpers.fitting import cut_texts, nameless, overlaps
from visio_desktop.meeting.intents import ChooseScreen, PauseScreen, SetSourceOn
from visio_desktop.meeting.values import Screen, Source
from visio_desktop.system.texts import set_language, tr
from visio_desktop.ui import theme
from visio_desktop.ui.widgets.share_card import ShareCard, told

SHARING = replace(crowd(2), screen_on=True, screen_spec="screen:1", screen_sound=True)
PAUSED = replace(SHARING, screen_paused=True)
LETTER = replace(SHARING, screen_spec="window:0x1", screens=(Screen("window:0x1", 0, 300, 200, "Letter"),))


@pytest.fixture
def card(qtbot: QtBot) -> ShareCard:
    parent = QWidget()
    parent.resize(1000, 400)
    qtbot.addWidget(parent)
    with qtbot.waitExposed(parent):
        parent.show()
    made = ShareCard(parent)
    made.kept = parent  # type: ignore[attr-defined] # PySide would take it away
    return made


def said(card: ShareCard) -> list[object]:
    asked: list[object] = []
    card.intent.connect(asked.append)
    return asked


def test_it_is_there_while_one_shares_and_stops_it(card: ShareCard) -> None:
    asked = said(card)
    card.show_meeting(crowd(2))
    assert card.isHidden()
    card.show_meeting(SHARING)
    assert card.isVisible()
    card.stop.click()
    assert asked == [SetSourceOn(Source.SCREEN, on=False)]


def test_it_pauses_and_says_clearly_what_the_others_see(card: ShareCard) -> None:
    asked = said(card)
    card.show_meeting(SHARING)
    assert card.said.text() == tr("stage.you_share")
    card.pause.click()
    card.show_meeting(PAUSED)
    assert card.said.text() == card.accessibleName() == tr("screen.paused")
    assert card.pause.accessibleName() == tr("screen.resume_sharing")
    assert not card.kind.isVisible()
    card.pause.click()
    assert asked == [PauseScreen(paused=True), PauseScreen(paused=False)]


def test_it_says_which_window_and_whether_that_is_put_away(card: ShareCard) -> None:
    card.show_meeting(LETTER)
    assert card.said.text() == tr("screen.sharing_window", title="Letter")
    card.set_minimised(minimised=True)
    assert card.said.text() == tr("screen.minimised")
    card.set_minimised(minimised=False)
    assert card.said.text() == tr("screen.sharing_window", title="Letter")
    long = replace(LETTER, screens=(Screen("window:0x1", 0, 300, 200, "x" * 100),))
    assert len(told(long)) < 60


def test_text_or_motion_is_chosen_while_it_goes_on(card: ShareCard) -> None:
    asked = said(card)
    card.show_meeting(SHARING)
    assert card.kind.text() == tr("screen.text")
    menu = card.kind.menu()
    assert menu is not None
    text, motion, _, sound = menu.actions()
    assert (text.isChecked(), motion.isChecked()) == (True, False)
    text.trigger()
    assert asked == []
    motion.trigger()
    assert asked == [ChooseScreen("screen:1", sound=True, motion=True)]
    card.show_meeting(replace(SHARING, screen_motion=True))
    assert card.kind.text() == tr("screen.motion")
    assert not sound.isVisible(), "it cannot be had"


def test_sound_comes_and_goes_while_it_goes_on(card: ShareCard) -> None:
    asked = said(card)
    card.show_meeting(replace(SHARING, sound_shareable=True))
    menu = card.kind.menu()
    assert menu is not None
    sound = menu.actions()[-1]
    assert (sound.isVisible(), sound.isChecked()) == (True, True)
    sound.trigger()
    assert asked == [ChooseScreen("screen:1", sound=False, motion=False)]


def test_while_the_desktop_asks_it_says_so_and_can_be_given_up(card: ShareCard) -> None:
    asked = said(card)
    card.show_meeting(replace(SHARING, screen_asked=True))
    assert card.said.text() == tr("screen.asked")
    assert card.pause.isHidden()
    assert card.kind.isHidden()
    card.stop.click()
    assert asked == [SetSourceOn(Source.SCREEN, on=False)]
    card.show_meeting(SHARING)
    assert not card.pause.isHidden()


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("width_px", [592, 1000])
def test_nothing_is_cut_and_all_has_room(card: ShareCard, language: str, width_px: int) -> None:
    set_language(language)
    try:
        parent = card.parentWidget()
        assert parent is not None
        parent.resize(width_px, 400)
        parent.setStyleSheet(theme.style("room"))
        made = ShareCard(parent)
        for meeting in (SHARING, PAUSED, LETTER):
            made.show_meeting(meeting)
            assert made.stop.accessibleName() == tr("stage.stop_share")
            made.adjustSize()
            assert made.width() <= width_px
            assert not cut_texts(made)
            assert not overlaps(made)
            assert not nameless(made)
        assert made.kind.isVisible() == (width_px > 900)
    finally:
        set_language("en")

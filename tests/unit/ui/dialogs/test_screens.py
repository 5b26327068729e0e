from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import SCREENS, FakeEngine, ready
from tests.helpers.fitting import cut_texts, nameless, overlaps
from tests.helpers.windows import click, press
from visio_desktop.engine import PREVIEW
from visio_desktop.meeting.intents import ChooseScreen, SetSourceOn
from visio_desktop.meeting.rooms import Room
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import Screen, Source
from visio_desktop.system.texts import set_language
from visio_desktop.ui.dialogs.screens import ScreensDialog

ROOM = ready(page=Page.ROOM, screens=SCREENS)
LETTER = Screen("window:0x12", 0, 640, 480, "Letter", 10, 20)
BILL = Screen("window:0x13", 0, 640, 480, "Bill", 30, 40)
FAR = Screen("screen:3", 3, 800, 600, "", 9_000, 0)


def shown(qtbot: QtBot, engine: FakeEngine, meeting: Meeting) -> tuple[ScreensDialog, list[object]]:
    dialog = ScreensDialog(engine)
    qtbot.addWidget(dialog)
    asked: list[object] = []
    dialog.intent.connect(asked.append)
    dialog.show_meeting(meeting)
    with qtbot.waitExposed(dialog):
        dialog.show()
    return dialog, asked


def watched(engine: FakeEngine) -> set[str]:
    return {publication_id for publication_id, sinks in engine.sinks.items() if sinks}


def test_the_chosen_screen_is_shared(qtbot: QtBot) -> None:
    dialog, asked = shown(qtbot, FakeEngine(), ROOM)
    assert [card.isChecked() for card in dialog.cards] == [True, False]
    click(dialog.cards[1])
    assert asked == []
    click(dialog.share)
    assert asked == [ChooseScreen("screen:2"), SetSourceOn(Source.SCREEN, on=True)]
    assert not dialog.isVisible()


def test_sound_is_offered_where_it_can_be_shared_and_may_be(qtbot: QtBot) -> None:
    dialog, asked = shown(qtbot, FakeEngine(), ROOM)
    assert not dialog.sound.isVisible()
    dialog.show_meeting(replace(ROOM, sound_shareable=True))
    assert dialog.sound.isVisible()
    assert not dialog.sound.isChecked()
    dialog.sound.click()
    dialog.show_meeting(replace(ROOM, sound_shareable=True))
    assert dialog.sound.isChecked(), "a choice stays"
    click(dialog.share)
    assert asked[0] == ChooseScreen("screen:1", sound=True)
    silenced = replace(ROOM, sound_shareable=True, room=Room(may_send=frozenset({Source.SCREEN})))
    dialog, asked = shown(qtbot, FakeEngine(), replace(silenced, screen_sound=True))
    assert not dialog.sound.isVisible()
    click(dialog.share)
    assert asked[0] == ChooseScreen("screen:1")


def test_windows_stand_below_the_screens_by_their_titles(qtbot: QtBot) -> None:
    dialog, asked = shown(qtbot, FakeEngine(), replace(ROOM, screens=(*SCREENS, LETTER, BILL)))
    assert [card.accessibleName() for card in dialog.cards[2:]] == ["Window Letter", "Window Bill"]
    assert all(heading.isVisible() for heading in dialog._headings)
    assert dialog.cards[2].y() > dialog.cards[0].y()
    click(dialog.cards[3])
    assert not dialog.here.isVisible()
    click(dialog.share)
    assert asked[0] == ChooseScreen("window:0x13")
    dialog, _ = shown(qtbot, FakeEngine(), ROOM)
    assert not any(heading.isVisible() for heading in dialog._headings)


def test_text_or_motion_is_chosen_with_the_screen(qtbot: QtBot) -> None:
    dialog, asked = shown(qtbot, FakeEngine(), ROOM)
    assert dialog.text.isChecked()
    click(dialog.motion)
    dialog.show_meeting(replace(ROOM, screens=SCREENS[:1]))
    click(dialog.share)
    assert asked[0] == ChooseScreen("screen:1", motion=True)
    dialog, asked = shown(qtbot, FakeEngine(), replace(ROOM, screen_motion=True))
    assert dialog.motion.isChecked(), "as it was last"


def test_it_warns_where_the_others_would_see_the_meeting_itself(qtbot: QtBot) -> None:
    dialog, _ = shown(qtbot, FakeEngine(), replace(ROOM, screens=(*SCREENS[:1], FAR)))
    assert dialog.here.isVisible()
    click(dialog.cards[1])
    assert not dialog.here.isVisible()
    click(dialog.cards[0])
    assert dialog.here.isVisible()


def test_whoever_comes_back_to_it_finds_what_was_opened_in_the_meantime(qtbot: QtBot) -> None:
    dialog, _ = shown(qtbot, FakeEngine(), ROOM)
    asked: list[None] = []
    dialog.looked_for.connect(lambda: asked.append(None))
    first, second = QEvent(QEvent.Type.WindowActivate), QEvent(QEvent.Type.WindowActivate)
    dialog._asked = False
    QCoreApplication.sendEvent(dialog, first)
    assert asked == [], "it has just been asked"
    QCoreApplication.sendEvent(dialog, second)
    assert asked == [None]
    dialog.show_meeting(replace(ROOM, screens=(*SCREENS, LETTER)))
    assert len(dialog.cards) == 3


def test_everything_by_keyboard(qtbot: QtBot) -> None:
    dialog, asked = shown(qtbot, FakeEngine(), ROOM)
    qtbot.waitUntil(lambda: dialog.focusWidget() is dialog.cards[0])
    press(dialog.cards[0], Qt.Key.Key_Right)
    press(dialog.cards[1], Qt.Key.Key_Space)
    assert [card.isChecked() for card in dialog.cards] == [False, True]
    press(dialog.share, Qt.Key.Key_Return)
    assert asked[0] == ChooseScreen("screen:2")


def test_escape_shares_nothing(qtbot: QtBot) -> None:
    dialog, asked = shown(qtbot, FakeEngine(), ROOM)
    press(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert asked == []


def test_screens_are_looked_at_only_while_they_are_seen(qtbot: QtBot) -> None:
    engine = FakeEngine()
    dialog, _ = shown(qtbot, engine, ROOM)
    assert watched(engine) == {f"{PREVIEW}screen:1", f"{PREVIEW}screen:2"}
    dialog.close()
    assert watched(engine) == set()


def test_the_screen_shared_before_is_chosen_first(qtbot: QtBot) -> None:
    dialog, _ = shown(qtbot, FakeEngine(), ready(page=Page.ROOM, screens=SCREENS, screen_spec="screen:2"))
    assert [card.isChecked() for card in dialog.cards] == [False, True]


def test_a_choice_outlives_a_screen_that_is_plugged_in(qtbot: QtBot) -> None:
    engine = FakeEngine()
    dialog, _ = shown(qtbot, engine, ready(page=Page.ROOM, screens=SCREENS[1:]))
    dialog.show_meeting(ROOM)
    assert [card.isChecked() for card in dialog.cards] == [False, True]
    assert all(len(sinks) <= 1 for sinks in engine.sinks.values())


def test_without_a_screen_it_says_so(qtbot: QtBot) -> None:
    dialog, _ = shown(qtbot, FakeEngine(), ready(page=Page.ROOM, screens=()))
    assert dialog.problem.isVisible()
    assert not dialog.share.isEnabled()


def test_it_closes_where_there_is_nothing_to_choose_any_more(qtbot: QtBot) -> None:
    dialog, _ = shown(qtbot, FakeEngine(), ROOM)
    dialog.show_meeting(ready(page=Page.ROOM, screens=SCREENS, screen_on=True))
    assert not dialog.isVisible()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_nothing_is_cut(qtbot: QtBot, language: str) -> None:
    set_language(language)
    try:
        dialog, _ = shown(qtbot, FakeEngine(), replace(ROOM, screens=(*SCREENS, LETTER, BILL), sound_shareable=True))
        assert not cut_texts(dialog)
        assert not overlaps(dialog)
        assert not nameless(dialog)
    finally:
        set_language("en")

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QTextBrowser, QWidget
from pytestqt.qtbot import QtBot

from tests.helpers.fake_meeting import FakePictures, chat_lines, crowd, meeting_of, person
from tests.helpers.fitting import cut_texts, nameless, out_of_tab_order, overlaps, too_small
from tests.helpers.people_views import led, recorded, waiting
from tests.helpers.windows import click
from visio_desktop.meeting.cues import Cue
from visio_desktop.meeting.intents import (
    AskServer,
    HoldToTalk,
    Panel,
    PauseScreen,
    Pin,
    SetHand,
    SetSourceOn,
    ShowPanel,
)
from visio_desktop.meeting.requests import Admit, React
from visio_desktop.meeting.rooms import Caption, Emoji, Reaction, RecordingKind, RecordingState, Room
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Capability, Publication, Source, Toast
from visio_desktop.settings.schema import SCHEMA
from visio_desktop.system.texts import set_language
from visio_desktop.ui.choices import Choices
from visio_desktop.ui.pages.room import RoomPage
from visio_desktop.ui.widgets.lobby_card import LobbyCard
from visio_desktop.ui.widgets.recording_notice import RecordingNotice

SIZES = ((640, 480), (800, 600), (1280, 800), (3840, 2160))
FOUR = crowd(4)
SCREEN = Publication("screen", "p1", Source.SCREEN)
SHARING = replace(FOUR.participants[1], publications=(*FOUR.participants[1].publications, SCREEN))
ASKED = Toast(1, "recording_requested", (("name", "Amina Diallo"),))
EVERYTHING = Capability(0)
for each in Capability:
    EVERYTHING |= each
ABLE = replace(FOUR, capabilities=EVERYTHING)
SAID = (Caption("1", "p1", "Amina Diallo", "Shall we begin?", final=True),)
STATES = {
    "grid": FOUR,
    "nine": replace(crowd(9), unread=120),
    "forty": crowd(40),
    "share": replace(FOUR, participants=(FOUR.participants[0], SHARING, *FOUR.participants[2:])),
    "muted": replace(FOUR, microphone_on=False, camera_on=False, reconnecting=True),
    "subtitles": replace(ABLE, room=Room(captions_on=True, captions=SAID)),
    "sharing": replace(ABLE, screen_on=True),
    "alone": replace(ABLE, participants=(FOUR.participants[0],), room=Room(leave_at_ms=3_800_000.0)),
    "not_allowed": replace(ABLE, camera_on=False, room=Room(may_send=frozenset())),
    "chat": replace(FOUR, panel=Panel.CHAT, chat=chat_lines()),
    "people": replace(crowd(9), panel=Panel.PEOPLE),
    "info": replace(FOUR, panel=Panel.INFO),
    "one_waits": waiting(led(), 1),
    "several_wait": replace(waiting(led(), 4), toasts=(ASKED,)),
    "several_listed": replace(waiting(led(12), 4), panel=Panel.PEOPLE),
    "host": replace(recorded(led(), RecordingKind.SCREEN, RecordingState.STARTED), panel=Panel.HOST),
    "invitation": replace(led(), panel=Panel.INFO),
}


@pytest.fixture
def room(qtbot: QtBot) -> Iterator[RoomPage]:
    page = RoomPage(FakePictures(), lambda: None, now=lambda: 3_754_000.0)
    qtbot.addWidget(page)
    page.resize(1280, 800)
    with qtbot.waitExposed(page):
        page.show()
    yield page
    set_language("en")


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("state", STATES)
def test_everything_fits_can_be_reached_and_named(qtbot: QtBot, state: str, language: str) -> None:
    set_language(language)
    try:
        page = RoomPage(FakePictures(), lambda: None, now=lambda: 3_754_000.0)
        qtbot.addWidget(page)
        with qtbot.waitExposed(page):
            page.show()
        page.show_meeting(STATES[state])
        for size in SIZES:
            page.resize(*size)
            qtbot.wait(10)
            assert (page.width(), page.height()) == size
            assert not cut_texts(page), size
            # Badges lie on the corners of their buttons, the banner and the pager on the stage.
            crossing = [pair for pair in overlaps(page) if not any(part.isdigit() for part in pair.split(" / "))]
            assert not crossing, (size, crossing)
            assert not nameless(page)
            assert not too_small(page)
            assert not out_of_tab_order(page)
    finally:
        set_language("en")


@pytest.mark.parametrize("size", SIZES)
def test_the_stage_fills_what_bar_and_panel_leave(room: RoomPage, qtbot: QtBot, size: tuple[int, int]) -> None:
    room.resize(*size)
    room.show_meeting(FOUR)
    qtbot.wait(10)
    assert room.stage.height() == size[1] - 80 - 24
    assert room.bar.geometry().bottom() == size[1] - 1


@pytest.mark.parametrize(
    ("key", "modifier", "intent"),
    [
        (Qt.Key.Key_D, "Ctrl", SetSourceOn(Source.MICROPHONE, on=False)),
        (Qt.Key.Key_E, "Ctrl", SetSourceOn(Source.CAMERA, on=False)),
        (Qt.Key.Key_H, "Ctrl+Shift", SetHand(raised=True)),
        (Qt.Key.Key_M, "Ctrl+Shift", ShowPanel(Panel.CHAT)),
        (Qt.Key.Key_P, "Ctrl+Shift", ShowPanel(Panel.PEOPLE)),
    ],
)
def test_shortcuts(room: RoomPage, qtbot: QtBot, key: Qt.Key, modifier: str, intent: object) -> None:
    room.show_meeting(FOUR)
    held = Qt.KeyboardModifier.ControlModifier
    held |= Qt.KeyboardModifier.ShiftModifier if "Shift" in modifier else Qt.KeyboardModifier.NoModifier
    with qtbot.waitSignal(room.intent) as said:
        QTest.keyClick(room, key, held)
    assert said.args == [intent]


def test_a_share_is_asked_for_paused_and_stopped_by_keys(room: RoomPage, qtbot: QtBot) -> None:
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    room.show_meeting(replace(FOUR, capabilities=FOUR.capabilities | Capability.SCREEN_SHARE))
    with qtbot.waitSignal(room.share_asked), qtbot.assertNotEmitted(room.intent):
        QTest.keyClick(room, Qt.Key.Key_B, both)
        QTest.keyClick(room, Qt.Key.Key_X, both)
    room.show_meeting(replace(FOUR, screen_on=True))
    with qtbot.waitSignals([room.intent, room.intent]), qtbot.assertNotEmitted(room.share_asked):
        said: list[object] = []
        room.intent.connect(said.append)
        QTest.keyClick(room, Qt.Key.Key_B, both)
        QTest.keyClick(room, Qt.Key.Key_X, both)
    assert said == [PauseScreen(paused=True), SetSourceOn(Source.SCREEN, on=False)]
    room.show_meeting(replace(FOUR, capabilities=Capability.NONE))
    with qtbot.assertNotEmitted(room.share_asked):
        QTest.keyClick(room, Qt.Key.Key_X, both)


def test_v_held_opens_the_microphone_until_it_is_let_go(room: RoomPage, qtbot: QtBot) -> None:
    room.show_meeting(FOUR)
    with qtbot.waitSignal(room.intent) as said:
        QTest.keyPress(room, Qt.Key.Key_V)
    assert said.args == [HoldToTalk(held=True)]
    with qtbot.waitSignal(room.intent) as said:
        QTest.keyRelease(room, Qt.Key.Key_V)
    assert said.args == [HoldToTalk(held=False)]


def test_leaving_the_window_with_v_held_closes_the_microphone(room: RoomPage, qtbot: QtBot) -> None:
    room.show_meeting(replace(FOUR, held_to_talk=True))
    with qtbot.waitSignal(room.intent) as said:
        QApplication.sendEvent(room, QEvent(QEvent.Type.WindowDeactivate))
    assert said.args == [HoldToTalk(held=False)]


def test_a_v_in_the_chat_is_a_letter(room: RoomPage, qtbot: QtBot) -> None:
    room.show_meeting(STATES["chat"])
    field = room.findChild(QPlainTextEdit)
    assert field is not None
    with qtbot.assertNotEmitted(room.intent):
        QTest.keyClick(field, Qt.Key.Key_V)
    assert field.toPlainText() == "v"


def test_escape_closes_the_panel_also_from_the_field(room: RoomPage, qtbot: QtBot) -> None:
    room.show_meeting(STATES["chat"])
    field = room.findChild(QPlainTextEdit)
    assert field is not None
    with qtbot.waitSignal(room.intent) as said:
        QTest.keyClick(field, Qt.Key.Key_Escape)
    assert said.args == [ShowPanel(None)]


def test_a_panel_opens_beside_the_stage_and_in_its_place_where_there_is_no_room(room: RoomPage, qtbot: QtBot) -> None:
    room.show_meeting(FOUR)
    wide = room.stage.width()
    room.show_meeting(STATES["people"])
    qtbot.waitUntil(lambda: room.stage.width() == wide - 360 - 24)
    room.resize(640, 480)
    assert not room.stage.isVisible()
    room.show_meeting(replace(FOUR, panel=None))
    assert room.stage.isVisible()


def test_time_and_reconnecting_are_told(room: RoomPage) -> None:
    room.show_meeting(replace(FOUR, reconnecting=True))
    elapsed, banner = room.findChild(QLabel, "elapsed"), room.findChild(QLabel, "banner")
    assert elapsed is not None
    assert banner is not None
    assert elapsed.text() == "1:02:34"
    assert banner.isVisible()
    room.show_meeting(FOUR)
    assert not banner.isVisible()


def test_a_notice_covers_neither_panel_nor_bar(room: RoomPage, qtbot: QtBot) -> None:
    meeting: Meeting = replace(STATES["chat"], toasts=(Toast(1, "arrived", (("name", "Amina"),)),))
    room.show_meeting(meeting)
    qtbot.wait(10)
    room.resize(1281, 800)
    toast = room._toasts.geometry()
    assert toast.right() < room._panels[Panel.CHAT].mapTo(room, room.rect().topLeft()).x()
    assert toast.bottom() < room.bar.y()


def test_pinning_a_tile_is_an_intent(room: RoomPage, qtbot: QtBot) -> None:
    room.show_meeting(meeting_of(person(0), person(1)))
    with qtbot.waitSignal(room.intent) as said:
        QTest.keyClick(room.stage.tiles()["p1"], Qt.Key.Key_Return)
    assert said.args == [Pin("p1:camera")]


def test_a_snapshot_that_changes_nothing_paints_no_tile(room: RoomPage, qtbot: QtBot) -> None:
    room.show_meeting(FOUR)
    qtbot.wait(20)
    tile = room.stage.tiles()["p1"]
    overlay = tile._overlay
    room.show_meeting(replace(FOUR, unread=1))
    qtbot.wait(20)
    assert tile._overlay is overlay


def chain(room: RoomPage) -> list[QWidget]:
    """What Tab comes by, in its order, beginning at the stage."""
    found, widget = [], room.stage.nextInFocusChain()
    while widget is not None and widget is not room.stage:
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible() and widget.isEnabled():
            found.append(widget)
        widget = widget.nextInFocusChain()
    return found


def test_tab_comes_by_the_tiles_as_they_stand_and_then_by_the_bar(room: RoomPage) -> None:
    room.show_meeting(FOUR)
    sharing = replace(FOUR, participants=(FOUR.participants[0], SHARING, *FOUR.participants[2:]))
    room.show_meeting(sharing)
    reached = chain(room)
    tiles = room.stage.tiles()
    assert reached[:5] == [tiles["p1/screen"], *(tiles[f"p{number}"] for number in range(4))]
    assert reached[5].accessibleName() == "Turn off microphone"


def test_who_waits_is_let_in_from_the_card_over_the_stage(room: RoomPage, qtbot: QtBot) -> None:
    room.show_meeting(waiting(led(), 1))
    card = room.findChild(LobbyCard)
    assert isinstance(card, LobbyCard)
    assert card.isVisible()
    with qtbot.waitSignal(room.intent) as said:
        click(card.admit)
    assert said.args == [AskServer(Admit("k5", allowed=True))]
    room.show_meeting(led())
    assert not card.isVisible()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("panel", [None, *Panel])
def test_the_notice_of_a_recording_is_never_covered(
    room: RoomPage, qtbot: QtBot, size: tuple[int, int], panel: Panel | None
) -> None:
    meeting = recorded(waiting(led(), 3), RecordingKind.SCREEN, RecordingState.STARTED)
    room.show_meeting(replace(meeting, panel=panel, reconnecting=True, toasts=(ASKED,) * 3))
    room.resize(*size)
    qtbot.wait(10)
    notice = room.findChild(RecordingNotice)
    assert isinstance(notice, RecordingNotice)
    assert notice.isVisible()
    assert room.rect().contains(notice.geometry())
    assert room.childAt(notice.geometry().center()) in (notice, *notice.findChildren(QWidget))
    floating = [room._toasts, room._lobby, room._banner]
    assert not [one for one in floating if one.isVisible() and one.geometry().intersects(notice.geometry())]
    shown = room.stage if room.stage.isVisible() else room._side
    assert notice.geometry().bottom() < shown.mapTo(room, shown.rect().topLeft()).y()


@pytest.mark.parametrize("size", SIZES)
def test_the_card_leaves_the_notices_in_sight(room: RoomPage, qtbot: QtBot, size: tuple[int, int]) -> None:
    room.show_meeting(replace(waiting(led(), 4), toasts=(ASKED, replace(ASKED, id=2))))
    room.setFixedSize(*size)
    qtbot.wait(10)
    assert not room._lobby.geometry().intersects(room._toasts.geometry())
    room.show_meeting(replace(waiting(led(), 4), panel=Panel.CHAT, toasts=(ASKED,)))
    qtbot.wait(10)
    assert not room._lobby.geometry().intersects(room._toasts.geometry())
    field = room.findChild(QPlainTextEdit)
    assert field is not None
    assert room._toasts.geometry().bottom() < field.mapTo(room, field.rect().topLeft()).y() or size[0] > 720


@pytest.mark.parametrize("size", SIZES)
def test_the_card_leaves_what_stops_a_share_in_sight(room: RoomPage, qtbot: QtBot, size: tuple[int, int]) -> None:
    room.show_meeting(replace(waiting(led(), 4), screen_on=True))
    room.setFixedSize(*size)
    qtbot.wait(10)
    assert room.share_card.isVisible()
    assert not room._lobby.geometry().intersects(room.share_card.geometry())


def test_recording_is_asked_about_by_its_shortcut_where_there_is_any(room: RoomPage, qtbot: QtBot) -> None:
    held = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    room.show_meeting(FOUR)
    with qtbot.assertNotEmitted(room.recording_asked):
        QTest.keyClick(room, Qt.Key.Key_L, held)
    room.show_meeting(led())
    with qtbot.waitSignal(room.recording_asked):
        QTest.keyClick(room, Qt.Key.Key_L, held)


def test_whoever_has_to_ask_at_the_door_again_is_told(room: RoomPage) -> None:
    room.show_meeting(replace(FOUR, reconnecting=True, in_lobby=True))
    banner = room.findChild(QLabel, "banner")
    assert banner is not None
    assert "let in" in banner.text()


def test_reactions_are_opened_by_key_or_button_and_closed_by_escape(room: RoomPage, qtbot: QtBot) -> None:
    held = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    room.show_meeting(FOUR)
    QTest.keyClick(room, Qt.Key.Key_E, held)
    assert not room.reaction_bar.isVisible()
    room.show_meeting(ABLE)
    QTest.keyClick(room, Qt.Key.Key_E, held)
    assert room.reaction_bar.isVisible()
    assert room.bar._react.isChecked()
    assert room.rect().contains(room.reaction_bar.geometry())
    assert room.reaction_bar.geometry().bottom() < room.bar.y()
    with qtbot.waitSignal(room.intent) as said:
        QTest.keyClicks(room.reaction_bar.buttons[0], "4")
    assert said.args == [AskServer(React(Emoji.RED_HEART))]
    QTest.keyClick(room.reaction_bar.buttons[0], Qt.Key.Key_Escape)
    assert not room.reaction_bar.isVisible()
    assert not room.bar._react.isChecked()
    assert room.focusWidget() is room.bar._react
    room.show_meeting(replace(ABLE, panel=Panel.INFO))
    room.bar.reactions_asked.emit()
    with qtbot.assertNotEmitted(room.intent):
        QTest.keyClick(room, Qt.Key.Key_Escape)
    assert not room.reaction_bar.isVisible()
    room.bar.reactions_asked.emit()
    room.show_meeting(FOUR)
    assert not room.reaction_bar.isVisible()


def test_the_strip_of_reactions_fits_the_smallest_window(room: RoomPage, qtbot: QtBot) -> None:
    room.show_meeting(ABLE)
    room.resize(640, 480)
    room.bar.reactions_asked.emit()
    qtbot.wait(10)
    assert room.rect().contains(room.reaction_bar.geometry())


@pytest.mark.parametrize("size", SIZES)
def test_notices_make_way_for_the_strip_of_reactions_and_the_question(
    room: RoomPage, qtbot: QtBot, size: tuple[int, int]
) -> None:
    speaking = replace(ABLE.participants[0], speaking=True, hand_raised_at_ms=1.0)
    toasts = (Toast(1, "arrived", (("name", "Amina"),)), Toast(2, "arrived", (("name", "Bruno"),)))
    room.show_meeting(replace(ABLE, participants=(speaking, *ABLE.participants[1:]), toasts=toasts))
    room.bar.reactions_asked.emit()
    room.hint.timer.timeout.emit()
    room.setFixedSize(*size)
    qtbot.wait(10)
    cards = (room._toasts, room.hint, room.reaction_bar)
    assert all(card.isVisible() for card in cards)
    places = [card.geometry() for card in cards]
    assert not [one for n, one in enumerate(places) for other in places[n + 1 :] if one.intersects(other)]
    assert all(room.rect().contains(place) for place in places)


def test_a_reaction_rises_from_who_gave_it(room: RoomPage) -> None:
    room.show_meeting(ABLE)
    reaction = Reaction(1, "p1", "Amina Diallo", Emoji.PARTY_POPPER)
    room.show_meeting(replace(ABLE, room=Room(reactions=(reaction,))))
    (flying,) = room.reactions._flying
    assert room.stage.tiles()["p1"].geometry().contains(flying.foot)
    assert room.reactions.size() == room.stage.size()


def test_subtitles_take_their_place_once_and_where_they_are_wanted(qtbot: QtBot) -> None:
    place = ["below"]
    choices = Choices(get=lambda key: place[0] if key == "captions_place" else SCHEMA[key].default)
    page = RoomPage(FakePictures(), lambda: None, choices, now=lambda: 0.0)
    qtbot.addWidget(page)
    page.resize(1280, 800)
    with qtbot.waitExposed(page):
        page.show()
    page.show_meeting(replace(ABLE, room=Room(captions_on=True)))
    qtbot.wait(10)
    height = page.stage.height()
    page.show_meeting(STATES["subtitles"])
    qtbot.wait(10)
    assert page.stage.height() == height
    assert page.captions.y() > page.stage.y()
    place[0] = "above"
    page.show_meeting(STATES["subtitles"])
    qtbot.wait(10)
    assert page.captions.y() < page.stage.y()
    page.show_meeting(ABLE)
    assert not page.captions.isVisible()


def test_the_share_that_is_looked_at_is_zoomed_by_keys_from_anywhere_but_the_chat(room: RoomPage) -> None:
    room.show_meeting(STATES["share"])
    share = room.stage.large_share()
    assert share is not None
    QTest.keyClicks(room, "+")
    zoomed = share.zoom.factor
    assert zoomed > 1
    room.show_meeting(replace(STATES["share"], panel=Panel.CHAT))
    field = room.findChild(QPlainTextEdit)
    assert field is not None
    QTest.keyClicks(field, "+")
    assert field.toPlainText() == "+"
    assert share.zoom.factor == zoomed


@pytest.mark.parametrize(("wanted", "heard"), [(True, [Cue.JOINED]), (False, [])])
def test_who_comes_is_heard_where_sounds_are_wanted(qtbot: QtBot, wanted: bool, heard: list[Cue]) -> None:
    cues: list[Cue] = []
    choices = Choices(get=lambda key: wanted if key == "sounds" else SCHEMA[key].default)
    page = RoomPage(FakePictures(), lambda: None, choices, cues.append)
    qtbot.addWidget(page)
    page.show_meeting(FOUR)
    page.show_meeting(replace(FOUR, toasts=(Toast(FOUR.next_id, "arrived"),), next_id=FOUR.next_id + 1))
    page.show_meeting(replace(FOUR, toasts=(Toast(FOUR.next_id, "arrived"),), next_id=FOUR.next_id + 1, unread=1))
    assert cues == heard


def test_what_was_unread_is_marked_when_the_chat_opens(room: RoomPage) -> None:
    before = replace(FOUR, chat=chat_lines(), unread=1)
    room.show_meeting(before)
    room.show_meeting(replace(before, panel=Panel.CHAT, unread=0))
    browser = room.findChild(QTextBrowser)
    assert browser is not None
    assert "New" in browser.toPlainText()

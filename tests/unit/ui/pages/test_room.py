from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.helpers.fake_meeting import FakePictures, chat_lines, crowd, meeting_of, person
from tests.helpers.fitting import cut_texts, nameless, out_of_tab_order, overlaps, too_small
from visio_desktop.meeting.intents import HoldToTalk, Panel, Pin, SetHand, SetSourceOn, ShowPanel
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Publication, Source, Toast
from visio_desktop.system.texts import set_language
from visio_desktop.ui.pages.room import RoomPage

SIZES = ((640, 480), (800, 600), (1280, 800), (3840, 2160))
FOUR = crowd(4)
SCREEN = Publication("screen", "p1", Source.SCREEN)
SHARING = replace(FOUR.participants[1], publications=(*FOUR.participants[1].publications, SCREEN))
STATES = {
    "grid": FOUR,
    "nine": replace(crowd(9), unread=120),
    "forty": crowd(40),
    "share": replace(FOUR, participants=(FOUR.participants[0], SHARING, *FOUR.participants[2:])),
    "muted": replace(FOUR, microphone_on=False, camera_on=False, reconnecting=True),
    "chat": replace(FOUR, panel=Panel.CHAT, chat=chat_lines()),
    "people": replace(crowd(9), panel=Panel.PEOPLE),
    "info": replace(FOUR, panel=Panel.INFO),
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
    field = room.findChild(QLineEdit)
    assert field is not None
    with qtbot.assertNotEmitted(room.intent):
        QTest.keyClick(field, Qt.Key.Key_V)
    assert field.text() == "v"


def test_escape_closes_the_panel_also_from_the_field(room: RoomPage, qtbot: QtBot) -> None:
    room.show_meeting(STATES["chat"])
    field = room.findChild(QLineEdit)
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

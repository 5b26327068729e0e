from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.helpers.fake_meeting import FakePictures, crowd, meeting_of, person
from tests.helpers.fitting import cut_texts, nameless, out_of_tab_order, overlaps, too_small
from visio_desktop.engine import OWN_CAMERA
from visio_desktop.meeting.intents import Leave, SetSourceOn
from visio_desktop.meeting.rooms import Knock, Room
from visio_desktop.meeting.values import Publication, Source
from visio_desktop.system.texts import set_language
from visio_desktop.ui.widgets.video_surface import WakeUp
from visio_desktop.ui.windows.small import SmallWindow, chosen

SPEAKING = meeting_of(person(0, speaking=True), person(1), person(2, speaking=True), person(3, speaking=True))
SHARER = replace(person(1), publications=(*person(1).publications, Publication("screen", "p1", Source.SCREEN)))


class Small:
    def __init__(self, qtbot: QtBot) -> None:
        self.pictures = FakePictures()
        self.said: list[object] = []
        self.wake_up = WakeUp()
        self.window = SmallWindow(self.pictures, self.wake_up, self.said.append)
        qtbot.addWidget(self.window)
        self.window.show_meeting(crowd(3))
        with qtbot.waitExposed(self.window):
            self.window.show()


@pytest.fixture
def small(qtbot: QtBot) -> Small:
    return Small(qtbot)


def test_who_speaks_is_shown_and_stays_while_they_do() -> None:
    assert (found := chosen(SPEAKING, None)) is not None
    assert found.key == "p2"
    assert (kept := chosen(SPEAKING, "p3")) is not None
    assert kept.key == "p3"


def test_in_silence_who_was_shown_stays_and_alone_one_sees_oneself() -> None:
    silent = meeting_of(person(0), person(1), person(2))
    for before, key in (("p2", "p2"), (None, "p1"), ("gone", "p1")):
        assert (found := chosen(silent, before)) is not None
        assert found.key == key
    assert (alone := chosen(meeting_of(person(0)), None)) is not None
    assert alone.key == "p0"


def test_a_share_comes_first() -> None:
    sharing = meeting_of(person(0), SHARER, person(2, speaking=True))
    assert (found := chosen(sharing, "p2")) is not None
    assert found.publication_id == "screen"


def test_it_stays_on_top_and_takes_no_focus_when_it_comes(small: Small) -> None:
    assert small.window.windowFlags() & Qt.WindowType.WindowStaysOnTopHint
    assert small.window.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    assert not small.window.testAttribute(Qt.WidgetAttribute.WA_QuitOnClose)


def test_its_pictures_follow_who_is_shown_and_end_with_it(small: Small, qtbot: QtBot) -> None:
    assert set(small.pictures.sinks) == {"p1:camera"}
    small.window.show_meeting(meeting_of(person(0), SHARER))
    assert set(small.pictures.sinks) == {"screen"}
    small.window.show_meeting(meeting_of(person(0)))
    assert set(small.pictures.sinks) == {OWN_CAMERA}
    with qtbot.waitSignal(small.window.closed):
        QTest.keyClick(small.window, Qt.Key.Key_Escape)
    assert small.pictures.sinks == {}
    assert small.window.tile.mailbox._surface is None


def test_its_buttons_do_what_those_of_the_room_do(small: Small, qtbot: QtBot) -> None:
    small.window.buttons[Source.MICROPHONE].click()
    small.window.leave.click()
    QTest.keyClick(small.window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert small.said == [SetSourceOn(Source.MICROPHONE, on=False), Leave(), SetSourceOn(Source.CAMERA, on=False)]
    with qtbot.waitSignal(small.window.back_asked):
        small.window.back.click()
    with qtbot.waitSignal(small.window.back_asked):
        QTest.mouseDClick(small.window.tile, Qt.MouseButton.LeftButton)


def test_what_is_not_allowed_cannot_be_pressed(small: Small) -> None:
    meeting = replace(crowd(2), microphone_on=False, room=Room(may_send=frozenset({Source.CAMERA})))
    small.window.show_meeting(meeting)
    assert not small.window.buttons[Source.MICROPHONE].isEnabled()
    assert small.window.buttons[Source.CAMERA].isEnabled()


def fit(small: Small, qtbot: QtBot) -> None:
    """Nothing is cut, covered or out of reach in any size."""
    for size in ((240, 190), (320, 250), (800, 600)):
        small.window.resize(*size)
        qtbot.wait(10)
        for fault in (cut_texts, overlaps, nameless, too_small, out_of_tab_order):
            assert fault(small.window) == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_who_waits_is_told_and_everything_fits(qtbot: QtBot, language: str) -> None:
    set_language(language)
    try:
        small = Small(qtbot)
        assert small.window.news.isHidden()
        small.window.show_meeting(replace(crowd(2), room=Room(waiting=(Knock("1", "Zoé"), Knock("2", "Yan")))))
        assert "2" in small.window.news.text()
        fit(small, qtbot)
        small.window.show_meeting(replace(crowd(1), room=Room(leave_at_ms=1.0)))
        assert "2" not in small.window.news.text()
        assert not small.window.news.isHidden()
        fit(small, qtbot)
    finally:
        set_language("en")


def test_it_sits_in_the_corner_of_the_screen_it_is_given(small: Small) -> None:
    area = QRect(1920, 100, 1280, 1024)
    small.window.sit_in(area)
    assert area.contains(small.window.geometry())
    assert small.window.geometry().center().x() > area.center().x()
    assert small.window.geometry().center().y() > area.center().y()

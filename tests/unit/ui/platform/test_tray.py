from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QSystemTrayIcon
from pytestqt.qtbot import QtBot

from visio_desktop.meeting.intents import Leave, PauseScreen, SetSourceOn
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import MeetingLink, Source
from visio_desktop.system.texts import tr
from visio_desktop.ui.platform.tray import Tray

ROOM = Meeting(page=Page.ROOM, link=MeetingLink("livekit", "livekit+wss://host?room=weekly", "host", "weekly"))


def test_it_is_seen_in_a_meeting_or_always(qtbot: QtBot) -> None:
    tray = Tray()
    for meeting, always, seen in ((Meeting(), False, False), (ROOM, False, True), (Meeting(), True, True)):
        tray.show_meeting(meeting, always=always)
        assert tray.icon.isVisible() == seen
    assert not tray.leave.isVisible(), "nothing to leave"


def test_it_says_whether_one_is_heard_and_changes_that(qtbot: QtBot) -> None:
    tray = Tray()
    asked: list[object] = []
    tray.intent.connect(asked.append)
    tray.show_meeting(ROOM, always=False)
    muted = tray.icon.icon().cacheKey()
    assert tray.microphone.text() == tr("desktop.unmute")
    assert tray.icon.toolTip() == f"weekly - Visio Desktop\n{tr('desktop.muted')}"
    tray.microphone.trigger()
    tray.show_meeting(replace(ROOM, microphone_on=True, camera_on=True), always=False)
    assert tray.icon.icon().cacheKey() != muted
    assert tray.icon.toolTip().endswith(tr("desktop.heard"))
    for action in (tray.microphone, tray.camera, tray.leave):
        action.trigger()
    on, off = SetSourceOn(Source.MICROPHONE, on=True), SetSourceOn(Source.MICROPHONE, on=False)
    assert asked == [on, off, SetSourceOn(Source.CAMERA, on=False), Leave()]


def test_a_share_is_stopped_and_paused_from_anywhere(qtbot: QtBot) -> None:
    tray = Tray()
    asked: list[object] = []
    tray.intent.connect(asked.append)
    tray.show_meeting(ROOM, always=False)
    assert not tray.stop_share.isVisible()
    assert not tray.pause_share.isVisible()
    tray.show_meeting(replace(ROOM, screen_on=True), always=False)
    assert tray.stop_share.isVisible()
    tray.pause_share.trigger()
    tray.show_meeting(replace(ROOM, screen_on=True, screen_paused=True), always=False)
    assert tray.pause_share.text() == tr("screen.resume_sharing")
    tray.pause_share.trigger()
    tray.stop_share.trigger()
    assert asked == [PauseScreen(paused=True), PauseScreen(paused=False), SetSourceOn(Source.SCREEN, on=False)]


def test_a_click_shows_the_window_and_quit_asks_to_end(qtbot: QtBot) -> None:
    tray = Tray()
    with qtbot.waitSignal(tray.show_asked):
        tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    with qtbot.waitSignal(tray.show_asked):
        tray.show_window.trigger()
    with qtbot.waitSignal(tray.show_asked):
        tray.icon.messageClicked.emit()
    tray.tell("Ada wants to come in", "")
    with qtbot.waitSignal(tray.quit_asked):
        tray.quit.trigger()
    assert tray.is_there == (tray.icon.isVisible() and QSystemTrayIcon.isSystemTrayAvailable())

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import FakeEngine, ready
from tests.helpers.fake_meeting import crowd
from visio_desktop.meeting.events import LinkRecognised
from visio_desktop.meeting.intents import SetSourceOn
from visio_desktop.meeting.state import Page
from visio_desktop.meeting.update import update
from visio_desktop.meeting.values import Capability, DeviceKind, MeetingLink, Source
from visio_desktop.ui.pages.prejoin import PrejoinPage, promise
from visio_desktop.ui.widgets.badge import Badge
from visio_desktop.ui.widgets.control_bar import ControlBar
from visio_desktop.ui.widgets.one_way_line import OneWayLine, said

SENT = MeetingLink("whip", "whip+https://tv.example.org/studio/whip", "tv.example.org", "studio/whip", receives=False)
SEEN = MeetingLink("whep", "whep+https://tv.example.org/studio/whep", "tv.example.org", "studio/whep", sends=False)
BOTH = MeetingLink("lasuite", "https://meet.example.org/abc", "meet.example.org", "abc")


@pytest.mark.parametrize(("link", "begin"), [(SENT, "You are sending to"), (SEEN, "You are watching"), (BOTH, "")])
def test_it_says_what_goes_which_way(qtbot: QtBot, link: MeetingLink, begin: str) -> None:
    line = OneWayLine()
    qtbot.addWidget(line)
    line.show_meeting(replace(crowd(1), link=link))
    assert line.text() == said(link)
    assert line.text().startswith(begin)
    assert line.isHidden() is not bool(begin)
    assert ("tv.example.org" in line.text()) is link.is_one_way


def test_where_one_only_watches_nothing_can_be_sent(qtbot: QtBot) -> None:
    shown, _ = update(ready(camera_on=True, microphone_on=True), LinkRecognised(SEEN))
    assert (shown.page, shown.camera_on, shown.microphone_on) == (Page.PREJOIN, False, False)
    for source in (Source.CAMERA, Source.MICROPHONE, Source.SCREEN):
        assert update(shown, SetSourceOn(source, on=True)) == (shown, ())
    assert "Nobody will see or hear you" in promise(shown)
    engine = FakeEngine()
    page = PrejoinPage(engine, engine.microphone_level_db)
    qtbot.addWidget(page)
    page.show_meeting(shown)
    assert [kind for kind, picker in page.pickers.items() if not picker.isHidden()] == [DeviceKind.SPEAKER]


def test_no_roster_no_chat_no_hand(qtbot: QtBot) -> None:
    bar = ControlBar()
    qtbot.addWidget(bar)
    bar.resize(1280, 80)
    for link, capabilities, most in (
        (SENT, Capability.PUBLISH | Capability.SCREEN_SHARE, 8),
        (SEEN, Capability.SUBSCRIBE, 4),
    ):
        bar.show_meeting(replace(crowd(1), link=link, capabilities=capabilities))
        names = {b.accessibleName() for b in bar.findChildren(QToolButton) if not b.isHidden()}
        assert not any(word in name for name in names for word in ("participant", "chat", "hand", "person"))
        assert any("camera" in name for name in names) is link.sends
        assert len(names) <= most
        assert all(badge.isHidden() for badge in bar.findChildren(Badge))

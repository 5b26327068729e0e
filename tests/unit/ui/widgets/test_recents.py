from __future__ import annotations

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import RECENTS
from visio_desktop.meeting.intents import ForgetRecent, OpenLink
from visio_desktop.meeting.values import MeetingLink
from visio_desktop.ui.widgets.recents import Recents, title


def test_a_meeting_is_opened_or_forgotten(qtbot: QtBot) -> None:
    recents = Recents()
    qtbot.addWidget(recents)
    assert recents.isHidden()
    recents.show_links(RECENTS)
    asked: list[object] = []
    recents.intent.connect(asked.append)
    opener, forget = recents.findChildren(QPushButton)[:2]
    assert "abc-defg-hij" in opener.accessibleName()
    opener.click()
    forget.click()
    assert asked == [OpenLink(RECENTS[0].text), ForgetRecent(RECENTS[0].text)]
    recents.show_links(())
    assert recents.isHidden()


@pytest.mark.parametrize(
    ("host", "room", "shown"), [("h", "r", "r  ·  h"), ("h", "", "h"), ("", "r", "r"), ("", "", "text")]
)
def test_a_meeting_is_called_by_what_is_known(host: str, room: str, shown: str) -> None:
    assert title(MeetingLink("kind", "text", host, room)) == shown

from __future__ import annotations

from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import RECENTS, FakeEngine, ready
from tests.helpers.windows import shown_window
from visio_desktop.meeting.intents import Panel
from visio_desktop.meeting.state import Page
from visio_desktop.system.texts import set_language
from visio_desktop.ui.pages.home import HomePage
from visio_desktop.ui.pages.room import RoomPage


def test_what_is_being_written_outlives_another_language(qtbot: QtBot) -> None:
    meeting = ready(page=Page.ROOM, link=RECENTS[0], panel=Panel.CHAT)
    try:
        with shown_window(qtbot, FakeEngine(meeting)) as window:
            window.show_meeting(meeting)
            room = window.page
            assert isinstance(room, RoomPage)
            room.open_again(frozenset(), "half a sentence")
            window._choose_language("fr")
            assert window.page is not room
            assert isinstance(window.page, RoomPage)
            assert window.page.draft == "half a sentence"
    finally:
        set_language("en")


def test_a_link_can_be_pasted_as_soon_as_the_window_is_there(qtbot: QtBot) -> None:
    with shown_window(qtbot, FakeEngine(ready())) as window:
        home = window.page
        assert isinstance(home, HomePage)
        qtbot.waitUntil(home.field.hasFocus)

"""The room's page on a real meeting: a share in several windows at once, reactions, subtitles."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from tests.helpers.engines import running_engine
from tests.helpers.windows import live_window
from visio_desktop.meeting.intents import AskServer, Join, OpenLink, ShowCaptions
from visio_desktop.meeting.requests import React
from visio_desktop.meeting.rooms import Emoji
from visio_desktop.meeting.state import Page
from visio_desktop.ui.pages.room import RoomPage
from visio_desktop.ui.widgets.video_tile import VideoTile
from visio_desktop.ui.windows.small import SmallWindow

LONG_MS = 20_000


def painted(tile: VideoTile) -> int:
    return tile.mailbox.meter.frames_painted


def test_a_share_in_three_windows_with_reactions_and_subtitles(qtbot: QtBot) -> None:
    with running_engine(on=False) as (engine, watcher):
        window = live_window(qtbot, engine)
        engine.post(OpenLink("practice:"))
        watcher.wait_for(lambda m: m.page is Page.PREJOIN)
        engine.post(Join())
        qtbot.waitUntil(lambda: isinstance(window.page, RoomPage), timeout=LONG_MS)
        page = window.page
        assert isinstance(page, RoomPage)
        qtbot.waitUntil(lambda: page.stage.large_share() is not None, timeout=LONG_MS)
        share = page.stage.large_share()
        assert share is not None
        qtbot.waitUntil(lambda: painted(share) > 1, timeout=LONG_MS)

        share.window_asked.emit()
        (own,) = page.beside.extra.windows().values()
        page.bar.small_asked.emit()
        small = page.beside.small
        assert isinstance(small, SmallWindow)
        before = painted(share)
        qtbot.waitUntil(
            lambda: painted(own.tile) > 1 and painted(small.tile) > 1 and painted(share) > before, timeout=LONG_MS
        )
        own.resize(1280, 720)
        qtbot.waitUntil(lambda: (latest := own.tile.mailbox.latest()) is not None and latest.width_px == 1280)

        engine.post(AskServer(React(Emoji.RED_HEART)))
        engine.post(ShowCaptions(on=True))
        qtbot.waitUntil(lambda: Emoji.RED_HEART in {one.emoji for one in page.reactions.in_the_air()}, timeout=LONG_MS)
        said = watcher.wait_for(lambda m: bool(m.room.captions)).room.captions[0]
        qtbot.waitUntil(lambda: said.name in page.captions.text() and said.text[:9] in page.captions.text())

        window.close()
        watcher.wait_for(lambda m: m.page is Page.ENDED)
        qtbot.waitUntil(lambda: not page.beside.extra.keys and page.beside.small is None)

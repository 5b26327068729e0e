"""Our window and La Suite Meet's web client in one room: what the other does is seen, what a person does arrives."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTextBrowser
from pytestqt.qtbot import QtBot

from tests.helpers.engines import running_engine
from tests.helpers.lasuite import ContractServer
from tests.helpers.lasuite.ours import adapter
from tests.helpers.lasuite.web_client import WebClient
from tests.helpers.windows import live_window
from visio_desktop.meeting.intents import Join, Leave, OpenLink, ShowPanel
from visio_desktop.meeting.rooms import Emoji
from visio_desktop.meeting.state import Page
from visio_desktop.ui.pages.room import RoomPage
from visio_desktop.ui.widgets.chat_field import ChatField
from visio_desktop.ui.widgets.video_tile import VideoTile

ROOM = "pub-lica-aaa"
TIMEOUT_S = 25.0
CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


async def until(fits: Callable[[], object], what: str) -> None:
    """Let the window live until something is so."""
    end = time.monotonic() + TIMEOUT_S
    while not fits():
        assert time.monotonic() < end, what
        QApplication.processEvents()
        await asyncio.sleep(0.01)


def painted(tile: VideoTile | None) -> int:
    return 0 if tile is None else tile.mailbox.meter.frames_painted


@pytest.mark.timeout(100)
async def test_reactions_chat_hands_subtitles_and_shares_in_both_directions(qtbot: QtBot) -> None:
    with ContractServer() as server:
        async with WebClient(server) as web:
            await web.log_in("owner")
            await web.enter(ROOM, "Odile")
            await web.camera(width=640, height=360, fps=15)
            with running_engine(asking=[adapter()], name="Ada") as (engine, watcher):
                window = live_window(qtbot, engine)
                engine.post(OpenLink(server.link(ROOM)))
                await until(lambda: watcher.meeting.page is Page.PREJOIN, "pre-join")
                engine.post(Join())
                await until(lambda: isinstance(window.page, RoomPage), "the room")
                page = window.page
                assert isinstance(page, RoomPage)
                await until(lambda: painted(page.stage.tiles().get("owner-sub")) > 2, "Odile's picture")

                await reactions(page, web)
                await chat(page, web)
                await the_rest(page, web, server)
                engine.post(Leave())
                await until(lambda: not isinstance(window.page, RoomPage), "the end")
            await web.wait(lambda s: not s.named("Ada"), "Ada gone")


async def reactions(page: RoomPage, web: WebClient) -> None:
    await web.do("react", "party-popper")
    await until(page.reactions.in_the_air, "Odile's reaction")
    (flying,) = page.reactions._flying
    assert (flying.reaction.name, flying.reaction.emoji) == ("Odile", Emoji.PARTY_POPPER)
    assert page.stage.tiles()["owner-sub"].geometry().contains(flying.foot)
    QTest.keyClick(page, Qt.Key.Key_E, CTRL_SHIFT)
    QTest.keyClicks(page.reaction_bar.buttons[0], "4")
    await web.wait(lambda s: [t for t in s.told if t.get("data") == {"emoji": "red-heart"}], "our reaction")
    QTest.keyClick(page.reaction_bar.buttons[0], Qt.Key.Key_Escape)


async def chat(page: RoomPage, web: WebClient) -> None:
    QTest.keyClick(page, Qt.Key.Key_M, CTRL_SHIFT)
    await until(lambda: page.findChild(ChatField), "the chat")
    field, lines = page.findChild(ChatField), page.findChild(QTextBrowser)
    assert isinstance(field, ChatField)
    assert lines is not None
    QTest.keyClicks(field, "teh")
    QTest.keyClick(field, Qt.Key.Key_Return)
    await web.wait(lambda s: [c["text"] for c in s.chat] == ["teh"], "our line")
    await until(lambda: lines.toPlainText().endswith("teh"), "told that it arrived")
    QTest.keyClick(field, Qt.Key.Key_Up)
    QTest.keyClicks(field, "the")
    QTest.keyClick(field, Qt.Key.Key_Return)
    told = await web.wait(lambda s: [c["text"] for c in s.chat] == ["teh", "the"], "our edit")
    assert len({c["id"] for c in told.chat}) == 1
    await until(lambda: "the (edited)" in lines.toPlainText(), "our own edit")
    for text in ("frist", "first"):
        await web.do("edit", "w2", text)
    await until(lambda: "first (edited)" in lines.toPlainText(), "Odile's edit")
    assert "frist" not in lines.toPlainText()
    page.intent.emit(ShowPanel(None))


async def the_rest(page: RoomPage, web: WebClient, server: ContractServer) -> None:
    await web.do("hand", True)
    await until(lambda: page.stage.tiles()["owner-sub"].look.hand == 1, "Odile's hand")
    page.bar._captions.click()
    await until(page.captions.isVisible, "the strip of subtitles")
    server.say(ROOM, "owner-sub", "Bonjour", line="s1")
    await until(lambda: "Odile" in page.captions.text() and "Bonjour" in page.captions.text(), "a subtitle")
    await web.do("screen", {"width": 1280, "height": 720, "fps": 10})
    await until(lambda: painted(page.stage.large_share()) > 2, "Odile's share, large")
    await web.do("sources", ["microphone", "screen_share", "screen_share_audio"])
    await until(lambda: not page.bar._camera.isEnabled(), "the camera not allowed")
    assert "not allowed" in page.bar._camera.toolTip()
    assert page.bar._microphone.isEnabled()

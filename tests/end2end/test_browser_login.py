"""Logging in in one's own web browser, at our window: the page opens there, one is known here, until one logs out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.helpers.engines import running_engine
from tests.helpers.talk import MODERATOR, TalkServer
from tests.helpers.talk.logins import agree
from tests.helpers.windows import live_window
from visio_desktop.meeting.intents import GoHome, Leave, OpenLink
from visio_desktop.meeting.state import Page
from visio_desktop.servers.talk import flow
from visio_desktop.servers.talk.adapter import TalkAdapter
from visio_desktop.system.secrets import MemorySecrets
from visio_desktop.ui.pages.prejoin import PrejoinPage
from visio_desktop.ui.window import MainWindow

TIMEOUT_S = 30.0


async def until(fits: Callable[[], object], what: str) -> None:
    """Let the window live until something is so."""
    end = time.monotonic() + TIMEOUT_S
    while not fits():
        assert time.monotonic() < end, what
        QApplication.processEvents()
        await asyncio.sleep(0.01)


def prejoin(window: MainWindow) -> PrejoinPage:
    assert isinstance(window.page, PrejoinPage)
    return window.page


async def test_who_logs_in_in_the_browser_joins_by_their_account_until_they_log_out(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(QUrl(url).toString()))
    monkeypatch.setattr(flow, "POLL_S", 0.05)
    store = MemorySecrets()
    with TalkServer() as server:
        adapter = TalkAdapter(host_addresses=(server.address,), secrets_at=lambda: store)
        with running_engine(asking=[adapter], name="Ada", on=False) as (engine, watcher):
            window = live_window(qtbot, engine)
            engine.post(OpenLink(server.link))
            await until(lambda: isinstance(window.page, PrejoinPage), "pre-join")
            page = prejoin(window)
            assert not page.login.isHidden()
            page.browser_login.first.click()
            await until(lambda: opened, "the page in the browser")
            await agree(opened[0])
            await until(lambda: MODERATOR.name in page.browser_login.said.text(), "known")
            assert page.login.isHidden()
            assert len(opened) == 1

            page.join.click()
            await until(lambda: watcher.meeting.page is Page.ROOM, "in the meeting")
            assert watcher.meeting.me is not None
            assert watcher.meeting.me.name == MODERATOR.name
            engine.post(Leave())
            await until(lambda: watcher.meeting.page is Page.ENDED, "left")
            engine.post(GoHome())
            engine.post(OpenLink(server.link))
            await until(lambda: isinstance(window.page, PrejoinPage), "pre-join again")
            again = prejoin(window).browser_login
            await until(lambda: MODERATOR.name in again.said.text(), "known again")
            assert len(server.nextcloud.logins.app_passwords) == 1
            again.first.click()
            await until(lambda: not again.said.text(), "logged out")
            assert server.nextcloud.logins.app_passwords == {}
            assert all(secret not in repr(watcher.meeting) for secret in opened)

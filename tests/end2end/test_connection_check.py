"""The connection test before a meeting, against real servers: a way that works, one unseen, one that is gone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from tests.helpers.engines import running_engine
from tests.helpers.lasuite import ContractServer
from tests.helpers.lasuite.ours import adapter
from tests.helpers.livekit_server import KEY, SECRET
from tests.helpers.windows import live_window
from visio_desktop.meeting.intents import CheckConnection, Join, Leave, OpenLink
from visio_desktop.meeting.state import Page
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.port import Credentials
from visio_desktop.ui.dialogs.check import CheckDialog
from visio_desktop.ui.pages.prejoin import PrejoinPage
from visio_desktop.ui.window import MainWindow

ROOM = "pub-lica-aaa"
TIMEOUT_MS = 30_000


class Bench:
    def __init__(self, qtbot: QtBot, window: MainWindow) -> None:
        self._qtbot = qtbot
        self._window = window

    def until(self, fits: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(fits, timeout=TIMEOUT_MS)

    def opened(self, host_and_room: str) -> PrejoinPage:
        """The page before this meeting."""
        self.until(lambda: isinstance(self._window.page, PrejoinPage))
        page = self._window.page
        assert isinstance(page, PrejoinPage)
        self.until(lambda: page.where.text() == host_and_room)
        return page

    def tested(self, page: PrejoinPage, *, inside: bool = False) -> str:
        """What a test of the connection says in the end."""
        button = page.check.inside if inside else page.check.begin
        assert button.isVisible()
        before = self.number
        button.click()
        self.until(lambda: self.number != before and page.check.begin.text() == "Test again")
        return page.check.said.text()

    @property
    def number(self) -> int:
        """Of the test that is shown, 0 without one."""
        check = self._window._meeting.check
        return 0 if check is None else check.number


@pytest.mark.timeout(120)
def test_the_way_is_tried_for_real_unseen_unless_wished_and_joining_ends_it(qtbot: QtBot) -> None:
    with ContractServer() as server:
        given = Credentials(api_key=KEY, api_secret=SECRET)
        livekit = [LiveKitAdapter()]
        with running_engine(asking=[adapter()], adapters=livekit, credentials=given, on=False) as (engine, _):
            window = live_window(qtbot, engine)
            bench = Bench(qtbot, window)
            engine.post(OpenLink(server.link(ROOM)))
            page = bench.opened(f"{ROOM}  ·  127.0.0.1")
            assert "directly, the best way (UDP)" in bench.tested(page)
            server.options.diagnostics = False
            assert "inside the meeting only" in bench.tested(page)
            assert server.people(ROOM) == []
            assert page.check.inside.isVisible()

            engine.post(OpenLink(server.livekit.link("tea")))
            page = bench.opened("tea  ·  127.0.0.1")
            assert not page.check.said.isVisible(), "another meeting"
            assert "inside the meeting only" in bench.tested(page)
            assert "directly, the best way (UDP)" in bench.tested(page, inside=True)

            engine.post(CheckConnection(inside=True))
            engine.post(Join())
            bench.until(lambda: window._meeting.page is Page.ROOM)
            assert window._meeting.check is None
            engine.post(Leave())
            bench.until(lambda: window._meeting.page is Page.ENDED)

            server.livekit.stop()
            engine.post(OpenLink(server.link(ROOM)))
            page = bench.opened(f"{ROOM}  ·  127.0.0.1")
            server.options.diagnostics = True
            assert bench.tested(page).startswith("The connection does not work.")
            page.check.details.click()
            dialog = window.dialog
            assert isinstance(dialog, CheckDialog)
            lines = [dialog.hops.item(row).text().splitlines() for row in range(dialog.hops.count())]
            (failed,) = [line for line in lines if re.search(r"does not work(?: \(\d+ ms\))?$", line[0])]
            assert failed[0].startswith("The media server is reached")
            assert len(failed) == 3, "what is wrong, and what to do"

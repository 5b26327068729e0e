"""A share under Wayland: the desktop's own dialog, and a screen that comes through a real PipeWire."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.engines import running_engine
from tests.helpers.message_bus import message_bus
from tests.helpers.screencast import SCREEN_PX, FakeScreenCast, PipeWire, pipewire
from tests.helpers.sinks import CountingSink
from tests.helpers.watching import Watcher
from visio_desktop.diagnostics.report import Marks, Report
from visio_desktop.engine import OWN_SCREEN
from visio_desktop.engine.engine import Engine
from visio_desktop.meeting.frames import PictureTarget
from visio_desktop.meeting.intents import ChooseScreen, Intent, Join, OpenLink
from visio_desktop.meeting.sharing import by_desktop
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import CHOSEN_BY_DESKTOP, Problem, ProblemCode

PATIENCE_S = 60.0
BRIGHT, NEAR = 191, 20
ONCE_EACH = 2


class Desktop:
    """The portal, on a loop of its own: the engine waits for it on another one."""

    def __init__(self, server: PipeWire) -> None:
        self._server = server
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._over = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._run(),))
        self.address = ""
        self.portal: FakeScreenCast | None = None

    def __enter__(self) -> FakeScreenCast:
        self._thread.start()
        assert self._ready.wait(PATIENCE_S)
        assert self.portal is not None
        return self.portal

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(PATIENCE_S)
        self._loop.close()

    def stop(self) -> None:
        """The person stops the share in the desktop's bar."""
        assert self.portal is not None
        self._loop.call_soon_threadsafe(self.portal.stop)

    async def _run(self) -> None:
        async with message_bus() as address, FakeScreenCast(address, self._server.connect) as portal:
            portal.node = self._server.screen
            self.address, self.portal = address, portal
            self._ready.set()
            await self._over.wait()


@contextmanager
def in_a_meeting() -> Iterator[tuple[Engine, Watcher]]:
    with running_engine(camera="none", on=False) as (engine, watcher):
        engine.post(OpenLink("practice:"))
        watcher.wait_for(lambda m: m.page is Page.PREJOIN)
        engine.post(Join())
        watcher.wait_for(lambda m: m.page is Page.ROOM, PATIENCE_S)
        yield engine, watcher


def wish(engine: Engine, *intents: Intent) -> None:
    for intent in intents:
        engine.post(intent)


def ended_with(meeting: Meeting, code: ProblemCode) -> bool:
    return not meeting.screen_on and any(toast.problem == Problem(code) for toast in meeting.toasts)


def sent(engine: Engine) -> list[str]:
    report = Report(Marks())
    engine.fill(report)
    return [each.source for each in report.publications]


def wait_until(come: Callable[[], bool], sink: CountingSink) -> None:
    """Look with every picture that comes: they go on coming."""
    while not come():
        assert sink.wait_for(sink.pictures + 1, PATIENCE_S)


def sees_the_bars(sink: CountingSink) -> bool:
    """Grey, yellow and so on, as the screen shows them."""
    if sink.latest is None:
        return False
    picture = sink.latest
    pixels = np.frombuffer(picture.pixels, np.uint8).reshape(picture.height_px, -1, 4)[10, : picture.width_px, :3]
    grey, yellow = pixels[len(pixels) // 14].astype(int), pixels[len(pixels) * 3 // 14].astype(int)
    is_grey = np.ptp(grey) < NEAR and abs(grey.mean() - BRIGHT) < NEAR
    return bool(is_grey and yellow[0] < 2 * NEAR and abs(yellow[1] - BRIGHT) < 2 * NEAR)


def test_what_the_desktop_lets_us_see_is_shared_until_it_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pipewire(tmp_path) as server:
        desktop = Desktop(server)
        with desktop as portal, in_a_meeting() as (engine, watcher):
            monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", desktop.address)
            sink = CountingSink(PictureTarget(*SCREEN_PX))
            engine.attach(OWN_SCREEN, sink)
            portal.code = 1
            wish(engine, *by_desktop(Meeting()))
            watcher.wait_for(lambda m: ended_with(m, ProblemCode.SCREEN_DECLINED), PATIENCE_S)
            assert sink.pictures == 0
            portal.code = 0
            wish(engine, *by_desktop(Meeting()))
            server.link()
            assert sink.wait_for(5, PATIENCE_S)
            assert sees_the_bars(sink)
            wait_until(lambda: "screen" in sent(engine), sink)
            # Another kind begins anew; nobody is asked again.
            wish(engine, ChooseScreen(CHOSEN_BY_DESKTOP, motion=True))
            wait_until(lambda: portal.remotes == ONCE_EACH, sink)
            assert (portal.started, len(portal.sessions)) == (2, 1)
            desktop.stop()
            watcher.wait_for(lambda m: ended_with(m, ProblemCode.SCREEN_STOPPED), PATIENCE_S)

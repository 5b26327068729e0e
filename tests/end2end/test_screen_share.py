"""One's own screen, and a window, reach somebody else: the frame clocks on the display are read over there."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from tests.helpers.engines import running_engine
from tests.helpers.livekit_server import LiveKitServer
from tests.helpers.native_peer import NativePeer, NativeState
from tests.helpers.needs import need_program
from tests.helpers.watching import Watcher
from tests.helpers.xvfb import Xvfb
from visio_desktop.engine import PREVIEW
from visio_desktop.engine.engine import Engine
from visio_desktop.media import frame_clock
from visio_desktop.media.frame_clock import age_ms
from visio_desktop.meeting.areas import Area
from visio_desktop.meeting.frames import Picture, PictureTarget
from visio_desktop.meeting.intents import ChooseScreen, Join, OpenLink, PauseScreen, SetSourceOn
from visio_desktop.meeting.state import Page
from visio_desktop.meeting.values import Problem, ProblemCode, Source
from visio_desktop.rtc.frames import OutboundStatistics
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.port import Credentials
from visio_desktop.system.clock import monotonic_ms

SCREEN_PX = (1280, 800)
PREVIEW_PX = (480, 300)
WAIT_S = 20.0
HALF_OF_ALL_CODES = 0x8000


class ClockSink:
    """Reads the frame clock in every picture it gets."""

    def __init__(self) -> None:
        self.codes: list[int] = []

    def put(self, picture: Picture) -> None:
        pixels = np.frombuffer(picture.pixels, np.uint8).reshape(picture.height_px, picture.width_px, 4)
        code = frame_clock.read(pixels[:, :, 1])
        if code is not None:
            self.codes.append(code)

    def target(self) -> PictureTarget:
        return PictureTarget(*PREVIEW_PX, cover=False)


@contextmanager
def clock_on_a_display(monkeypatch: pytest.MonkeyPatch) -> Iterator[Xvfb]:
    """A display that shows the time all over."""
    with Xvfb(*SCREEN_PX) as display:
        monkeypatch.setenv("DISPLAY", display.name)
        with a_clock():
            yield display


@contextmanager
def a_clock(title: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """The time all over, or in a window of this title."""
    env = {**os.environ, "QT_QPA_PLATFORM": "xcb"}
    command = [sys.executable, "-m", "tests.helpers.screen_clock", *title.split()]
    with subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as shown:
        assert shown.stdout is not None
        assert shown.stdout.readline() == b"shown\n"
        try:
            yield shown
        finally:
            shown.kill()


async def test_a_screen_is_seen_before_it_is_shared_and_then_by_others(monkeypatch: pytest.MonkeyPatch) -> None:
    need_program("Xvfb")
    with LiveKitServer("1.13.5") as server, clock_on_a_display(monkeypatch):
        credentials = Credentials(api_key=server.key, api_secret=server.secret)
        with running_engine(adapters=[LiveKitAdapter()], credentials=credentials, on=False) as (engine, watcher):
            engine.post(OpenLink(server.link("share")))
            await asyncio.to_thread(watcher.wait_for, lambda m: m.page is Page.PREJOIN)
            engine.post(Join())
            room = await asyncio.to_thread(watcher.wait_for, lambda m: m.page is Page.ROOM)
            me = room.me
            assert me is not None
            our_id = me.id
            engine.list_screens()
            listed = await asyncio.to_thread(watcher.wait_for, lambda m: m.screens is not None)
            assert listed.screens is not None
            (screen,) = [each for each in listed.screens if not each.title]
            assert (screen.width_px, screen.height_px) == SCREEN_PX
            sink = ClockSink()
            engine.attach(PREVIEW + screen.spec, sink)
            await until_read(sink)
            engine.detach(PREVIEW + screen.spec, sink)
            async with NativePeer() as native:
                await native.join(server.url, server.token("share", "bob", name="Bob"))
                engine.post(ChooseScreen(screen.spec))
                engine.post(SetSourceOn(Source.SCREEN, on=True))
                seen = await native.until(lambda s: s.sees(our_id, "screen_share", codes=8), timeout_s=WAIT_S)
                share = seen.publication(our_id, "screen_share")
                assert 0 <= share["age_ms"] < 3_000
                assert engine.shared_area() == Area(0, 0, *SCREEN_PX)
                await held_and_let_go(engine, watcher, native, server)
                engine.post(SetSourceOn(Source.SCREEN, on=False))
                await native.until(lambda s: not s.publication(our_id, "screen_share"), timeout_s=WAIT_S)
                await a_window_is_shared_until_it_is_closed(engine, watcher, native, our_id)


async def held_and_let_go(engine: Engine, watcher: Watcher, native: NativePeer, server: LiveKitServer) -> None:
    """The others keep the last picture from before, and nothing that happens meanwhile ever comes.

    It stands still: once it is sharp nothing is sent any more, but whoever comes then gets it at once.
    """
    me = watcher.meeting.me
    assert me is not None
    our_id = me.id
    engine.post(PauseScreen(paused=True))
    await asyncio.to_thread(watcher.wait_for, lambda m: m.screen_paused)
    held_ms = monotonic_ms()
    sharp = await until_sharp(engine)
    async with NativePeer() as late:
        await late.join(server.url, server.token("share", "carol", name="Carol"))
        seen = await late.until(lambda s: s.sees(our_id, "screen_share", codes=1), timeout_s=WAIT_S)
        held = seen.publication(our_id, "screen_share")["code"]
    assert age_ms(held, held_ms) < HALF_OF_ALL_CODES, "from before"
    assert engine._sending.streams()[Source.SCREEN].statistics().key_frames > sharp.key_frames
    await native.until(lambda s: s.publication(our_id, "screen_share")["code"] == held, timeout_s=WAIT_S)
    engine.post(PauseScreen(paused=False))
    await native.until(lambda s: s.publication(our_id, "screen_share")["code"] != held, timeout_s=WAIT_S)


async def until_sharp(engine: Engine) -> OutboundStatistics:
    """Wait until what stands still is not sent again, and say what was sent by then."""
    publisher = engine._sending.publishers()[Source.SCREEN]
    async with asyncio.timeout(2 * WAIT_S):
        while publisher._still is None or publisher._patience_s is not None:
            await asyncio.sleep(0.05)
    return engine._sending.streams()[Source.SCREEN].statistics()


async def a_window_is_shared_until_it_is_closed(
    engine: Engine, watcher: Watcher, native: NativePeer, our_id: str
) -> None:
    with a_clock("Clock") as clock:
        engine.list_screens()
        listed = await asyncio.to_thread(watcher.wait_for, lambda m: any(s.title == "Clock" for s in m.screens or ()))
        (window,) = [screen for screen in listed.screens or () if screen.title == "Clock"]
        engine.post(ChooseScreen(window.spec, motion=True))
        engine.post(SetSourceOn(Source.SCREEN, on=True))
        # The window alone, filled up to even sizes; before there is a picture the SDK gives a small black one.
        seen = await native.until(lambda s: size_of(s, our_id) == (902, 452), timeout_s=WAIT_S)
        began = seen.publication(our_id, "screen_share")["codes"]
        await native.until(lambda s: s.sees(our_id, "screen_share", codes=began + 3), timeout_s=WAIT_S)
        clock.kill()
        over = await asyncio.to_thread(watcher.wait_for, lambda m: not m.screen_on)
        assert over.toasts[-1].problem == Problem(ProblemCode.WINDOW_CLOSED)
        await native.until(lambda s: not s.publication(our_id, "screen_share"), timeout_s=WAIT_S)


def size_of(state: NativeState, our_id: str) -> tuple[int, int]:
    share = state.publication(our_id, "screen_share")
    return share.get("width", 0), share.get("height", 0)


async def until_read(sink: ClockSink) -> None:
    """Wait for pictures that show the time going on."""
    async with asyncio.timeout(WAIT_S):
        while len(set(sink.codes)) < 2:
            await asyncio.sleep(0.05)

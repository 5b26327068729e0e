"""One's own screen, chosen by its picture, reaches somebody else: the frame clock on the display is read over there."""

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
from tests.helpers.native_peer import NativePeer
from tests.helpers.needs import need_program
from tests.helpers.xvfb import Xvfb
from visio_desktop.engine import PREVIEW
from visio_desktop.media import frame_clock
from visio_desktop.meeting.frames import Picture, PictureTarget
from visio_desktop.meeting.intents import ChooseScreen, Join, OpenLink, SetSourceOn
from visio_desktop.meeting.state import Page
from visio_desktop.meeting.values import Source
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.port import Credentials

SCREEN_PX = (1280, 800)
PREVIEW_PX = (480, 300)
WAIT_S = 20.0


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
def clock_on_a_display() -> Iterator[Xvfb]:
    """A display that shows the time all over."""
    with Xvfb(*SCREEN_PX) as display:
        env = {**os.environ, **display.environment}
        command = [sys.executable, "-m", "tests.helpers.screen_clock"]
        with subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as shown:
            assert shown.stdout is not None
            assert shown.stdout.readline() == b"shown\n"
            try:
                yield display
            finally:
                shown.terminate()


async def test_a_screen_is_seen_before_it_is_shared_and_then_by_others(monkeypatch: pytest.MonkeyPatch) -> None:
    need_program("Xvfb")
    with LiveKitServer("1.13.5") as server, clock_on_a_display() as display:
        monkeypatch.setenv("DISPLAY", display.name)
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
            (screen,) = listed.screens
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
                engine.post(SetSourceOn(Source.SCREEN, on=False))
                await native.until(lambda s: not s.publication(our_id, "screen_share"), timeout_s=WAIT_S)


async def until_read(sink: ClockSink) -> None:
    """Wait for pictures that show the time going on."""
    async with asyncio.timeout(WAIT_S):
        while len(set(sink.codes)) < 2:
            await asyncio.sleep(0.05)

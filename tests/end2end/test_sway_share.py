"""A share through a real portal: others see sway's desktop, asked about once, upright, until it is gone."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.helpers.engines import running_engine
from tests.helpers.livekit_server import LiveKitServer
from tests.helpers.native_peer import NativePeer, NativeState
from tests.helpers.sway import OUTPUT, SIZE_PX, Sway, sway
from tests.helpers.watching import Watcher
from visio_desktop.engine.engine import Engine
from visio_desktop.meeting.intents import ChooseScreen, Join, OpenLink, SetSourceOn
from visio_desktop.meeting.sharing import by_desktop
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import CHOSEN_BY_DESKTOP, ProblemCode, Source
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.port import Credentials

PATIENCE_S = 15.0


@contextmanager
def a_clock(desktop: Sway) -> Iterator[None]:
    """The time, all over the desktop."""
    command = [sys.executable, "-m", "tests.helpers.screen_clock"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=desktop.environment, stdin=pipe, stdout=pipe) as shown:
        assert shown.stdout is not None
        assert shown.stdout.readline() == b"shown\n"
        try:
            yield
        finally:
            shown.kill()


class Viewer:
    """Somebody else in the meeting, who looks at our share."""

    def __init__(self, native: NativePeer, our_id: str) -> None:
        self._native, self._our_id = native, our_id

    async def sees(self, size_px: tuple[int, int]) -> None:
        """The time goes on, in a picture of this size."""

        def begun(state: NativeState) -> bool:
            share = state.publication(self._our_id, "screen_share")
            return (share.get("width"), share.get("height")) == size_px

        seen = await self._native.until(begun, timeout_s=PATIENCE_S)
        codes = seen.publication(self._our_id, "screen_share")["codes"]
        await self._native.until(lambda s: s.sees(self._our_id, "screen_share", codes=codes + 4), timeout_s=PATIENCE_S)

    async def sees_nothing(self) -> None:
        """The share is gone."""
        await self._native.until(lambda s: not s.publication(self._our_id, "screen_share"), timeout_s=PATIENCE_S)


async def comes(watcher: Watcher, code: ProblemCode) -> None:
    """The share has ended, and why is said."""

    def ended(meeting: Meeting) -> bool:
        told = [toast.problem.code for toast in meeting.toasts if toast.problem is not None]
        return not meeting.screen_on and code in told

    await asyncio.to_thread(watcher.wait_for, ended, PATIENCE_S)


def share(engine: Engine) -> None:
    for wanted in by_desktop(Meeting()):
        engine.post(wanted)


async def test_a_real_desktop_is_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    with LiveKitServer("1.13.5") as server:
        credentials = Credentials(api_key=server.key, api_secret=server.secret)
        async with sway() as desktop, NativePeer() as native:
            monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", desktop.environment["DBUS_SESSION_BUS_ADDRESS"])
            await native.join(server.url, server.token("share", "bob", name="Bob"))
            with (
                a_clock(desktop),
                running_engine(adapters=[LiveKitAdapter()], credentials=credentials, camera="none", on=False) as (
                    engine,
                    watcher,
                ),
            ):
                engine.post(OpenLink(server.link("share")))
                await asyncio.to_thread(watcher.wait_for, lambda m: m.page is Page.PREJOIN, PATIENCE_S)
                engine.post(Join())
                room = await asyncio.to_thread(watcher.wait_for, lambda m: m.page is Page.ROOM, PATIENCE_S)
                assert room.me is not None
                await shared(desktop, engine, watcher, Viewer(native, room.me.id))


async def shared(desktop: Sway, engine: Engine, watcher: Watcher, viewer: Viewer) -> None:
    desktop.choose("")
    share(engine)
    await comes(watcher, ProblemCode.SCREEN_DECLINED)
    desktop.choose(OUTPUT)
    share(engine)
    await viewer.sees(SIZE_PX)
    asked = 2
    assert desktop.asked == asked
    # What is the same share goes on unasked, as another kind, too; and what is turned is seen upright.
    engine.post(ChooseScreen(CHOSEN_BY_DESKTOP, motion=True))
    desktop.tell("output", OUTPUT, "transform", "90")
    await viewer.sees(SIZE_PX[::-1])
    assert desktop.asked == asked
    # Another share is another question.
    engine.post(SetSourceOn(Source.SCREEN, on=False))
    await viewer.sees_nothing()
    share(engine)
    await viewer.sees(SIZE_PX[::-1])
    assert desktop.asked == asked + 1
    desktop.crash()
    await comes(watcher, ProblemCode.SCREEN_STOPPED)
    await viewer.sees_nothing()

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import pytest

from tests.helpers.keyboard import Keyboard
from tests.helpers.message_bus import FakeDesktop, message_bus
from tests.helpers.needs import need_program
from tests.helpers.xvfb import Xvfb
from visio_desktop.system.dbus import BusMissing, SessionBus
from visio_desktop.system.keys import parse_keys
from visio_desktop.system.shortcuts import Grabbed, Shortcuts, Way, Wish


def wish(keys: str) -> Wish:
    found = parse_keys(keys)
    assert found is not None
    return Wish("Mute or unmute", found)


async def no_bus() -> SessionBus:
    raise BusMissing


def shortcuts(
    heard: list[tuple[str, bool]],
    environment: dict[str, str],
    connect: Callable[[], Awaitable[SessionBus]] = no_bus,
) -> Shortcuts:
    return Shortcuts(lambda name, down: heard.append((name, down)), environment, lambda: "1", connect)


async def test_the_portal_is_asked_first() -> None:
    heard: list[tuple[str, bool]] = []
    async with message_bus() as address, FakeDesktop(address) as desktop:
        mine = shortcuts(heard, {"DISPLAY": ":65000"}, partial(SessionBus.connect, address))
        assert await mine.use({"mute": wish("Ctrl+Alt+M")}) == Grabbed(Way.PORTAL)
        desktop.key("mute", down=True)
        desktop.key("mute", down=True)
        await desktop.until(lambda: heard)
        assert await mine.use({}) == Grabbed(Way.NONE)
        assert heard == [("mute", True), ("mute", False)], "held keys are let go, once"
        await desktop.until(lambda: desktop.sessions == 0)
        await mine.close()


async def test_a_key_held_when_the_bus_goes_is_let_go() -> None:
    heard: list[tuple[str, bool]] = []
    let_go = asyncio.Event()

    def take(name: str, down: bool) -> None:
        heard.append((name, down))
        if not down:
            let_go.set()

    async with message_bus() as address, FakeDesktop(address) as desktop:
        mine = Shortcuts(take, {}, lambda: "1", partial(SessionBus.connect, address))
        assert await mine.use({"talk": wish("Ctrl+Alt+Space")}) == Grabbed(Way.PORTAL)
        desktop.key("talk", down=True)
        await desktop.until(lambda: heard)
    async with asyncio.timeout(10):
        await let_go.wait()
    assert heard == [("talk", True), ("talk", False)]
    await mine.close()


async def test_without_a_portal_x11_grabs(monkeypatch: pytest.MonkeyPatch) -> None:
    need_program("Xvfb")
    heard: list[tuple[str, bool]] = []
    with Xvfb() as display, Keyboard(display.name) as keyboard:
        monkeypatch.setenv("DISPLAY", display.name)
        async with message_bus() as address, FakeDesktop(address, portal=False) as desktop:
            mine = shortcuts(heard, {"DISPLAY": display.name}, partial(SessionBus.connect, address))
            assert await mine.use({"mute": wish("Ctrl+Alt+M")}) == Grabbed(Way.X11)
            keyboard.press("Ctrl+Alt+M")
            await desktop.until(lambda: len(heard) == 2)
            other = shortcuts([], {"DISPLAY": display.name})
            assert await other.use({"mute": wish("Ctrl+Alt+M")}) == Grabbed(Way.TAKEN, "Ctrl+Alt+M")
            assert await mine.use({"mute": wish("F9")}) == Grabbed(Way.X11)
            assert await other.use({"mute": wish("Ctrl+Alt+M")}) == Grabbed(Way.X11), "given back"
            await mine.close()
            await other.close()


@pytest.mark.parametrize(
    "environment",
    [{}, {"DISPLAY": ":65000", "WAYLAND_DISPLAY": "wayland-0"}, {"DISPLAY": ":65000", "XDG_SESSION_TYPE": "wayland"}],
)
async def test_where_nothing_can_it_is_said(environment: dict[str, str]) -> None:
    mine = shortcuts([], environment)
    assert await mine.use({"mute": wish("Ctrl+Alt+M")}) == Grabbed(Way.MISSING)
    await mine.close()

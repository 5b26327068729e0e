"""The portal's ScreenCast, over a real message bus."""

from __future__ import annotations

import os

import pytest

from tests.helpers.message_bus import message_bus
from tests.helpers.rtc_pair import until
from tests.helpers.screencast import FakeScreenCast
from visio_desktop.system.dbus import CallRefused, Declined, SessionBus
from visio_desktop.system.screencast import Cast, ScreenCast


async def test_what_is_chosen_is_handed_over_and_given_back() -> None:
    async with message_bus() as address, FakeScreenCast(address) as portal:
        bus = await SessionBus.connect(address, files=True)
        cast = ScreenCast(bus, "visio_1", lambda: None)
        assert await cast.ask() == Cast(42, "the choice")
        assert portal.asked == [{"types": 3, "multiple": False, "cursor_mode": 2, "persist_mode": 1}]
        remote = await cast.remote()
        assert os.read(remote, 1) == b""
        os.close(remote)
        await cast.close()
        await until(lambda: not portal.sessions)


async def test_a_token_stands_for_the_choice_where_the_portal_knows_tokens() -> None:
    async with message_bus() as address, FakeScreenCast(address) as portal:
        for version in (4, 3, 1):
            portal.version = version
            bus = await SessionBus.connect(address, files=True)
            cast = ScreenCast(bus, f"visio_{version}", lambda: None)
            await cast.ask("before")
            await cast.close()
        assert [options.get("restore_token") for options in portal.asked] == ["before", None, None]
        assert [options.get("cursor_mode") for options in portal.asked] == [2, 2, None]


async def test_who_does_not_choose_shares_nothing() -> None:
    async with message_bus() as address, FakeScreenCast(address) as portal:
        for code, expected in ((1, Declined), (2, CallRefused)):
            portal.code = code
            bus = await SessionBus.connect(address, files=True)
            with pytest.raises(expected):
                await ScreenCast(bus, f"visio_{code}", lambda: None).ask()
            bus.close()


async def test_the_desktop_may_end_it() -> None:
    ended: list[bool] = []
    async with message_bus() as address, FakeScreenCast(address) as portal:
        cast = ScreenCast(await SessionBus.connect(address, files=True), "visio_1", lambda: ended.append(True))
        await cast.ask()
        portal.stop()
        await until(lambda: bool(ended))
        with pytest.raises(CallRefused):
            await cast.remote()
        await cast.close()

"""What portals have in common; the rest is in the tests of each."""

from __future__ import annotations

import asyncio

import pytest

from tests.helpers.message_bus import message_bus
from tests.helpers.rtc_pair import until
from tests.helpers.screencast import FakeScreenCast
from visio_desktop.system.dbus import CallRefused, Declined, SessionBus
from visio_desktop.system.portal_requests import Requests
from visio_desktop.system.screencast import SCREENCAST


async def test_a_question_nobody_has_answered_can_be_taken_back() -> None:
    async with message_bus() as address, FakeScreenCast(address) as portal:
        portal.waits = True
        bus = await SessionBus.connect(address, files=True)
        requests = Requests(bus, SCREENCAST, "visio_1")
        await requests.withdraw()
        assert portal.withdrawn == 0, "nothing was asked"
        asking = asyncio.get_running_loop().create_task(requests.ask("Start", "os", {}, "/session", ""))
        await until(lambda: portal.started == 1)
        await requests.withdraw()
        with pytest.raises(Declined):
            await asking
        assert portal.withdrawn == 1
        bus.close()


async def test_without_a_portal_it_is_refused() -> None:
    async with message_bus() as address:
        bus = await SessionBus.connect(address)
        requests = Requests(bus, SCREENCAST, "visio_1")
        with pytest.raises(CallRefused):
            await requests.number("version")
        await requests.introduce()
        with pytest.raises(CallRefused):
            await requests.ask("CreateSession", "", {})
        bus.close()

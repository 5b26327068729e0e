from __future__ import annotations

import pytest

from tests.helpers.message_bus import FakeDesktop, message_bus
from visio_desktop.system.dbus import KeysRefused, SessionBus
from visio_desktop.system.portals import PortalKeys

WANTED = {"mute": ("Mute or unmute", "CTRL+ALT+m")}


async def test_shortcuts_are_bound_and_heard_until_they_are_given_back() -> None:
    heard: list[tuple[str, bool]] = []
    async with message_bus() as address, FakeDesktop(address) as desktop:
        bus = await SessionBus.connect(address)
        keys = PortalKeys(bus, "visio_1")
        await keys.bind(WANTED, lambda name, down: heard.append((name, down)))
        assert desktop.registered == ["visio-desktop"]
        assert desktop.bound == {"mute": {"description": "Mute or unmute", "preferred_trigger": "CTRL+ALT+m"}}
        desktop.key("mute", down=True)
        desktop.key("mute", down=False)
        await desktop.until(lambda: len(heard) == 2)
        assert heard == [("mute", True), ("mute", False)]
        await keys.close()
        assert desktop.sessions == 0
        bus.close()


async def test_a_desktop_that_cannot_or_a_person_who_does_not_want_to() -> None:
    async with message_bus() as address, FakeDesktop(address, portal=False) as desktop:
        bus = await SessionBus.connect(address)
        with pytest.raises(KeysRefused):
            await PortalKeys(bus, "visio_1").bind(WANTED, lambda _name, _down: None)
        bus.close()
    async with message_bus() as address, FakeDesktop(address) as desktop:
        desktop.declines = True
        bus = await SessionBus.connect(address)
        with pytest.raises(KeysRefused, match="declined"):
            await PortalKeys(bus, "visio_1").bind(WANTED, lambda _name, _down: None)
        bus.close()

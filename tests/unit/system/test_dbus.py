from __future__ import annotations

import sys

import pytest

from tests.helpers.message_bus import FakeDesktop, message_bus
from visio_desktop.system.dbus import BusMissing, CallRefused, Service, SessionBus
from visio_desktop.system.notifications import SERVICE


async def test_calls_answers_and_signals() -> None:
    heard: list[tuple[str, list[object]]] = []
    async with message_bus() as address, FakeDesktop(address) as desktop:
        bus = await SessionBus.connect(address)
        assert bus.unique_name.startswith(":")
        assert await bus.call(SERVICE, "GetCapabilities") == [["actions", "body", "body-markup"]]
        await bus.listen(SERVICE, ("ActionInvoked",), lambda member, values: heard.append((member, values)))
        desktop.press(3, "show")
        desktop.dismiss(3)
        await desktop.until(lambda: heard)
        assert heard == [("ActionInvoked", [3, "show"])], "only what was asked for"
        with pytest.raises(CallRefused):
            await bus.call(SERVICE, "NoSuchThing")
        with pytest.raises(CallRefused):
            await bus.call(Service("org.nobody", "/", "org.nobody.One"), "Speak")
        bus.close()
        with pytest.raises(CallRefused):
            await bus.call(SERVICE, "GetCapabilities")


@pytest.mark.parametrize("address", ["unix:path=/nowhere/bus", "carrier-pigeon:", ""])
async def test_no_bus_is_said_so(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    with pytest.raises(BusMissing):
        await SessionBus.connect(address or None)


async def test_where_there_is_no_library_there_is_no_bus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dbus_fast.aio", None)
    with pytest.raises(BusMissing):
        await SessionBus.connect()


async def test_without_any_session(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "XDG_RUNTIME_DIR"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(BusMissing):
        await SessionBus.connect()

"""The devices of this machine as they come and go, from the first time anybody wants to know."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Final

from visio_desktop.meeting.events import DevicesListed, Event
from visio_desktop.meeting.values import Device

if TYPE_CHECKING:
    from visio_desktop.engine.mediakit import MediaKit

SETTLED_S: Final = 0.25
"""A headset comes as several devices, and the system's default follows: so long until all of it is looked at."""


class Plugging:
    """Runs on the engine's loop."""

    def __init__(
        self,
        kit: Callable[[], MediaKit],
        report: Callable[[Event], None],
        start: Callable[[str, Coroutine[object, object, None]], None],
    ) -> None:
        self._kit = kit
        self._report = report
        self._start = start
        self._changed = asyncio.Event()
        self._listed: tuple[Device, ...] | None = None
        self._looking = asyncio.Lock()
        self._watches = False

    async def look(self) -> None:
        """Tell of all devices, and of every change from now on."""
        await self._list(anyway=True)
        if not self._watches:
            self._watches = True
            self._start("watch devices", self._kit().watch_devices(self._changed.set))
            self._start("list devices", self._follow())

    async def _follow(self) -> None:
        while True:
            await self._changed.wait()
            await asyncio.sleep(SETTLED_S)
            self._changed.clear()
            await self._list(anyway=False)

    async def _list(self, *, anyway: bool) -> None:
        async with self._looking:
            devices = await asyncio.to_thread(self._kit().devices)
            if anyway or devices != self._listed:
                self._listed = devices
                self._report(DevicesListed(devices))

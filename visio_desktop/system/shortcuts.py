"""Shortcuts that work while another program is in front: through the desktop's portal, else X11's grabs.

Under Wayland only the portal can; where nothing can, `use` says so and nothing else happens.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum

from visio_desktop.system.dbus import BusMissing, KeysRefused, SessionBus
from visio_desktop.system.keys import Keys
from visio_desktop.system.log import get_logger
from visio_desktop.system.portals import PortalKeys
from visio_desktop.system.tasks import Tasks
from visio_desktop.system.wayland import is_wayland
from visio_desktop.system.x11_keys import X11Keys

_log = get_logger(__name__)


class Way(Enum):
    """How the shortcuts come to us."""

    NONE = "none"
    PORTAL = "portal"
    X11 = "x11"
    TAKEN = "taken"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Wish:
    """A shortcut: what it does, as the desktop may show it, and the keys wished for."""

    told: str
    keys: Keys


@dataclass(frozen=True, slots=True)
class Grabbed:
    """What came of it; `keys` are those another program has."""

    way: Way
    keys: str = ""


class Shortcuts:
    """Runs on one loop. `on_key` hears a shortcut's name and whether it went down; at the end all are let go."""

    def __init__(
        self,
        on_key: Callable[[str, bool], None],
        environment: Mapping[str, str],
        new_token: Callable[[], str],
        connect: Callable[[], Awaitable[SessionBus]] = SessionBus.connect,
    ) -> None:
        self._tell = on_key
        self._environment = environment
        self._new_token = new_token
        self._connect = connect
        self._bus: SessionBus | None = None
        self._portal: PortalKeys | None = None
        self._x11: X11Keys | None = None
        self._held: set[str] = set()
        self._turn = asyncio.Lock()
        self._tasks = Tasks("shortcuts")

    async def use(self, wanted: Mapping[str, Wish]) -> Grabbed:
        """Use these from now on, and none of those before."""
        async with self._turn:
            await self._give_back()
            if not wanted:
                return Grabbed(Way.NONE)
            if sys.platform == "linux" and await self._by_portal(wanted):
                return Grabbed(Way.PORTAL)
            if sys.platform != "linux" or not self._may_grab():
                return Grabbed(Way.MISSING)
            return await self._by_x11(wanted)

    async def close(self) -> None:
        """Give everything back."""
        async with self._turn:
            await self._give_back()

    def _may_grab(self) -> bool:
        """A grab under Wayland would see only keys typed into other programs of X11's."""
        return bool(self._environment.get("DISPLAY")) and not is_wayland(self._environment)

    async def _by_portal(self, wanted: Mapping[str, Wish]) -> bool:
        try:
            bus = await self._connect()
        except BusMissing as error:
            _log.info("portal_unreachable", error=str(error))
            return False
        portal = PortalKeys(bus, f"visio_{self._new_token()}")
        try:
            await portal.bind({name: (wish.told, wish.keys.trigger) for name, wish in wanted.items()}, self._on_key)
        except KeysRefused as error:
            _log.info("portal_without_shortcuts", error=str(error))
            await portal.close()
            bus.close()
            return False
        self._bus, self._portal = bus, portal
        self._tasks.start(self._watch(bus), name="bus")
        return True

    async def _watch(self, bus: SessionBus) -> None:
        """Of a bus that is gone no release comes any more."""
        await bus.wait_for_end()
        if bus is self._bus:
            self._let_go()

    async def _by_x11(self, wanted: Mapping[str, Wish]) -> Grabbed:
        keys = {name: wish.keys for name, wish in wanted.items()}
        try:
            x11 = await asyncio.to_thread(X11Keys, keys, self._on_key)
        except KeysRefused as error:
            _log.info("keys_not_grabbed", error=str(error))
            taken = str(error) if str(error) in {each.text for each in keys.values()} else ""
            return Grabbed(Way.TAKEN, taken) if taken else Grabbed(Way.MISSING)
        self._x11 = x11
        asyncio.get_running_loop().add_reader(x11.fileno(), self._read, x11)
        self._read(x11)
        return Grabbed(Way.X11)

    def _read(self, x11: X11Keys) -> None:
        if not x11.read():
            asyncio.get_running_loop().remove_reader(x11.fileno())
            self._let_go()

    def _on_key(self, name: str, down: bool) -> None:
        if down == (name in self._held):
            return
        (self._held.add if down else self._held.discard)(name)
        self._tell(name, down)

    def _let_go(self) -> None:
        for name in tuple(self._held):
            self._on_key(name, down=False)

    async def _give_back(self) -> None:
        if self._x11 is not None:
            asyncio.get_running_loop().remove_reader(self._x11.fileno())
            self._x11.close()
            self._x11 = None
        if self._portal is not None:
            await self._portal.close()
            self._portal = None
        await self._tasks.close()
        if self._bus is not None:
            self._bus.close()
            self._bus = None
        self._let_go()

"""System-wide shortcuts through the desktop's portal (org.freedesktop.portal.GlobalShortcuts, version 1).

The desktop asks the person, may give other keys than we wish for, and tells of presses and releases.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from visio_desktop.system.dbus import CallRefused, KeysRefused, Service, SessionBus, variant
from visio_desktop.system.log import get_logger
from visio_desktop.system.portal_requests import NAME, PATH, SESSION, Requests

SHORTCUTS: Final = Service(NAME, PATH, "org.freedesktop.portal.GlobalShortcuts")
_log = get_logger(__name__)

type OnKey = Callable[[str, bool], None]
"""Takes a shortcut's name, and whether it was pressed or let go."""


class PortalKeys:
    """Shortcuts of one session of the portal, until `close`."""

    def __init__(self, bus: SessionBus, token: str) -> None:
        self._bus = bus
        self._token = token
        self._session = ""
        self._requests = Requests(bus, SHORTCUTS, token)

    async def bind(self, wanted: Mapping[str, tuple[str, str]], on_key: OnKey) -> None:
        """Ask for shortcuts: by name a description and the keys wished for, as `CTRL+ALT+m`. Raises `KeysRefused`."""
        try:
            await self._requests.number("version")
            await self._requests.introduce()
            made = await self._requests.ask("CreateSession", "", {"session_handle_token": variant("s", self._token)})
            self._session = str(made.get("session_handle", ""))
            await self._bus.listen(
                SHORTCUTS, ("Activated", "Deactivated"), lambda member, told: self._take(member, told, on_key)
            )
            named = [
                [name, {"description": variant("s", told), "preferred_trigger": variant("s", keys)}]
                for name, (told, keys) in wanted.items()
            ]
            await self._requests.ask("BindShortcuts", "oa(sa{sv})s", {}, self._session, named, "")
        except CallRefused as error:
            raise KeysRefused(str(error)) from error

    async def close(self) -> None:
        """Give the shortcuts back."""
        if self._session:
            session, self._session = Service(NAME, self._session, SESSION), ""
            try:
                await self._bus.call(session, "Close")
            except CallRefused as error:
                _log.debug("portal_session_was_gone", error=str(error))

    def _take(self, member: str, values: list[Any], on_key: OnKey) -> None:
        match values:
            case [str(session), str(name), *_] if session == self._session:
                on_key(name, member == "Activated")

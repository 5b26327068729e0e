"""System-wide shortcuts through the desktop's portal (org.freedesktop.portal.GlobalShortcuts, version 1).

The desktop asks the person, may give other keys than we wish for, and tells of presses and releases.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final

from visio_desktop.system.dbus import CallRefused, KeysRefused, Service, SessionBus, variant
from visio_desktop.system.log import get_logger

NAME: Final = "org.freedesktop.portal.Desktop"
PATH: Final = "/org/freedesktop/portal/desktop"
SHORTCUTS: Final = Service(NAME, PATH, "org.freedesktop.portal.GlobalShortcuts")
_REQUEST: Final = "org.freedesktop.portal.Request"
_SESSION: Final = "org.freedesktop.portal.Session"
_REGISTRY: Final = Service(NAME, PATH, "org.freedesktop.host.portal.Registry")
_PROPERTIES: Final = Service(NAME, PATH, "org.freedesktop.DBus.Properties")
_APPLICATION: Final = "visio-desktop"
_PERSON_S: Final = 300.0
_log = get_logger(__name__)

type OnKey = Callable[[str, bool], None]
"""Takes a shortcut's name, and whether it was pressed or let go."""


class PortalKeys:
    """Shortcuts of one session of the portal, until `close`."""

    def __init__(self, bus: SessionBus, token: str) -> None:
        self._bus = bus
        self._token = token
        self._session = ""
        self._requests = 0

    async def bind(self, wanted: Mapping[str, tuple[str, str]], on_key: OnKey) -> None:
        """Ask for shortcuts: by name a description and the keys wished for, as `CTRL+ALT+m`. Raises `KeysRefused`."""
        try:
            await self._bus.call(_PROPERTIES, "Get", "ss", SHORTCUTS.interface, "version")
            await self._introduce()
            made = await self._ask("CreateSession", "a{sv}", {"session_handle_token": variant("s", self._token)})
            self._session = str(made.get("session_handle", ""))
            await self._bus.listen(
                SHORTCUTS, ("Activated", "Deactivated"), lambda member, told: self._take(member, told, on_key)
            )
            named = [
                [name, {"description": variant("s", told), "preferred_trigger": variant("s", keys)}]
                for name, (told, keys) in wanted.items()
            ]
            await self._ask("BindShortcuts", "oa(sa{sv})sa{sv}", {}, self._session, named, "")
        except CallRefused as error:
            raise KeysRefused(str(error)) from error

    async def close(self) -> None:
        """Give the shortcuts back."""
        if self._session:
            session, self._session = Service(NAME, self._session, _SESSION), ""
            try:
                await self._bus.call(session, "Close")
            except CallRefused as error:
                _log.debug("portal_session_was_gone", error=str(error))

    async def _introduce(self) -> None:
        """Say who we are: a program that is in no sandbox is known by nothing else. Older portals do not ask."""
        try:
            await self._bus.call(_REGISTRY, "Register", "sa{sv}", _APPLICATION, {})
        except CallRefused as error:
            _log.debug("portal_without_registry", error=str(error))

    async def _ask(self, member: str, signature: str, options: dict[str, object], *values: object) -> dict[str, Any]:
        """A method that answers by a request's signal, maybe after asking the person. Raises `CallRefused`."""
        self._requests += 1
        token = f"{self._token}_{self._requests}"
        sender = self._bus.unique_name.lstrip(":").replace(".", "_")
        request = Service(NAME, f"{PATH}/request/{sender}/{token}", _REQUEST)
        answered: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()

        def take(_member: str, told: list[Any]) -> None:
            if not answered.done():
                answered.set_result(told)

        # One request at a time: the next response is this one's. Listened for first, as it may come at once.
        await self._bus.listen(request, ("Response",), take)
        await self._bus.call(SHORTCUTS, member, signature, *values, {**options, "handle_token": variant("s", token)})
        try:
            async with asyncio.timeout(_PERSON_S):
                told = await answered
        except TimeoutError as error:
            raise CallRefused(f"{member}: nobody answered") from error
        match told:
            case [0, dict(results)]:
                return results
            case _:
                raise CallRefused(f"{member}: declined")

    def _take(self, member: str, values: list[Any], on_key: OnKey) -> None:
        match values:
            case [str(session), str(name), *_] if session == self._session:
                on_key(name, member == "Activated")

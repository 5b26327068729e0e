"""Screens and windows through the desktop's portal (org.freedesktop.portal.ScreenCast), where Wayland has nothing else.

The desktop shows its own dialog, once for each share: what is chosen there comes as a stream of PipeWire. It may give a
token along that stands for the choice. It is used to go on with the same share, never to begin another one: whoever
presses Share decides anew what the others see.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from visio_desktop.system.dbus import CallRefused, Service, SessionBus, variant
from visio_desktop.system.log import get_logger
from visio_desktop.system.portal_requests import NAME, PATH, SESSION, Requests

SCREENCAST: Final = Service(NAME, PATH, "org.freedesktop.portal.ScreenCast")
_MONITOR, _WINDOW = 1, 2
_POINTER_DRAWN_IN: Final = 2
_WHILE_WE_RUN: Final = 1
_WITH_TOKENS: Final = 4
_LONGEST_TOKEN: Final = 4_096
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Cast:
    """What the person chose: PipeWire's number of it, and the token that stands for the choice, "" without."""

    node: int
    token: str = ""


class ScreenCast:
    """One session of the portal. `on_closed` hears that the desktop has ended it: the person stopped it there."""

    def __init__(self, bus: SessionBus, name: str, on_closed: Callable[[], None]) -> None:
        self._bus = bus
        self._name = name
        self._on_closed = on_closed
        self._session = ""
        self._requests = Requests(bus, SCREENCAST, name)

    async def ask(self, token: str = "") -> Cast:
        """Let the person choose, or go on with what `token` stands for.

        Raises `Declined` where they do not want to, `CallRefused` where there is no such portal or it fails.
        """
        requests = self._requests
        version = await requests.number("version")
        kinds = await requests.number("AvailableSourceTypes") & (_MONITOR | _WINDOW)
        pointers = await requests.number("AvailableCursorModes") if version > 1 else 0
        await requests.introduce()
        made = await requests.ask("CreateSession", "", {"session_handle_token": variant("s", self._name)})
        self._session = str(made.get("session_handle", ""))
        await self._bus.listen(Service(NAME, self._session, SESSION), ("Closed",), self._closed)
        options = {"types": variant("u", kinds or _MONITOR), "multiple": variant("b", False)}
        if pointers & _POINTER_DRAWN_IN:
            options["cursor_mode"] = variant("u", _POINTER_DRAWN_IN)
        if version >= _WITH_TOKENS:
            options["persist_mode"] = variant("u", _WHILE_WE_RUN)
            if token:
                options["restore_token"] = variant("s", token)
        await requests.ask("SelectSources", "o", options, self._session)
        return _cast(await requests.ask("Start", "os", {}, self._session, ""))

    async def remote(self) -> int:
        """An open connection to PipeWire that sees what was chosen and nothing else. Raises `CallRefused`."""
        return await self._bus.call_for_file(SCREENCAST, "OpenPipeWireRemote", "oa{sv}", self._session, {})

    async def withdraw(self) -> None:
        """The person need not choose any more."""
        await self._requests.withdraw()

    async def close(self) -> None:
        """End it; the desktop stops showing that something is shared."""
        if self._session:
            session, self._session = Service(NAME, self._session, SESSION), ""
            try:
                await self._bus.call(session, "Close")
            except CallRefused as error:
                _log.debug("portal_session_was_gone", error=str(error))
        self._bus.close()

    def _closed(self, _member: str, _told: list[Any]) -> None:
        if self._session:
            self._session = ""
            self._requests.end()
            self._bus.close()
            self._on_closed()


def _cast(told: dict[str, Any]) -> Cast:
    token = told.get("restore_token", "")
    match told.get("streams"):
        case [[int(node), *_], *_] | [(int(node), *_), *_]:
            kept = token if isinstance(token, str) and len(token) <= _LONGEST_TOKEN else ""
            return Cast(node, kept)
        case _:
            raise CallRefused("Start: no stream")

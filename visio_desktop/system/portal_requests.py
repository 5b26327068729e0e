"""What the desktop's portals have in common: methods that answer by a signal, maybe after the person was asked."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, Final

from visio_desktop.system.dbus import CallRefused, Declined, Service, SessionBus, variant
from visio_desktop.system.log import get_logger

NAME: Final = "org.freedesktop.portal.Desktop"
PATH: Final = "/org/freedesktop/portal/desktop"
SESSION: Final = "org.freedesktop.portal.Session"
_REQUEST: Final = "org.freedesktop.portal.Request"
_REGISTRY: Final = Service(NAME, PATH, "org.freedesktop.host.portal.Registry")
_PROPERTIES: Final = Service(NAME, PATH, "org.freedesktop.DBus.Properties")
_APPLICATION: Final = "visio-desktop"
_PERSON_S: Final = 300.0
_DECLINED, _NOT_DONE = 1, 2
_log = get_logger(__name__)


class Requests:
    """Requests to one portal over a bus of its own, one at a time. `token` is a name nobody else uses."""

    def __init__(self, bus: SessionBus, portal: Service, token: str) -> None:
        self._bus = bus
        self._portal = portal
        self._token = token
        self._count = 0
        self._open: Service | None = None
        self._answered: asyncio.Future[list[Any]] | None = None

    async def number(self, name: str) -> int:
        """A property of the portal that is a number; 0 for anything else. Raises `CallRefused`."""
        told = await self._bus.call(_PROPERTIES, "Get", "ss", self._portal.interface, name)
        return told[0] if told and isinstance(told[0], int) else 0

    async def introduce(self) -> None:
        """Say who we are: a program that is in no sandbox is known by nothing else. Older portals do not ask."""
        try:
            await self._bus.call(_REGISTRY, "Register", "sa{sv}", _APPLICATION, {})
        except CallRefused as error:
            _log.debug("portal_without_registry", error=str(error))

    async def ask(self, member: str, signature: str, options: dict[str, object], *values: object) -> dict[str, Any]:
        """Call a method whose last argument are options. Raises `Declined` where the person did, else `CallRefused`."""
        self._count += 1
        token = f"{self._token}_{self._count}"
        sender = self._bus.unique_name.lstrip(":").replace(".", "_")
        request = Service(NAME, f"{PATH}/request/{sender}/{token}", _REQUEST)
        answered: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()

        def take(_member: str, told: list[Any]) -> None:
            if not answered.done():
                answered.set_result(told)

        # One request at a time: the next response is this one's. Listened for first, as it may come at once.
        await self._bus.listen(request, ("Response",), take)
        self._open, self._answered = request, answered
        given = {**options, "handle_token": variant("s", token)}
        try:
            await self._bus.call(self._portal, member, f"{signature}a{{sv}}", *values, given)
            async with asyncio.timeout(_PERSON_S):
                told = await answered
        except TimeoutError as error:
            raise CallRefused(f"{member}: nobody answered") from error
        finally:
            self._open = self._answered = None
        return _results(member, told)

    async def withdraw(self) -> None:
        """Take a question back that nobody has answered: whoever waits for it hears that it was declined."""
        if (request := self._open) is not None:
            self._answer(_DECLINED)
            with suppress(CallRefused):
                await self._bus.call(request, "Close")

    def end(self) -> None:
        """There will be no answer any more: whoever waits for one hears that it was not done."""
        self._answer(_NOT_DONE)

    def _answer(self, code: int) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_result([code, {}])


def _results(member: str, told: list[Any]) -> dict[str, Any]:
    match told:
        case [0, dict(results)]:
            return results
        case [int(code), *_] if code == _DECLINED:
            raise Declined(f"{member}: declined")
        case _:
            raise CallRefused(f"{member}: not done")

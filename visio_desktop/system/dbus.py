"""The person's message bus, where the Linux desktop's own services are reached.

DesktopError
 +-- BusMissing     there is no bus, or it does not let us in
 +-- CallRefused    nobody of this name answers, or it does not do what was asked
 |    +-- Declined  the person was asked, and does not want it
 +-- KeysRefused    a key cannot be had for the whole system (`shortcuts`)
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from visio_desktop.system.log import get_logger

if TYPE_CHECKING:
    from dbus_fast import Message
    from dbus_fast.aio import MessageBus

_ANSWER_S: Final = 5.0
_DAEMON: Final = "org.freedesktop.DBus"
_log = get_logger(__name__)


class DesktopError(Exception):
    """Base of what the desktop does not do for us; the text is for the log."""


class BusMissing(DesktopError):  # noqa: N818 - reads as what happened
    """There is no bus."""


class CallRefused(DesktopError):  # noqa: N818 - reads as what happened
    """Nobody answered, or they refused."""


class Declined(CallRefused):
    """The person said no."""


class KeysRefused(DesktopError):  # noqa: N818 - reads as what happened
    """Keys of the whole system cannot be had."""


@dataclass(frozen=True, slots=True)
class Service:
    """An object on the bus, with the interface of it that is meant."""

    name: str
    path: str
    interface: str


type Listener = Callable[[list[Any]], None]
"""Takes a signal's values, variants opened."""


class SessionBus:
    """One connection, on one loop. Nothing waits longer than five seconds."""

    def __init__(self, bus: MessageBus) -> None:
        self._bus = bus
        self._listeners: dict[tuple[str, str], list[Listener]] = {}
        bus.add_message_handler(self._take)

    @classmethod
    async def connect(cls, address: str | None = None, *, files: bool = False) -> SessionBus:
        """Connect to the bus of this session, one that can hand over open `files` too. Raises `BusMissing`."""
        try:
            await asyncio.to_thread(import_module, "dbus_fast.aio")
        except ImportError as error:  # not Linux
            raise BusMissing(str(error)) from error
        from dbus_fast.aio import MessageBus  # noqa: PLC0415 - loaded in a thread first
        from dbus_fast.errors import AuthError, DBusError, InvalidAddressError  # noqa: PLC0415 - as above

        try:
            async with asyncio.timeout(_ANSWER_S):
                return cls(await MessageBus(address, negotiate_unix_fd=files).connect())
        except (OSError, EOFError, TimeoutError, AuthError, DBusError, InvalidAddressError) as error:
            raise BusMissing(str(error)) from error

    @property
    def unique_name(self) -> str:
        """What the bus calls us."""
        return str(self._bus.unique_name)

    async def call(self, service: Service, member: str, signature: str = "", *values: object) -> list[Any]:
        """Call a method; its answer's values, variants opened. Raises `CallRefused`."""
        return _opened((await self._asked(service, member, signature, values)).body)

    async def call_for_file(self, service: Service, member: str, signature: str = "", *values: object) -> int:
        """Call a method that answers an open file, which is the caller's then. Raises `CallRefused`."""
        reply = await self._asked(service, member, signature, values)
        if not reply.unix_fds:
            raise CallRefused(f"{member}: no file")
        for extra in reply.unix_fds[1:]:
            os.close(extra)
        return int(reply.unix_fds[0])

    async def _asked(self, service: Service, member: str, signature: str, values: tuple[object, ...]) -> Message:
        from dbus_fast import Message, MessageType  # noqa: PLC0415 - loaded by `connect`
        from dbus_fast.errors import DBusError  # noqa: PLC0415 - as above

        if not self._bus.connected:
            raise CallRefused(f"{member}: the bus is gone")
        message = Message(
            destination=service.name,
            path=service.path,
            interface=service.interface,
            member=member,
            signature=signature,
            body=list(values),
        )
        try:
            async with asyncio.timeout(_ANSWER_S):
                reply = await self._bus.call(message)
        except (OSError, EOFError, TimeoutError, DBusError) as error:
            raise CallRefused(f"{member}: {error}") from error
        if reply is None or reply.message_type is MessageType.ERROR:
            raise CallRefused(f"{member}: {reply.error_name if reply is not None else 'no reply'}")
        return reply

    async def listen(
        self, service: Service, members: Iterable[str], listener: Callable[[str, list[Any]], None]
    ) -> None:
        """Call `listener` with each of these signals of a service, from any of its objects. Raises `CallRefused`."""
        for member in members:
            rule = f"type='signal',sender='{service.name}',interface='{service.interface}',member='{member}'"
            self._listeners.setdefault((service.interface, member), []).append(partial(listener, member))
            daemon = Service(_DAEMON, "/org/freedesktop/DBus", _DAEMON)
            await self.call(daemon, "AddMatch", "s", rule)

    def close(self) -> None:
        """Leave the bus."""
        with suppress(OSError):
            self._bus.disconnect()

    async def wait_for_end(self) -> None:
        """Until the bus is gone, or left."""
        with suppress(OSError, EOFError):
            await self._bus.wait_for_disconnect()  # type: ignore[no-untyped-call] # says no types

    def _take(self, message: Message) -> None:
        # Not now: whoever waits for an answer that came before this signal is to have it first.
        for listener in self._listeners.get((str(message.interface), str(message.member)), ()):
            asyncio.get_running_loop().call_soon(listener, _opened(message.body))


def variant(signature: str, value: object) -> object:
    """A value that carries its type, as options are given."""
    from dbus_fast import Variant  # noqa: PLC0415 - loaded by `connect`

    return Variant(signature, value)


def _opened(body: list[Any]) -> list[Any]:
    from dbus_fast import unpack_variants  # noqa: PLC0415 - loaded by `connect`

    opened: list[Any] = unpack_variants(body)
    return opened

"""Notices of the desktop itself, seen while our window is not (Desktop Notifications Specification 1.2).

A notice has a key of ours: a newer one of the same key takes its place, `withdraw` takes it away. What is pressed comes
back as key and action; "" is the notice itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from visio_desktop.system.dbus import CallRefused, DesktopError, Service, SessionBus, variant
from visio_desktop.system.log import get_logger

SERVICE: Final = Service(
    "org.freedesktop.Notifications", "/org/freedesktop/Notifications", "org.freedesktop.Notifications"
)
LONGEST_TITLE: Final = 120
LONGEST_BODY: Final = 300
_ACTION, _TOKEN, _CLOSED = "ActionInvoked", "ActivationToken", "NotificationClosed"
_THE_NOTICE: Final = "default"
_AS_LONG_AS_USUAL: Final = -1
_FOR_EVER: Final = 0
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Note:
    """A notice. `actions` are pairs of a name and what its button says; an urgent one stays until it is read."""

    key: str
    title: str
    body: str = ""
    actions: tuple[tuple[str, str], ...] = ()
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Pressed:
    """An action of a notice was chosen, "" for the notice itself; `activation` lets a window come to the front."""

    key: str
    action: str
    activation: str = ""


def bearable(text: str, longest: int) -> str:
    """One line without signs that turn or hide others: names and messages are written by anybody."""
    line = "".join(sign if sign.isprintable() else " " for sign in text[: 4 * longest])
    short = " ".join(line.split())
    return short if len(short) <= longest else short[: longest - 1] + "…"


class Notifier:
    """Shows notices, one call after the other; where there is no service nothing is shown and nothing raised.

    Runs on one loop.
    """

    def __init__(
        self,
        product: str,
        on_pressed: Callable[[Pressed], None],
        connect: Callable[[], Awaitable[SessionBus]] = SessionBus.connect,
    ) -> None:
        self._product = product
        self._on_pressed = on_pressed
        self._connect = connect
        self._bus: SessionBus | None = None
        self._can: frozenset[str] = frozenset()
        self._shown: dict[str, int] = {}
        self._tokens: dict[int, str] = {}
        self._turn = asyncio.Lock()
        self.missing = False

    @property
    def is_showing(self) -> bool:
        """Whether any notice is still to be seen. From any thread."""
        return bool(self._shown)

    async def show(self, note: Note) -> bool:
        """Show a notice, in place of the one of the same key; False where nobody shows it."""
        async with self._turn:
            try:
                bus = await self._connected()
                answer = await bus.call(SERVICE, "Notify", "susssasa{sv}i", *self._message(note))
            except DesktopError as error:
                self._lost(error)
                return False
            if answer and isinstance(answer[0], int):
                self._shown[note.key] = answer[0]
            return True

    async def withdraw(self, key: str) -> None:
        """Take a notice away; without one nothing happens."""
        async with self._turn:
            await self._withdraw(key)

    async def close(self) -> None:
        """Take all notices away and leave the bus."""
        async with self._turn:
            for key in tuple(self._shown):
                await self._withdraw(key)
            if self._bus is not None:
                self._bus.close()
                self._bus = None

    async def _withdraw(self, key: str) -> None:
        number = self._shown.pop(key, None)
        if number is None or self._bus is None:
            return
        try:
            await self._bus.call(SERVICE, "CloseNotification", "u", number)
        except CallRefused as error:
            _log.debug("notice_was_gone", error=str(error))

    def _message(self, note: Note) -> tuple[object, ...]:
        body = bearable(note.body, LONGEST_BODY)
        actions = [word for action in note.actions for word in action] if "actions" in self._can else []
        hints = {"urgency": variant("y", 2 if note.urgent else 1), "desktop-entry": variant("s", "visio-desktop")}
        return (
            self._product,
            self._shown.get(note.key, 0),
            "visio-desktop",
            bearable(note.title, LONGEST_TITLE),
            escape(body, quote=False) if "body-markup" in self._can else body,
            [_THE_NOTICE, self._product, *actions] if "actions" in self._can else [],
            hints,
            _FOR_EVER if note.urgent else _AS_LONG_AS_USUAL,
        )

    async def _connected(self) -> SessionBus:
        if self._bus is None:
            bus = await self._connect()
            try:
                await bus.listen(SERVICE, (_ACTION, _TOKEN, _CLOSED), self._take)
                can = await bus.call(SERVICE, "GetCapabilities")
            except CallRefused:
                bus.close()
                raise
            self._can = frozenset(one for one in (can[0] if can else ()) if isinstance(one, str))
            self._bus, self.missing = bus, False
        return self._bus

    def _lost(self, error: DesktopError) -> None:
        if not self.missing:
            _log.info("notices_unavailable", error=str(error))
        self.missing = True
        if self._bus is not None:
            self._bus.close()
            self._bus = None
        self._shown.clear()

    def _take(self, member: str, values: list[Any]) -> None:
        match member, values:
            case "ActivationToken", [int(number), str(token)] if number in self._shown.values():
                self._tokens[number] = token
            case "ActionInvoked", [int(number), str(action)]:
                for key in [key for key, shown in self._shown.items() if shown == number]:
                    word = "" if action == _THE_NOTICE else action
                    self._on_pressed(Pressed(key, word, self._tokens.pop(number, "")))
            case "NotificationClosed", [int(number), *_]:
                self._shown = {key: shown for key, shown in self._shown.items() if shown != number}
                self._tokens.pop(number, None)

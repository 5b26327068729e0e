"""A message bus of the test's own, with the services of a desktop as we know them from their specifications.

async with message_bus() as address, FakeDesktop(address) as desktop:
    ...
    desktop.notes[0].summary
    desktop.press(1, "admit")
"""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from dbus_fast import DBusError, Message, MessageType, Variant, unpack_variants
from dbus_fast.aio import MessageBus

from tests.helpers.needs import need_program

NOTIFICATIONS = "org.freedesktop.Notifications"
PORTAL = "org.freedesktop.portal.Desktop"
PORTAL_PATH = "/org/freedesktop/portal/desktop"
WATCHER = "org.kde.StatusNotifierWatcher"
ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"
SHORTCUTS = "org.freedesktop.portal.GlobalShortcuts"


@asynccontextmanager
async def message_bus(how: str = "--session") -> AsyncIterator[str]:
    """The address of a bus that ends with the test; `how` may name another configuration."""
    need_program("dbus-daemon")
    read, write = os.pipe()
    daemon = subprocess.Popen(
        ["dbus-daemon", how, "--nofork", "--nopidfile", f"--print-address={write}"],
        pass_fds=[write],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read, encoding="ascii") as answer:
            yield answer.readline().strip()
    finally:
        daemon.terminate()
        daemon.wait(10)


@dataclass(frozen=True, slots=True)
class Shown:
    """A notification as its service was given it."""

    number: int
    replaces: int
    summary: str
    body: str
    actions: list[str]
    hints: dict[str, Any]


class FakeDesktop:
    """Notifications and the portal's shortcuts; `can` is what notifications can do here."""

    def __init__(
        self, address: str, *, can: tuple[str, ...] = ("actions", "body", "body-markup"), portal: bool = True
    ) -> None:
        self._address = address
        self._can = list(can)
        self._portal = portal
        self._bus: MessageBus | None = None
        self._number = 0
        self._sessions: list[tuple[str, str]] = []
        self.notes: list[Shown] = []
        self.closed: list[int] = []
        self.on_note: Callable[[Shown], None] = lambda _: None
        self.bound: dict[str, dict[str, Any]] = {}
        self.registered: list[str] = []
        self._trays: list[tuple[str, str]] = []
        self.declines = False

    async def __aenter__(self) -> Self:
        self._bus = await MessageBus(self._address).connect()
        self._bus.add_message_handler(self._answer)
        await self._bus.request_name(NOTIFICATIONS)
        await self._bus.request_name(PORTAL)
        await self._bus.request_name(WATCHER)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._bus is not None
        self._bus.disconnect()

    async def until(self, come: Any, timeout_s: float = 10.0) -> None:
        """Wait for something to come about."""
        async with asyncio.timeout(timeout_s):
            while not come():
                await asyncio.sleep(0.01)

    def press(self, number: int, action: str, token: str = "") -> None:
        """Somebody presses a notification's button."""
        if token:
            self._signal("/org/freedesktop/Notifications", NOTIFICATIONS, "ActivationToken", "us", [number, token])
        self._signal("/org/freedesktop/Notifications", NOTIFICATIONS, "ActionInvoked", "us", [number, action])

    def dismiss(self, number: int) -> None:
        """Somebody closes a notification."""
        self._signal("/org/freedesktop/Notifications", NOTIFICATIONS, "NotificationClosed", "uu", [number, 2])

    def key(self, name: str, *, down: bool) -> None:
        """A bound shortcut goes down or up."""
        session, _ = self._sessions[-1]
        member = "Activated" if down else "Deactivated"
        self._signal(PORTAL_PATH, SHORTCUTS, member, "osta{sv}", [session, name, 1, {}])

    @property
    def has_tray(self) -> bool:
        """Whether an icon is in the tray."""
        return bool(self._trays)

    async def tray_says(self) -> str:
        """The tooltip of the icon in the tray."""
        told = await self._ask_tray(
            "/StatusNotifierItem", "org.freedesktop.DBus.Properties", "Get", "ss", ITEM, "ToolTip"
        )
        return str(unpack_variants(told)[0][3 - 1]) + str(unpack_variants(told)[0][3])

    async def tray_menu(self) -> dict[str, int]:
        """What the tray's menu offers now, with the number of each line."""
        told = await self._ask_tray("/MenuBar", MENU, "GetLayout", "iias", 0, -1, [])
        lines = [unpack_variants(each) for each in told[1][2]]
        return {line[1]["label"]: line[0] for line in lines if "label" in line[1] and line[1].get("visible", True)}

    async def choose_in_tray(self, label: str) -> None:
        """Press a line of the tray's menu."""
        number = (await self.tray_menu())[label]
        await self._ask_tray("/MenuBar", MENU, "Event", "isvu", number, "clicked", Variant("s", ""), 0)

    async def _ask_tray(self, path: str, interface: str, member: str, signature: str, *values: Any) -> list[Any]:
        assert self._bus is not None
        sender, _ = self._trays[-1]
        call = Message(
            destination=sender, path=path, interface=interface, member=member, signature=signature, body=list(values)
        )
        reply = await self._bus.call(call)
        assert reply is not None
        assert reply.message_type is MessageType.METHOD_RETURN, (reply.error_name, reply.body)
        return list(reply.body)

    def _signal(self, path: str, interface: str, member: str, signature: str, body: list[Any]) -> None:
        assert self._bus is not None
        self._bus.send(Message.new_signal(path, interface, member, signature, body))

    def _answer(self, message: Message) -> Message | None:  # noqa: C901, PLR0911 - a table of one line each
        if message.message_type is not MessageType.METHOD_CALL:
            return None
        body = unpack_variants(message.body)
        match message.interface, message.member:
            case "org.freedesktop.Notifications", "GetCapabilities":
                return Message.new_method_return(message, "as", [self._can])
            case "org.freedesktop.Notifications", "Notify":
                reply = Message.new_method_return(message, "u", [self._note(body)])
                asyncio.get_running_loop().call_soon(self.on_note, self.notes[-1])
                return reply
            case "org.freedesktop.Notifications", "CloseNotification":
                self.closed.append(body[0])
                return Message.new_method_return(message)
            case "org.kde.StatusNotifierWatcher", "RegisterStatusNotifierItem":
                self._trays.append((str(message.sender), str(body[0])))
                return Message.new_method_return(message)
            case "org.freedesktop.DBus.Properties", "Get" if body[0] == WATCHER:
                return Message.new_method_return(message, "v", [Variant("b", True)])
            case "org.freedesktop.DBus.Properties", "Get" if self._portal:
                return Message.new_method_return(message, "v", [Variant("u", 1)])
            case "org.freedesktop.host.portal.Registry", "Register":
                self.registered.append(body[0])
                return Message.new_method_return(message)
            case "org.freedesktop.portal.GlobalShortcuts", member:
                return self._shortcuts(message, str(member), body)
            case "org.freedesktop.portal.Session", "Close":
                self._sessions = [each for each in self._sessions if each[0] != message.path]
                return Message.new_method_return(message)
            case "org.freedesktop.DBus.Properties" | "org.freedesktop.DBus.Peer", _:
                raise DBusError("org.freedesktop.DBus.Error.UnknownInterface", "not here")
        return None

    def _note(self, body: list[Any]) -> int:
        _, replaces, _, summary, text, actions, hints, _ = body
        if not replaces:
            self._number += 1
        number = replaces or self._number
        self.notes.append(Shown(number, replaces, summary, text, actions, hints))
        return int(number)

    def _shortcuts(self, message: Message, member: str, body: list[Any]) -> Message:
        options = body[-1]
        sender = str(message.sender).lstrip(":").replace(".", "_")
        request = f"{PORTAL_PATH}/request/{sender}/{options['handle_token']}"
        results: dict[str, Variant] = {}
        if member == "CreateSession":
            session = f"{PORTAL_PATH}/session/{sender}/{options['session_handle_token']}"
            self._sessions.append((session, str(message.sender)))
            results["session_handle"] = Variant("s", session)
        else:
            self.bound = dict(body[1])
        reply = Message.new_method_return(message, "o", [request])
        code = 1 if self.declines and member == "BindShortcuts" else 0
        self._signal(request, "org.freedesktop.portal.Request", "Response", "ua{sv}", [code, results])
        return reply

    @property
    def sessions(self) -> int:
        """How many sessions of shortcuts are open."""
        return len(self._sessions)

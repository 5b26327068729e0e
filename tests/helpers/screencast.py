"""A desktop of the test's own under Wayland: the portal's ScreenCast as its specification has it, and a real PipeWire.

async with message_bus() as address, FakeScreenCast(address, remote) as portal:
    ...
    portal.asked, portal.stop()
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from dbus_fast import DBusError, Message, MessageType, Variant, unpack_variants
from dbus_fast.aio import MessageBus

from tests.helpers.message_bus import PORTAL, PORTAL_PATH
from tests.helpers.needs import need_program

CLIENT = "visio-desktop"
SCREEN_PX = (320, 240)
_CONFIGURATION = """
context.properties = { log.level = 1 core.daemon = true core.name = pipewire-0 }
context.spa-libs = { support.* = support/libspa-support videotestsrc = videotestsrc/libspa-videotestsrc }
context.modules = [
  { name = libpipewire-module-protocol-native }
  { name = libpipewire-module-spa-node-factory }
  { name = libpipewire-module-client-node }
  { name = libpipewire-module-access }
  { name = libpipewire-module-adapter }
  { name = libpipewire-module-link-factory }
  { name = libpipewire-module-metadata }
]
context.objects = [
  { factory = spa-node-factory args = { factory.name = videotestsrc node.name = screen media.class = "Video/Source" } }
]
"""
"""Bars of colours as television has them, 25 times a second."""
_PATIENCE_S = 30.0
_PROPERTIES = {"version": 4, "AvailableSourceTypes": 7, "AvailableCursorModes": 7}


class PipeWire:
    """A server with one screen on it. What a session manager does elsewhere, `link` does."""

    def __init__(self, folder: Path, configuration: str | None = _CONFIGURATION) -> None:
        self._environment = {
            **os.environ,
            "XDG_RUNTIME_DIR": str(folder),
            "PIPEWIRE_RUNTIME_DIR": str(folder),
        }
        self._socket = folder / "pipewire-0"
        command = ["pipewire"]
        if configuration is not None:
            (folder / "screen.conf").write_text(configuration, encoding="utf-8")
            command += ["-c", str(folder / "screen.conf")]
        self._server = subprocess.Popen(command, env=self._environment, stderr=subprocess.DEVNULL)

    def wait_until_it_answers(self) -> None:
        """Until there is somebody to connect to."""
        _until(self._answers)

    def connect(self) -> int:
        """A connection, open, whose owner has to close it."""
        remote = socket.socket(socket.AF_UNIX)
        remote.connect(str(self._socket))
        return remote.detach()

    @property
    def screen(self) -> int:
        """The number of the screen's node."""
        return next(number for number, name in self._nodes().items() if name == "screen")

    def link(self) -> None:
        """Let the screen's pictures flow to our stream, once it is there."""
        _until(lambda: CLIENT in self._nodes().values() and len(self._ports()) > 1)
        ports = self._ports()
        (ours,) = (port for port in ports if port[1] == "input")
        (theirs,) = (port for port in ports if port[1] == "output")
        linked = ["pw-link", str(theirs[0]), str(ours[0])]
        subprocess.run(linked, env=self._environment, check=True, timeout=_PATIENCE_S)

    def has_client(self) -> bool:
        """Whether our stream is there."""
        return CLIENT in self._nodes().values()

    def stop(self) -> None:
        """End it."""
        self._server.kill()
        self._server.wait(10)

    def _answers(self) -> bool:
        assert self._server.poll() is None, "PipeWire has ended"
        return self._socket.exists() and bool(self._objects())

    def _objects(self) -> list[dict[str, Any]]:
        done = subprocess.run(["pw-dump"], env=self._environment, check=False, capture_output=True, timeout=_PATIENCE_S)
        told = json.loads(done.stdout) if done.returncode == 0 and done.stdout.strip() else []
        return [each for each in told if isinstance(each, dict) and "info" in each]

    def _nodes(self) -> dict[int, str]:
        nodes = (each for each in self._objects() if each["type"].endswith(":Node"))
        return {each["id"]: str(each["info"].get("props", {}).get("node.name", "")) for each in nodes}

    def _ports(self) -> list[tuple[int, str]]:
        ports = (each for each in self._objects() if each["type"].endswith(":Port"))
        return [(each["id"], str(each["info"].get("direction", ""))) for each in ports]


def _until(come: Callable[[], bool]) -> None:
    end_s = time.monotonic() + _PATIENCE_S
    while not come():
        assert time.monotonic() < end_s, "PipeWire does not come to it"
        time.sleep(0.05)


@contextmanager
def pipewire(folder: Path, configuration: str | None = _CONFIGURATION) -> Iterator[PipeWire]:
    """A server until the end of the test, with a screen on it or, without a configuration, as it is installed."""
    for program in ("pipewire", "pw-dump", "pw-link"):
        need_program(program)
    server = PipeWire(folder, configuration)
    try:
        server.wait_until_it_answers()
        yield server
    finally:
        server.stop()


class FakeScreenCast:
    """The portal. `remote` gives a connection to PipeWire; `node` is what everybody chooses.

    It answers at once, or when `answer` is called where it `waits`; `code` is the answer: 0 chosen, 1 cancelled. Where
    nothing was chosen it ends the session, as the real one does.
    """

    def __init__(self, address: str, remote: Callable[[], int] = lambda: os.open(os.devnull, os.O_RDONLY)) -> None:
        self._address = address
        self._remote = remote
        self._bus: MessageBus | None = None
        self._waiting: list[tuple[str, int, dict[str, Variant]]] = []
        self.node = 42
        self.code = 0
        self.waits = False
        self.version = 4
        self.token = "the choice"
        self.asked: list[dict[str, Any]] = []
        self.started = 0
        self.remotes = 0
        self.withdrawn = 0
        self.sessions: list[str] = []

    async def __aenter__(self) -> Self:
        self._bus = await MessageBus(self._address, negotiate_unix_fd=True).connect()
        self._bus.add_message_handler(self._answer)
        await self._bus.request_name(PORTAL)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._bus is not None
        self._bus.disconnect()

    def answer(self) -> None:
        """The person answers the dialog."""
        request, code, results = self._waiting.pop()
        self._respond(request, code, results)
        if code:
            self.stop()

    def stop(self) -> None:
        """The person stops the share in the desktop's own bar."""
        self._signal(self.sessions.pop(), "org.freedesktop.portal.Session", "Closed", "", [])

    def _respond(self, request: str, code: int, results: dict[str, Variant]) -> None:
        self._signal(request, "org.freedesktop.portal.Request", "Response", "ua{sv}", [code, results])

    def _signal(self, path: str, interface: str, member: str, signature: str, body: list[Any]) -> None:
        assert self._bus is not None
        self._bus.send(Message.new_signal(path, interface, member, signature, body))

    def _answer(self, message: Message) -> Message | None:
        if message.message_type is not MessageType.METHOD_CALL:
            return None
        body = unpack_variants(message.body)
        match message.interface, message.member:
            case "org.freedesktop.DBus.Properties", "Get":
                value = self.version if body[1] == "version" else _PROPERTIES[body[1]]
                return Message.new_method_return(message, "v", [Variant("u", value)])
            case "org.freedesktop.portal.ScreenCast", "OpenPipeWireRemote":
                assert body[0] in self.sessions
                self.remotes += 1
                return Message(
                    message_type=MessageType.METHOD_RETURN,
                    destination=message.sender,
                    reply_serial=message.serial,
                    signature="h",
                    body=[0],
                    unix_fds=[self._remote()],
                )
            case "org.freedesktop.portal.ScreenCast", member:
                return self._cast(message, str(member), body)
            case "org.freedesktop.portal.Session", "Close":
                self.sessions = [each for each in self.sessions if each != message.path]
                return Message.new_method_return(message)
            case "org.freedesktop.portal.Request", "Close":
                self.withdrawn += 1
                return Message.new_method_return(message)
            case _:
                raise DBusError("org.freedesktop.DBus.Error.UnknownInterface", "not here")

    def _cast(self, message: Message, member: str, body: list[Any]) -> Message:
        options = body[-1]
        sender = str(message.sender).lstrip(":").replace(".", "_")
        request = f"{PORTAL_PATH}/request/{sender}/{options['handle_token']}"
        results: dict[str, Variant] = {}
        code = 0
        match member:
            case "CreateSession":
                session = f"{PORTAL_PATH}/session/{sender}/{options['session_handle_token']}"
                self.sessions.append(session)
                results["session_handle"] = Variant("s", session)
            case "SelectSources":
                self.asked.append({key: value for key, value in options.items() if key != "handle_token"})
            case _:
                self.started += 1
                code = self.code
                results["streams"] = Variant("a(ua{sv})", [[self.node, {"source_type": Variant("u", 1)}]])
                results["restore_token"] = Variant("s", self.token)
        reply = Message.new_method_return(message, "o", [request])
        if self.waits and member == "Start":
            self._waiting.append((request, code, results))
        else:
            self._respond(request, code, results)
            if code:
                self.stop()
        return reply

"""The real signalling server: its process, what Nextcloud tells it, and what it asks Nextcloud."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, web

from tests.helpers.needs import free_port, need
from tests.helpers.talk.state import Conversation, Visitor, listed, signalling_permissions
from tools.talk import BINARY

INTERNAL_SECRET = "of-internal-clients"
_SECRET = "between-nextcloud-and-the-signalling-server"
_START_TIMEOUT_S = 20.0
_CONFIG = """
[http]
listen = 127.0.0.1:{port}
[app]
debug = false
[sessions]
hashkey = {hash_key}
blockkey = {block_key}
[clients]
internalsecret = {internal}
[backend]
allowall = true
allowhttp = true
secret = {secret}
timeout = 10
connectionsperhost = 8
[nats]
url = nats://loopback
[mcu]
type = janus
url = {janus}
"""


class Hpb:
    """One process; `port` is where it listens."""

    def __init__(self, janus_url: str) -> None:
        self.port = free_port()
        self._janus_url = janus_url
        self._folder = tempfile.TemporaryDirectory(prefix="talk-")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        """What it said."""
        return (Path(self._folder.name) / "log").read_text()

    def start(self) -> None:
        """Start it and wait until it listens."""
        need(BINARY.exists(), "Nextcloud Talk's signalling server")
        folder = Path(self._folder.name)
        filled = {"port": self.port, "hash_key": secrets.token_hex(32), "block_key": secrets.token_hex(16)}
        keys = {"internal": INTERNAL_SECRET, "secret": _SECRET, "janus": self._janus_url}
        (folder / "server.conf").write_text(_CONFIG.format(**filled, **keys))
        with (folder / "log").open("wb") as log:
            command = [str(BINARY), "-config", str(folder / "server.conf")]
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + _START_TIMEOUT_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                assert self._process.poll() is None, self.log[-2_000:]
                assert time.monotonic() < deadline, self.log[-2_000:]
                time.sleep(0.05)
            else:
                return

    def kill(self) -> None:
        """End it as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)

    def close(self) -> None:
        """End it, and leave nothing behind."""
        self.kill()
        self._folder.cleanup()


class Backend:
    """Nextcloud's two conversations with the signalling server."""

    def __init__(self, room: Conversation, visitors: dict[str, Visitor], port: int, url: str) -> None:
        self._room = room
        self._visitors = visitors
        self._port = port
        self._url = url

    async def tell(self, kind: str, **what: Any) -> None:
        """Tell it of a change."""
        body = json.dumps({"type": kind, kind: what}).encode()
        random = secrets.token_hex(32)
        checksum = hmac.new(_SECRET.encode(), random.encode() + body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "Spreed-Signaling-Random": random,
            "Spreed-Signaling-Checksum": checksum,
            "Spreed-Signaling-Backend": self._url,
        }
        address = f"http://127.0.0.1:{self._port}/api/v1/room/{self._room.token}"
        try:
            async with ClientSession() as session, session.post(address, data=body, headers=headers) as response:
                assert response.status == 200, (kind, response.status, await response.text())
        except OSError:
            return  # it crashed, as a test wanted

    async def tell_of_call(self, *seats: Any) -> None:
        """Somebody's flags changed."""
        everybody = [listed(seat) for seat in self._room.seats.values()]
        flags = seats[0].flags if seats else 0
        await self.tell("incall", incall=flags, changed=[listed(seat) for seat in seats], users=everybody)

    async def answer(self, request: web.Request) -> dict[str, Any]:
        """What it asks."""
        body = await request.read()
        random = request.headers.get("Spreed-Signaling-Random", "")
        wanted = hmac.new(_SECRET.encode(), random.encode() + body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(wanted, request.headers.get("Spreed-Signaling-Checksum", "")):
            return _error("invalid_request", "The request could not be authenticated.")
        asked = json.loads(body)
        match asked["type"]:
            case "auth":
                return self._authenticate(asked["auth"])
            case "room":
                return await self._room_asked(asked["room"])
            case "ping":
                return {"type": "room", "room": {"version": "1.0"}}
            case _:
                return _error("unknown_type", "The given type is not supported.")

    def _authenticate(self, asked: dict[str, Any]) -> dict[str, Any]:
        ticket = asked.get("params", {}).get("ticket")
        visitor = next((each for each in self._visitors.values() if each.ticket == ticket), None)
        if visitor is None:
            return _error("invalid_ticket", "The given ticket is not valid for this user.")
        known = {"userid": visitor.account.id, "user": {"displayname": visitor.account.name}} if visitor.account else {}
        return {"type": "auth", "auth": {"version": "1.0", "userid": "", "user": {}, **known}}

    async def _room_asked(self, asked: dict[str, Any]) -> dict[str, Any]:
        seat = self._room.seats.get(asked["sessionid"])
        if self._room.is_gone or asked["roomid"] != self._room.token or seat is None:
            return _error("no_such_room", "The user is not invited to this room.")
        if asked.get("action") == "leave":
            self._room.rise(seat)
            if seat.flags:
                seat.flags = 0
                await self.tell_of_call(seat)
        properties = {"name": self._room.name, "type": 3, "lobby-state": int(self._room.lobby)}
        known = {"version": "1.0", "roomid": self._room.token, "properties": properties}
        return {"type": "room", "room": {**known, "permissions": signalling_permissions(seat.attendee)}}


def _error(code: str, message: str) -> dict[str, Any]:
    return {"type": "error", "error": {"code": code, "message": message}}

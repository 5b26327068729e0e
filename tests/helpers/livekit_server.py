"""A real LiveKit server of this machine alone.

    with LiveKitServer("1.13.5") as server:
        server.url, server.token("room", "ada"), server.api("DeleteRoom", room="room")

`prefix` runs it elsewhere, for instance `link.a.prefix` for a network namespace; `address` is then its address there,
`node_ip` those for media, where it has an IPv6 one besides ("10.9.0.1,fd00:9::1").
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import jwt

from tests.helpers.needs import free_port, need
from tools.livekit import VERSIONS, binary

__all__ = ["VERSIONS", "LiveKitServer"]

KEY = "devkey"
SECRET = "a-secret-of-the-tests-of-32-characters"
_START_TIMEOUT_S = 15.0


class LiveKitServer:
    """One server with its own ports and keys, started by `start` or `with`."""

    key = KEY
    secret = SECRET

    def __init__(
        self,
        version: str = VERSIONS[0],
        *,
        address: str = "127.0.0.1",
        prefix: Sequence[str] = (),
        node_ip: str = "",
        config: dict[str, Any] | None = None,
    ) -> None:
        self.version = version
        self._address = address
        self._node_ip = node_ip or address
        self._prefix = list(prefix)
        self._config = config or {}
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = tempfile.TemporaryDirectory(prefix="livekit-")
        self.log = Path(self._folder.name) / "server.log"

    @property
    def url(self) -> str:
        """Its WebSocket address."""
        return f"ws://{self._address}:{self._port}"

    @property
    def pid(self) -> int:
        """Its process, 0 while stopped."""
        return self._process.pid if self._process else 0

    def link(self, room: str) -> str:
        """The link the application joins this room by."""
        return f"livekit+{self.url}?room={room}"

    @property
    def environment(self) -> dict[str, str]:
        """The variables from which the application mints its token."""
        return {"LIVEKIT_API_KEY": KEY, "LIVEKIT_API_SECRET": SECRET}

    def token(self, room: str, identity: str, *, name: str = "", hours: float = 1.0, **grants: Any) -> str:
        """A token to join `room`; `grants` are added to its video grants, as `roomAdmin=True`."""
        now = int(time.time())  # noqa: TID251 - the server looks at the wall clock
        video = {"roomJoin": True, "room": room, **grants}
        claims = {
            "iss": KEY,
            "sub": identity,
            "name": name or identity,
            "nbf": now - 10,
            "exp": now + int(hours * 3600),
            "video": video,
        }
        return jwt.encode(claims, SECRET, algorithm="HS256")

    def api(self, method: str, **body: Any) -> dict[str, Any]:
        """Call the room service: `api("RemoveParticipant", room="r", identity="ada")`. Blocking."""
        token = self.token(body.get("room", ""), "admin", roomAdmin=True, roomCreate=True, roomList=True)
        request = urllib.request.Request(
            f"http://{self._address}:{self._port}/twirp/livekit.RoomService/{method}",
            data=json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as response:
            answer: dict[str, Any] = json.load(response)
            return answer

    def start(self) -> None:
        """Start it and wait until it answers."""
        program = binary(self.version)
        need(program.exists(), f"LiveKit {self.version}")
        config = Path(self._folder.name) / "server.yaml"
        config.write_text(json.dumps(self._settings()), encoding="utf-8")  # JSON is YAML
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*self._prefix, str(program), "--config", str(config), "--node-ip", self._node_ip],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._wait_until_it_answers()

    def stop(self) -> None:
        """End it in order: participants are told."""
        self._end(self._process.terminate if self._process else None)

    def kill(self) -> None:
        """End it as a crash would."""
        self._end(self._process.kill if self._process else None)

    def _end(self, how: Any) -> None:
        if self._process is None:
            return
        how()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _settings(self) -> dict[str, Any]:
        loopback = self._address.startswith("127.")
        return {
            "port": self._port,
            "bind_addresses": [self._address],
            "rtc": {
                "tcp_port": free_port(),
                "udp_port": free_port(socket.SOCK_DGRAM),
                "use_external_ip": False,
                "node_ip": self._node_ip,
                "enable_loopback_candidate": loopback,
            },
            "keys": {KEY: SECRET},
            "logging": {"level": os.environ.get("LIVEKIT_LOG", "warn")},
            **self._config,
        }

    def _wait_until_it_answers(self) -> None:
        assert self._process is not None
        probe = f"import urllib.request as u; u.urlopen('http://{self._address}:{self._port}', timeout=1)"
        deadline = time.monotonic() + _START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError(f"the server ended: {self.log.read_text(encoding='utf-8')[-2000:]}")
            if self._prefix:
                if (
                    subprocess.run([*self._prefix, "python3", "-c", probe], check=False, capture_output=True).returncode
                    == 0
                ):
                    return
            elif self._answers():
                return
            time.sleep(0.05)
        self.kill()
        raise RuntimeError("the server does not answer")

    def _answers(self) -> bool:
        try:
            with socket.create_connection((self._address, self._port), timeout=1):
                return True
        except OSError:
            return False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._folder.cleanup()

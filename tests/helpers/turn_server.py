"""A real TURN server (coturn) of this machine alone, over UDP, TCP and TLS.

    with TurnServer(authority) as server:
        server.servers("udp", "tls")        # what `IceSettings` takes

`prefix` runs it elsewhere, for instance `link.a.prefix` for a network namespace; `address` is then its address there.
"""

from __future__ import annotations

import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.helpers.certificates import Authority
from tests.helpers.needs import free_port, need_program

NAME, PASSWORD, REALM = "ada", "a-relays-secret", "example"
_START_TIMEOUT_S = 10.0


class TurnServer:
    """One server with its own ports; `authority` issues its certificate."""

    def __init__(
        self,
        authority: Authority,
        *,
        address: str = "127.0.0.1",
        prefix: Sequence[str] = (),
        tls_port: int = 0,
        host: str = "",
    ) -> None:
        self.address = address
        self.host = host or address
        self.port, self.tls_port = free_port(), tls_port or free_port()
        self._certificate = authority.issue(*dict.fromkeys((self.host, address)))
        self._prefix = list(prefix)
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = tempfile.TemporaryDirectory(prefix="turn-")
        self.log = Path(self._folder.name) / "turn.log"

    def url(self, protocol: str) -> str:
        """Its address for one protocol."""
        if protocol == "tls":
            return f"turns:{self.host}:{self.tls_port}?transport=tcp"
        return f"turn:{self.host}:{self.port}?transport={protocol}"

    def servers(self, *protocols: str) -> tuple[tuple[str, str, str], ...]:
        """Its addresses with name and password."""
        return tuple((self.url(protocol), NAME, PASSWORD) for protocol in protocols)

    def told(self, *protocols: str) -> list[dict[str, str | int]]:
        """The same for LiveKit's configuration (`rtc.turn_servers`)."""
        ports = {"udp": self.port, "tcp": self.port, "tls": self.tls_port}
        return [
            {"host": self.host, "port": ports[p], "protocol": p, "username": NAME, "credential": PASSWORD}
            for p in protocols
        ]

    def start(self) -> None:
        """Start it and wait until it listens."""
        need_program("turnserver")
        certificate, key = self._certificate
        folder = Path(self._folder.name)
        options = [
            *("-n", "--no-cli", "--no-dtls", "--simple-log", "--allow-loopback-peers", "--lt-cred-mech"),
            *("-L", self.address, "-E", self.address, "-p", str(self.port), "--tls-listening-port", str(self.tls_port)),
            *("-u", f"{NAME}:{PASSWORD}", "-r", REALM, "--cert", str(certificate), "--pkey", str(key)),
            *("--log-file", str(self.log), "--pidfile", str(folder / "pid"), "--userdb", str(folder / "db")),
            *("--min-port", "33000", "--max-port", "40000", "-m", "1"),
        ]
        self._process = subprocess.Popen(
            [*self._prefix, "turnserver", *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + _START_TIMEOUT_S
        while time.monotonic() < deadline and self._process.poll() is None:
            if self._listens():
                return
            time.sleep(0.05)
        self.stop()
        raise RuntimeError("the TURN server does not answer")

    def _listens(self) -> bool:
        probe = f"import socket; socket.create_connection(({self.address!r}, {self.tls_port}), 1)"
        if self._prefix:
            tried = subprocess.run([*self._prefix, "python3", "-c", probe], check=False, capture_output=True)
            return tried.returncode == 0
        try:
            with socket.create_connection((self.address, self.tls_port), timeout=1):
                return True
        except OSError:
            return False

    def stop(self) -> None:
        """End it."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._folder.cleanup()

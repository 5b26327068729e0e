"""Every way through a firewall, brought up with real parts in two network namespaces. Needs root.

    with Ground() as ground, ground.way("turn_tls") as way:
        way.join(count=3)       # what `joiner` tells of each

On the far side: LiveKit behind TLS, coturn, and a proxy that lets through to port 443 only and asks who one is. On the
near side each way closes what it is not about.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.helpers import proxy
from tests.helpers.certificates import Authority
from tests.helpers.link import DEVICE, Link
from tests.helpers.livekit_server import LiveKitServer
from tests.helpers.turn_server import TurnServer

FRONT, TURN, MEDIA = "10.8.0.1", "10.8.0.3", "10.8.0.2"
_PROXY_PORT = 3128


@dataclass(frozen=True, slots=True)
class Closed:
    """What a way closes: UDP, and addresses that cannot be reached; `proxy` is the one to use."""

    udp: bool = False
    addresses: tuple[str, ...] = ()
    proxy: bool = False


WAYS = {
    "udp": Closed(),
    "ice_tcp": Closed(udp=True),
    "turn_udp": Closed(addresses=(MEDIA,)),
    "turn_tcp": Closed(udp=True, addresses=(MEDIA,)),
    "turn_tls": Closed(udp=True, addresses=(MEDIA,)),
    "proxy": Closed(udp=True, addresses=(FRONT, TURN, MEDIA), proxy=True),
}
_RELAYS = {"turn_tls": ("tls",), "proxy": ("tls",)}


@dataclass(frozen=True, slots=True)
class Way:
    """A way that is open, and no other."""

    ground: Ground
    name: str

    def plan(self, count: int = 1, identity: str = "ada") -> dict[str, Any]:
        """What `joiner` and `Way.run` are told."""
        uses_proxy = WAYS[self.name].proxy
        return {
            "link": self.link,
            "token": self.ground.livekit.token("ground", identity),
            "count": count,
            "authorities": str(self.ground.authority.file),
            "proxy": f"http://{self.ground.link.a.address}:{_PROXY_PORT}" if uses_proxy else "",
            "login": [f"{proxy.DOMAIN}\\{proxy.NAME}", proxy.PASSWORD] if uses_proxy else None,
        }

    @property
    def link(self) -> str:
        """The meeting's link."""
        return f"livekit+wss://{FRONT}?room=ground"

    def join(self, count: int = 1) -> list[dict[str, Any]]:
        """Join so often, one after the other."""
        command = [sys.executable, "-m", "tests.helpers.joiner", json.dumps(self.plan(count))]
        return [json.loads(line) for line in self.run(command, timeout_s=30 + 25 * count).stdout.splitlines()]

    def run(
        self, command: Sequence[str], *, timeout_s: float, environment: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a program on the near side."""
        prefix = self.ground.link.b.prefix
        return subprocess.run(
            [*prefix, *command], check=False, capture_output=True, text=True, timeout=timeout_s, env=environment
        )


class Ground:
    """Both sides; the delay is that of each direction. `livekit` and `turn` are those of the way that is open."""

    livekit: LiveKitServer
    turn: TurnServer

    def __init__(self, scheme: str = "ntlm", *, delay_ms: float = 0.0) -> None:
        self._scheme = scheme
        self._stack = ExitStack()
        self.link = Link(delay_ms=delay_ms)
        self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="ground-")))
        self.authority = Authority(self._folder)

    @contextmanager
    def way(self, name: str) -> Iterator[Way]:
        """Open this way and close all others; LiveKit names the relays that belong to it."""
        closed = WAYS[name]
        self.turn = TurnServer(self.authority, address=TURN, prefix=self.link.a.prefix, tls_port=443)
        relays = _RELAYS.get(name, ("udp", "tcp", "tls"))
        media = self._media() | {"turn_servers": self.turn.told(*relays)}
        config = {"rtc": media, "bind_addresses": [MEDIA]}
        self.livekit = LiveKitServer(address=MEDIA, prefix=self.link.a.prefix, config=config)
        with ExitStack() as stack:
            stack.enter_context(self.turn)
            stack.enter_context(self.livekit)
            self._serve_front(stack)
            self.link.change(block_udp=closed.udp)
            stack.enter_context(self.closed(*closed.addresses))
            yield Way(self, name)

    @contextmanager
    def closed(self, *addresses: str) -> Iterator[None]:
        """Make addresses of the far side unreachable meanwhile."""
        for address in addresses:
            self._route("add", address)
        try:
            yield
        finally:
            for address in addresses:
                self._route("del", address)

    def _media(self) -> dict[str, Any]:
        return {
            "tcp_port": 7881,
            "udp_port": 7882,
            "use_external_ip": False,
            "node_ip": MEDIA,
            "ips": {"includes": [f"{MEDIA}/32"]},
        }

    def _serve_front(self, stack: ExitStack) -> None:
        certificate, key = self.authority.issue(FRONT)
        there = self.livekit.url.removeprefix("ws://").split(":")
        self._start(stack, "tests.helpers.tls_front", FRONT, "443", str(certificate), str(key), *there)
        self._start(stack, "tests.helpers.proxy", self.link.a.address, str(_PROXY_PORT), self._scheme, "443")

    def _start(self, stack: ExitStack, module: str, *arguments: str) -> None:
        process = subprocess.Popen(
            [*self.link.a.prefix, sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        stack.callback(lambda: process.communicate("", timeout=10))
        if process.stdout.readline().strip() != "ready":
            raise RuntimeError(f"{module} did not come up")

    def _route(self, what: str, address: str) -> None:
        subprocess.run([*self.link.b.prefix, "ip", "route", what, "unreachable", f"{address}/32"], check=True)

    def __enter__(self) -> Self:
        self._stack.enter_context(self.link)
        for address in (FRONT, TURN, MEDIA):
            subprocess.run([*self.link.a.prefix, "ip", "addr", "add", f"{address}/32", "dev", DEVICE], check=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

"""Which ways a connection may take, as the settings, a policy or the preflight check decide."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

EVERY_RELAY = frozenset({"udp", "tcp", "tls"})


class Dialer(Protocol):
    """What opens connections over TCP, through proxies where there are any: `net.dial.Dialer`."""

    async def connect[P: asyncio.Protocol](
        self, make: Callable[[], P], host: str, port: int, *, secure: bool, timeout_s: float, direct: bool = False
    ) -> tuple[asyncio.Transport, P]:
        """A connection, with TLS inside where it is `secure`; `direct` leaves out proxies. Raises `net.NetError`."""

    def via(self, host: str, port: int) -> str:
        """The proxy it goes through, for showing; "" for none."""


@dataclass(frozen=True, slots=True)
class NetworkOptions:
    """Everything is allowed unless said otherwise; without a `dialer` nothing goes over TCP.

    `relay_only` keeps our addresses from the other side. `relays` are the protocols relays are spoken with. Our UDP
    ports are out of `udp_ports`, first and last, where given. `dscp` (RFC 8837) marks what we send; 0 leaves it alone.
    """

    dialer: Dialer | None = field(default=None, repr=False)
    relay_only: bool = False
    allow_udp: bool = True
    allow_tcp: bool = True
    relays: frozenset[str] = EVERY_RELAY
    udp_ports: tuple[int, int] | None = None
    dscp: int = 0


EVERYTHING = NetworkOptions()
"""All of UDP, nothing over TCP."""


@dataclass(frozen=True, slots=True)
class Path:
    """How media goes: the protocol of the first hop (`udp`, `tcp`, `tls`), our candidate's kind, a proxy if any."""

    protocol: str
    candidate: str
    proxy: str = ""


NO_PATH = Path("", "")

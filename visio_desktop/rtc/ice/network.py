"""Which ways a connection may take, as the settings, a policy or the preflight check decide."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from visio_desktop.net.bounds import ANYWHERE, Bounds
from visio_desktop.net.ledger import Ledger, Purpose

EVERY_RELAY = frozenset({"udp", "tcp", "tls"})


class Dialer(Protocol):
    """What opens connections over TCP, through proxies where there are any: `net.dial.Dialer`."""

    async def connect[P: asyncio.Protocol](
        self,
        make: Callable[[], P],
        host: str,
        port: int,
        *,
        secure: bool,
        timeout_s: float,
        direct: bool = False,
        purpose: Purpose,
    ) -> tuple[asyncio.Transport, P]:
        """A connection, with TLS inside where it is `secure`; `direct` leaves out proxies. Raises `net.NetError`."""

    async def via(self, host: str, port: int) -> str:
        """The proxy it goes through, for showing; "" for none."""


@dataclass(frozen=True, slots=True)
class NetworkOptions:
    """Everything is allowed unless said otherwise; without a `dialer` nothing goes over TCP. `ledger` counts UDP.

    `relay_only` keeps our addresses from the other side. `relays` are the protocols relays are spoken with. Our UDP
    ports are out of `udp_ports`, first and last, where given. `dscp` (RFC 8837) marks what we send, 0 leaves it alone;
    `dscp_sound` is for sound, where anything is marked.
    Relays and STUN servers beyond `bounds` are passed over: where a server names one by name or address.
    `video_codecs` are the codecs of pictures spoken of with the other side, by their SDP names; None for all we know.
    """

    dialer: Dialer | None = field(default=None, repr=False)
    ledger: Ledger = field(default_factory=Ledger, repr=False, compare=False)
    relay_only: bool = False
    allow_udp: bool = True
    allow_tcp: bool = True
    relays: frozenset[str] = EVERY_RELAY
    udp_ports: tuple[int, int] | None = None
    dscp: int = 0
    dscp_sound: int = 46
    video_codecs: tuple[str, ...] | None = None
    bounds: Bounds = field(default=ANYWHERE, repr=False)


EVERYTHING = NetworkOptions()
"""All of UDP, nothing over TCP."""


@dataclass(frozen=True, slots=True)
class Path:
    """How media goes: the protocol of the first hop (`udp`, `tcp`, `tls`), our candidate's kind, a proxy if any."""

    protocol: str
    candidate: str
    proxy: str = ""


NO_PATH = Path("", "")

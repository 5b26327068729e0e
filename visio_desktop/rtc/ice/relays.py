"""The relays a server names (RFC 7065), and the order in which they are tried."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field

from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

_URL = re.compile(r"(stun|turns?):(?://)?(\[[0-9a-fA-F:.]+\]|[^\s:?\[\]@/]+)(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?")
_MAX_URL_LENGTH = 300
_MAX_RELAYS = 12
_PORT, _TLS_PORT, _LAST_PORT = 3478, 5349, 65_535

HEAD_START_S = 0.4
"""How long UDP is given before TCP is tried beside it, which any firewall lets through but which is worse for media."""

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Relay:
    """A TURN server and how to speak with it: `protocol` is `udp`, `tcp` or `tls`."""

    host: str
    port: int
    protocol: str
    username: str = ""
    credential: str = field(default="", repr=False)


type Attempt = Callable[[Relay], Awaitable[bool]]
"""Tries one relay, and says whether it took us; never raises."""


def parse_relay(url: str, username: str, credential: str) -> Relay | None:
    """The relay of a `turn:` or `turns:` address, None for any other; DTLS is not spoken."""
    found = _URL.fullmatch(url) if len(url) <= _MAX_URL_LENGTH else None
    if found is None or found[1] == "stun":
        return None
    secure, transport = found[1] == "turns", found[4]
    if secure and transport == "udp":
        return None
    protocol = "tls" if secure else transport or "udp"
    port = int(found[3] or (_TLS_PORT if secure else _PORT))
    return Relay(found[2].strip("[]"), port, protocol, username, credential) if 0 < port <= _LAST_PORT else None


def parse_stun(url: str) -> tuple[str, int] | None:
    """Host and port of a `stun:` address."""
    found = _URL.fullmatch(url) if len(url) <= _MAX_URL_LENGTH else None
    if found is None or found[1] != "stun" or found[4]:
        return None
    port = int(found[3] or _PORT)
    return (found[2].strip("[]"), port) if 0 < port <= _LAST_PORT else None


def relays_of(servers: Iterable[tuple[str, str, str]], protocols: frozenset[str]) -> tuple[Relay, ...]:
    """The usable relays of servers given as (url, user name, password), each once, as many as make sense."""
    found = (parse_relay(*server) for server in servers)
    return tuple(dict.fromkeys(r for r in found if r is not None and r.protocol in protocols))[:_MAX_RELAYS]


class _Heat:
    """Relays that are tried at once."""

    def __init__(self, relays: Iterable[Relay], attempt: Attempt) -> None:
        self._relays = list(relays)
        self._attempt = attempt
        self._left = len(self._relays)
        self._decided, self._over = asyncio.Event(), asyncio.Event()
        self._tasks = Tasks("relays")
        self.won = False

    def start(self) -> None:
        if not self._relays:
            self._decided.set()
            self._over.set()
        for relay in self._relays:
            self._tasks.start(self._run(relay), name=relay.protocol)

    async def decided(self) -> None:
        """One has answered, or none will."""
        await self._decided.wait()

    async def over(self) -> None:
        """All have answered or failed."""
        await self._over.wait()

    async def close(self) -> None:
        await self._tasks.close()

    async def _run(self, relay: Relay) -> None:
        try:
            if await self._attempt(relay):
                self.won = True
                self._decided.set()
        finally:
            self._left -= 1
            if self._left == 0:
                self._decided.set()
                self._over.set()


async def race(relays: Sequence[Relay], attempt: Attempt, *, head_start_s: float = HEAD_START_S) -> None:
    """Try relays over UDP, all at once; over TCP and TLS only where none of those answered soon, and only the first."""
    by_udp = _Heat((r for r in relays if r.protocol == "udp"), attempt)
    by_tcp = _Heat((r for r in relays if r.protocol != "udp"), attempt)
    try:
        by_udp.start()
        try:
            async with asyncio.timeout(head_start_s):
                await by_udp.decided()
        except TimeoutError:
            _log.debug("relays_slow_over_udp")
        if not by_udp.won:
            by_tcp.start()
            await by_tcp.decided()
            await by_tcp.close()
        await by_udp.over()
    finally:
        await by_tcp.close()
        await by_udp.close()

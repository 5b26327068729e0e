"""The way a connection takes: the proxies to try in their order, and who chose them."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from visio_desktop.net.proxies import Proxy, ProxyFinder, parse_proxy
from visio_desktop.system.clock import Clock, monotonic_ms

REST_MS: Final = 300_000.0
"""So long a proxy that did not answer comes last."""
_MOST_BAD: Final = 100
_MOST_HOPS: Final = 16
_LONGEST_RESULT: Final = 4_000
_SCHEMES: Final = {
    "PROXY": "http",
    "HTTP": "http",
    "HTTPS": "https",
    "SOCKS": "socks4",  # as browsers read it
    "SOCKS4": "socks4",
    "SOCKS5": "socks5",
}
_PLACE = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?")


class Chooser(Enum):
    """Who says which way connections go."""

    NOBODY = "nobody"
    POLICY = "policy"
    SETTING = "setting"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Route:
    """What to try in this order: proxies, None for the direct way. `pac` is the script that said so, "" without."""

    hops: tuple[Proxy | None, ...] = (None,)
    chooser: Chooser = Chooser.NOBODY
    pac: str = ""

    @property
    def via(self) -> str:
        """The first proxy for showing, "" where the direct way is first."""
        return "" if self.hops[0] is None else str(self.hops[0])


DIRECT: Final = Route()

type Router = Callable[[str, int], Awaitable[Route]]
"""Gives the way to a host and port. May ask for a script first; raises `NetError`."""


def fixed(find: ProxyFinder) -> Router:
    """A router that takes what needs no waiting."""

    async def route(host: str, port: int) -> Route:
        return Route((find(host, port),))

    return route


def parse_result(text: str) -> tuple[Proxy | None, ...]:
    """The hops of what a PAC script answers (`PROXY a:1; HTTPS b:2; DIRECT`), those we cannot take left out.

    Nothing at all means the direct way, as with Mozilla; () where it names only what we cannot take, such as QUIC.
    """
    hops: list[Proxy | None] = []
    entries = [entry.split() for entry in text[:_LONGEST_RESULT].split(";") if entry.strip()]
    for entry in entries[:_MOST_HOPS]:
        match entry:
            case [word] if word.upper() == "DIRECT":
                hops.append(None)
            case [word, place] if word.upper() in _SCHEMES and _PLACE.fullmatch(place):
                proxy = parse_proxy(f"{_SCHEMES[word.upper()]}://{place}")
                if proxy is not None:
                    hops.append(proxy)
            case _:
                continue
    return tuple(dict.fromkeys(hops)) if entries else (None,)


class BadProxies:
    """Those that did not answer: they come last for a while, and are tried all the same where nothing else is left."""

    def __init__(self, clock: Clock = monotonic_ms) -> None:
        self._clock = clock
        self._since_ms: dict[Proxy, float] = {}

    def note(self, proxy: Proxy) -> None:
        """A proxy did not answer."""
        if len(self._since_ms) >= _MOST_BAD:
            self._since_ms.clear()
        self._since_ms[proxy] = self._clock()

    def order(self, hops: tuple[Proxy | None, ...]) -> tuple[Proxy | None, ...]:
        """The same hops, those that are bad now last."""
        return tuple(sorted(hops, key=self._is_bad))

    def _is_bad(self, hop: Proxy | None) -> bool:
        since_ms = self._since_ms.get(hop) if hop is not None else None
        return since_ms is not None and self._clock() - since_ms < REST_MS

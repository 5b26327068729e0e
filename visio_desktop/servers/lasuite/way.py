"""From the way into a room that the server names to LiveKit's address, and whether it leads there again."""

from __future__ import annotations

from visio_desktop.net.bounds import Bounds
from visio_desktop.net.hosts import is_loopback
from visio_desktop.servers.lasuite.config import ServerConfig
from visio_desktop.servers.lasuite.link import WebAddress
from visio_desktop.servers.lasuite.place import Stay
from visio_desktop.servers.lasuite.room import Way
from visio_desktop.servers.livekit.link import Address, address_at
from visio_desktop.servers.livekit.token import claims

_LEAST_LEFT_MS = 60_000.0


def livekit_address(way: Way, config: ServerConfig, web: WebAddress, bounds: Bounds) -> Address:
    """Where LiveKit is, as the server says. Raises `JoinError`."""
    url = way.url
    if config.force_wss and not is_loopback(web.host):
        url = f"wss://{url.partition('://')[2]}"
    return address_at(url, web.host, bounds)


def is_good_for_a_return(stay: Stay, now_ms: float) -> bool:
    """Whether the token is taken still. Its times are of the server's clock: only its life is read from them."""
    said = claims(stay.token)
    begins, ends = said.get("nbf", said.get("iat")), said.get("exp")
    if not isinstance(begins, int | float) or not isinstance(ends, int | float):
        return False
    return now_ms - stay.since_ms < (ends - begins) * 1e3 - _LEAST_LEFT_MS

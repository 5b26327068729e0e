"""From the way into a room that the server names to LiveKit's address, and whether it leads there again."""

from __future__ import annotations

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.net.hosts import is_loopback
from visio_desktop.servers.lasuite.config import ServerConfig
from visio_desktop.servers.lasuite.link import WebAddress
from visio_desktop.servers.lasuite.place import Stay
from visio_desktop.servers.lasuite.room import Way
from visio_desktop.servers.livekit.link import Address, parse_address
from visio_desktop.servers.livekit.token import claims
from visio_desktop.servers.port import JoinError

_SCHEMES = {"https": "wss", "wss": "wss", "http": "ws", "ws": "ws"}
_LEAST_LEFT_MS = 60_000.0


def livekit_address(way: Way, config: ServerConfig, web: WebAddress) -> Address:
    """Where LiveKit is: any host, as the server says, but encrypted beyond this machine. Raises `JoinError`.

    A server elsewhere does not send us to this machine.
    """
    scheme, _, rest = way.url.partition("://")
    websocket = _SCHEMES.get(scheme.lower(), "")
    if config.force_wss and not is_loopback(web.host):
        websocket = "wss"
    try:
        address = parse_address(f"livekit+{websocket}://{rest}") if websocket and "?" not in rest else None
    except JoinError as error:
        if error.problem.code is ProblemCode.LINK_INSECURE:
            raise
        address = None
    if address is None:
        raise JoinError(Problem(ProblemCode.SERVER_NOT_UNDERSTOOD, web.host), "no address of LiveKit")
    if is_loopback(address.host) and not is_loopback(web.host):
        raise JoinError(Problem(ProblemCode.SERVER_NOT_UNDERSTOOD, web.host), "LiveKit on this machine")
    return address


def is_good_for_a_return(stay: Stay, now_ms: float) -> bool:
    """Whether the token is taken still. Its times are of the server's clock: only its life is read from them."""
    said = claims(stay.token)
    begins, ends = said.get("nbf", said.get("iat")), said.get("exp")
    if not isinstance(begins, int | float) or not isinstance(ends, int | float):
        return False
    return now_ms - stay.since_ms < (ends - begins) * 1e3 - _LEAST_LEFT_MS

"""Addresses that a server names for others: whether one goes there by its word.

Encrypted, but for this machine; never with a name or a query in it; and only within the bounds (`net.bounds`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.net import NetError
from visio_desktop.net.bounds import Bounds
from visio_desktop.net.hosts import authority, is_loopback
from visio_desktop.servers.port import JoinError
from visio_desktop.servers.unreachable import unreachable

WEB: Final = {"https": "https", "http": "http"}
WEBSOCKETS: Final = {"https": "wss", "wss": "wss", "http": "ws", "ws": "ws"}
_UNENCRYPTED: Final = ("http", "ws")


def named(url: str, by: str, bounds: Bounds, schemes: Mapping[str, str] = WEB) -> str:
    """The address that the server `by` names, without a trailing slash, its scheme as `schemes` has it.

    Raises `JoinError`: where it is none, could be read on the way, or leads where that server has nothing to say.
    """
    try:
        parts = urlsplit(url)
        netloc = authority(parts)
        host, _ = urlsplit(f"//{netloc}").hostname or "", parts.port
    except ValueError:
        host, netloc = "", ""
    scheme = schemes.get(parts.scheme.lower(), "") if host else ""
    if not scheme or "@" in netloc or parts.query or parts.fragment:
        raise JoinError(Problem(ProblemCode.SERVER_NOT_UNDERSTOOD, by), "no address")
    try:
        bounds.refuse_named(host, by)
    except NetError as error:
        raise JoinError(unreachable(error), str(error)) from error
    if scheme in _UNENCRYPTED and not is_loopback(host):
        raise JoinError(Problem(ProblemCode.LINK_INSECURE, host))
    return urlunsplit((scheme, netloc, parts.path.rstrip("/"), "", ""))

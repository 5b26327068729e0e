"""HTTP and WebSocket traffic of the whole program.

A caller asks `Web` for a reply or a socket; `Web` picks the proxy and the trusted certificates as the system has them,
bounds every wait and every size, and answers with plain values or a `NetError`. Nothing above sees aiohttp.
"""

from visio_desktop.net.errors import HostUnknown, HostUnreachable, NetError, Refused, Silent, TlsUntrusted
from visio_desktop.net.web import Reply, Socket, Web

__all__ = [
    "HostUnknown",
    "HostUnreachable",
    "NetError",
    "Refused",
    "Reply",
    "Silent",
    "Socket",
    "TlsUntrusted",
    "Web",
]

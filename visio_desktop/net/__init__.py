"""HTTP and WebSocket traffic of the whole program, and every other connection over TCP.

A caller asks `Web` for a reply or a socket, or `dial.Dialer` for a bare connection; both go through the proxy that
`proxies` finds, trust the certificates of `trust`, bound every wait and every size, and answer with plain values or a
`NetError`. Nothing above sees aiohttp.

What is exported here is loaded when first asked for: whoever needs the values alone does not load aiohttp.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from visio_desktop.net.errors import (
        HostUnknown,
        HostUnreachable,
        Inward,
        NetError,
        NotAllowed,
        PacFailed,
        ProxyAuthFailed,
        ProxyError,
        ProxyRefused,
        ProxyUnreachable,
        Refused,
        Silent,
        TlsUntrusted,
    )
    from visio_desktop.net.web import Client, Reply, Socket, Web

__all__ = [
    "Client",
    "HostUnknown",
    "HostUnreachable",
    "Inward",
    "NetError",
    "NotAllowed",
    "PacFailed",
    "ProxyAuthFailed",
    "ProxyError",
    "ProxyRefused",
    "ProxyUnreachable",
    "Refused",
    "Reply",
    "Silent",
    "Socket",
    "TlsUntrusted",
    "Web",
]

_MODULES = ("errors", "web")


def __getattr__(name: str) -> object:
    if name in __all__:
        for module in _MODULES:
            found: object = getattr(import_module(f"{__name__}.{module}"), name, None)
            if found is not None:
                return found
    raise AttributeError(name)

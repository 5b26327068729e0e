"""Single steps of the way to a host, for the preflight check: name, connection, TLS, each on its own."""

from __future__ import annotations

import asyncio
import socket
import ssl
from urllib.request import getproxies, proxy_bypass

from yarl import URL

from visio_desktop.net.errors import HostUnknown, HostUnreachable, Silent, TlsUntrusted
from visio_desktop.net.hosts import is_loopback
from visio_desktop.net.trust import tls_context

_TIMEOUT_S = 5.0
_KINDS = {"ws": "http", "wss": "https"}


def proxy_for(url: str) -> str:
    """The proxy traffic to this address takes, without any password; "" for none."""
    target = URL(url)
    host = target.host or ""
    if is_loopback(host) or proxy_bypass(host):
        return ""
    proxies = getproxies()
    found = proxies.get(target.scheme) or proxies.get(_KINDS.get(target.scheme, target.scheme), "")
    return str(URL(found).with_user(None)) if found else ""


async def resolve(host: str, port: int) -> tuple[str, ...]:
    """The addresses of a name. Raises `HostUnknown` or `Silent`."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except TimeoutError as error:
        raise Silent(host, "the name server does not answer") from error
    except (OSError, UnicodeError) as error:
        raise HostUnknown(host) from error
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


async def reach(host: str, port: int, *, secure: bool = False) -> str:
    """Connect and, if `secure`, greet by TLS; gives the TLS version or "". Raises `NetError`."""
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            _, writer = await asyncio.open_connection(host, port, ssl=tls_context() if secure else None)
    except ssl.SSLError as error:
        raise TlsUntrusted(host, error.reason or "") from error
    except TimeoutError as error:
        raise Silent(host, f"port {port} does not answer") from error
    except OSError as error:
        raise HostUnreachable(host, f"port {port}: {error.strerror or error}") from error
    connection = writer.get_extra_info("ssl_object")
    version = str(connection.version()) if connection is not None else ""
    writer.close()
    return version

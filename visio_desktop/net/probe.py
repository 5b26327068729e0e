"""Single steps of the way to a host, for the preflight check: name, connection or proxy, TLS, each on its own."""

from __future__ import annotations

import asyncio
import socket

from visio_desktop.net.dial import Dialer
from visio_desktop.net.errors import HostUnknown, Silent

_TIMEOUT_S = 5.0


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


async def reach(dialer: Dialer, host: str, port: int, *, secure: bool = False) -> str:
    """Connect as all traffic does and, if `secure`, greet by TLS; gives the TLS version or "". Raises `NetError`."""
    transport, _ = await dialer.connect(asyncio.Protocol, host, port, secure=secure, timeout_s=_TIMEOUT_S)
    connection = transport.get_extra_info("ssl_object")
    transport.abort()
    return str(connection.version()) if connection is not None else ""

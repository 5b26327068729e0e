"""Single steps of the way to a host, for the preflight check: name, connection or proxy, TLS, each on its own."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass

from visio_desktop.net.certificate import issuer_of
from visio_desktop.net.dial import Dialer
from visio_desktop.net.errors import HostUnknown, Silent
from visio_desktop.net.ledger import Purpose

_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Greeting:
    """What TLS was agreed on, and who issued the server's certificate; "" without TLS."""

    tls: str = ""
    issuer: str = ""


async def resolve(dialer: Dialer, host: str, port: int) -> tuple[str, ...]:
    """The addresses of a name. Raises `HostUnknown` or `Silent`."""
    dialer.ledger.note(host, 0, "dns", Purpose.CHECK)
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except TimeoutError as error:
        raise Silent(host, "the name server does not answer") from error
    except (OSError, UnicodeError) as error:
        raise HostUnknown(host) from error
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


async def reach(
    dialer: Dialer, host: str, port: int, *, secure: bool = False, purpose: Purpose = Purpose.CHECK
) -> Greeting:
    """Connect as all traffic does and, if `secure`, greet by TLS. Raises `NetError`."""
    transport, _ = await dialer.connect(
        asyncio.Protocol, host, port, secure=secure, timeout_s=_TIMEOUT_S, purpose=purpose
    )
    connection = transport.get_extra_info("ssl_object")
    certificate = connection.getpeercert(binary_form=True) if connection is not None else None
    transport.abort()
    if connection is None:
        return Greeting()
    return Greeting(str(connection.version()), issuer_of(certificate or b""))

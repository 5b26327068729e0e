"""A way through a SOCKS proxy: version 5 (RFC 1928, with names and passwords by RFC 1929) and 4a, for TCP.

Names of hosts are the proxy's to look up, as with HTTP proxies.
"""

from __future__ import annotations

import struct
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from typing import Final, Protocol

from visio_desktop.net.answers import AnswerError
from visio_desktop.net.errors import ProxyAuthFailed, ProxyRefused
from visio_desktop.net.proxies import Proxy, ProxyLogin

_OPEN, _BY_NAME_AND_PASSWORD, _NO_WAY = 0, 2, 255
_CONNECT: Final = 1
_IPV4, _NAME, _IPV6 = 1, 3, 4
_LENGTHS: Final = {_IPV4: 4, _IPV6: 16}
_NOT_ALLOWED: Final = 2
_GRANTED_4: Final = 90
_LONGEST: Final = 255
_FORBIDDEN, _BAD_GATEWAY = 403, 502
"""What an HTTP proxy says where this one has a number of its own: it does not let us, or cannot get there."""


class Line(Protocol):
    """A connection to a proxy: `tunnel.Line`."""

    async def say(self, data: bytes) -> None:
        """Send."""

    async def hear(self, count: int) -> bytes:
        """Exactly so many bytes. Raises `AnswerError` where the connection ends before."""


type AskLogin = Callable[[], Awaitable[ProxyLogin | None]]


async def connect(line: Line, proxy: Proxy, host: str, port: int, login: AskLogin) -> None:
    """Have the proxy connect to a host. Raises `ProxyError`, and `AnswerError` for what is no such proxy."""
    if proxy.socks == 4:  # noqa: PLR2004 - the version
        await _connect_4(line, proxy, host, port)
    else:
        await _introduce(line, proxy, login)
        await line.say(struct.pack("!BBB", 5, _CONNECT, 0) + _address(host) + struct.pack("!H", port))
        version, said, _, kind = await line.hear(4)
        if version != 5:  # noqa: PLR2004 - the version
            raise AnswerError("it speaks no SOCKS 5")
        if said:
            raise ProxyRefused(proxy.host, _FORBIDDEN if said == _NOT_ALLOWED else _BAD_GATEWAY, f"SOCKS {said}")
        length = (await line.hear(1))[0] if kind == _NAME else _LENGTHS.get(kind, -1)
        if length < 0:
            raise AnswerError("it answers with an address of no kind")
        await line.hear(length + 2)


async def _introduce(line: Line, proxy: Proxy, login: AskLogin) -> None:
    """Agree on how the proxy knows who we are: a name is told only where it asks for one."""
    await line.say(bytes((5, 2, _OPEN, _BY_NAME_AND_PASSWORD)))
    version, method = await line.hear(2)
    if version != 5 or method not in (_OPEN, _BY_NAME_AND_PASSWORD, _NO_WAY):  # noqa: PLR2004 - the version
        raise AnswerError("it speaks no SOCKS 5")
    if method == _OPEN:
        return
    known = await login() if method == _BY_NAME_AND_PASSWORD else None
    name, password = ("", "") if known is None else (known.username, known.password)
    words = [word.encode() for word in (name, password)]
    if not name or max(map(len, words)) > _LONGEST:
        raise ProxyAuthFailed(proxy.host)
    await line.say(b"\x01" + b"".join(bytes((len(word),)) + word for word in words))
    if (await line.hear(2))[1]:
        raise ProxyAuthFailed(proxy.host)


async def _connect_4(line: Line, proxy: Proxy, host: str, port: int) -> None:
    """Version 4, which knows IPv4 alone, and its addition a, which knows names."""
    try:
        address, name = ip_address(host).packed, b""
    except ValueError:
        address, name = bytes((0, 0, 0, 1)), _ascii(host) + b"\0"
    if len(address) != _LENGTHS[_IPV4]:
        raise ProxyRefused(proxy.host, _BAD_GATEWAY, "SOCKS 4 knows no IPv6")
    await line.say(struct.pack("!BBH", 4, _CONNECT, port) + address + b"\0" + name)
    version, said = (await line.hear(8))[:2]
    if version != 0:
        raise AnswerError("it speaks no SOCKS 4")
    if said != _GRANTED_4:
        raise ProxyRefused(proxy.host, _BAD_GATEWAY, f"SOCKS {said}")


def _address(host: str) -> bytes:
    try:
        packed = ip_address(host).packed
    except ValueError:
        name = _ascii(host)
        return bytes((_NAME, len(name))) + name
    return bytes((_IPV4 if len(packed) == _LENGTHS[_IPV4] else _IPV6,)) + packed


def _ascii(host: str) -> bytes:
    """A name as the network knows it. Raises `AnswerError` for one no proxy could be asked for."""
    try:
        name = host.encode("idna")
    except UnicodeError:
        name = b""
    if not 0 < len(name) <= _LONGEST:
        raise AnswerError("no name of a host")
    return name

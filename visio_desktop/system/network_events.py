"""Tells when this machine's addresses or its way out have changed: another Wi-Fi, a cable, a VPN.

Linux tells at once over a socket (rtnetlink(7)). Elsewhere, and where there is none, we look every two seconds which
address the system would send from; nothing is sent for it.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from collections.abc import Callable, Iterator

from visio_desktop.system.log import get_logger

_log = get_logger(__name__)

_GROUPS = 0x1 | 0x10 | 0x40 | 0x100 | 0x400  # links, IPv4 addresses and routes, IPv6 addresses and routes
_LINKS, _ADDRESSES, _ROUTES = (16, 17), (20, 21), (24, 25)  # new and gone
_IFINFOMSG_BYTES, _IFADDRMSG_BYTES, _RTMSG_BYTES = 16, 8, 12
_MAIN_TABLE = 254
_UP_AND_RUNNING = 0x1 | 0x40
_DUMP_BYTES = 65_536
_SETTLE_S = 0.4
_LOOK_EVERY_S = 2.0
# Addresses nobody has (RFC 5737, RFC 3849): only the way towards them is asked for.
_NOBODY = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))


async def watch(on_change: Callable[[], None], *, settle_s: float = _SETTLE_S) -> None:
    """Call `on_change` at each change, and once more when a series of changes has come to an end."""
    kernel = _open_kernel()
    if kernel is None:
        await _look(on_change)
        return
    with kernel:
        await _listen(kernel, on_change, settle_s)


async def _listen(kernel: socket.socket, on_change: Callable[[], None], settle_s: float) -> None:
    news = News()
    while True:
        if not news.is_change(await _received(kernel)):
            continue
        on_change()
        further = False
        try:
            while True:
                async with asyncio.timeout(settle_s):
                    further = news.is_change(await _received(kernel)) or further
        except TimeoutError:
            if further:
                on_change()


class News:
    """Tells real changes from the kernel's repetitions: lifetimes renewed, radio strengths, cached routes."""

    def __init__(self) -> None:
        self._addresses: set[bytes] = set()
        self._links: dict[int, bool] = {}

    def is_change(self, data: bytes | None) -> bool:
        """Whether a datagram of the kernel tells of one; None stands for news that were lost."""
        if data is None:
            return True
        changes = [self._takes(kind, body) for kind, body in _messages(data)]  # all of them are taken note of
        return any(changes)

    def _takes(self, kind: int, body: bytes) -> bool:
        if kind in _ADDRESSES and len(body) >= _IFADDRMSG_BYTES:
            return self._address(kind, body)
        if kind in _LINKS and len(body) >= _IFINFOMSG_BYTES:
            return self._link(kind, body)
        # The way to everywhere, in the main table.
        return kind in _ROUTES and len(body) >= _RTMSG_BYTES and body[1] == 0 and body[4] == _MAIN_TABLE

    def _address(self, kind: int, body: bytes) -> bool:
        key = body[4:8] + next((value for name, value in _attributes(body[8:]) if name == 1), b"")
        if kind == _ADDRESSES[1]:
            self._addresses.discard(key)
            return True
        is_new = key not in self._addresses
        self._addresses.add(key)
        return is_new

    def _link(self, kind: int, body: bytes) -> bool:
        index, flags = struct.unpack_from("=iI", body, 4)
        up = kind == _LINKS[0] and flags & _UP_AND_RUNNING == _UP_AND_RUNNING
        before = self._links.get(index)
        self._links[index] = up
        return before is not None and before is not up


def _messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Type and body of each message (netlink(7)); what is cut off is left out."""
    at = 0
    while at + 16 <= len(data):
        length, kind = struct.unpack_from("=IH", data, at)
        if length < 16 or at + length > len(data):  # noqa: PLR2004 - nlmsghdr
            return
        yield kind, data[at + 16 : at + length]
        at += (length + 3) & ~3


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Type and value of each attribute (rtnetlink(7))."""
    at = 0
    while at + 4 <= len(data):
        length, name = struct.unpack_from("=HH", data, at)
        if length < 4 or at + length > len(data):  # noqa: PLR2004 - rtattr
            return
        yield name, data[at + 4 : at + length]
        at += (length + 3) & ~3


def _open_kernel() -> socket.socket | None:
    if sys.platform != "linux":
        return None
    try:
        kernel = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, socket.NETLINK_ROUTE)
        kernel.setblocking(False)
        kernel.bind((0, _GROUPS))
    except OSError as error:
        _log.warning("network_events_unavailable", error=str(error))
        return None
    return kernel


async def _received(kernel: socket.socket) -> bytes | None:
    try:
        return await asyncio.get_running_loop().sock_recv(kernel, _DUMP_BYTES)
    except OSError:  # more news than its buffer holds
        return None


async def _look(on_change: Callable[[], None]) -> None:
    before = way_out()
    while True:
        await asyncio.sleep(_LOOK_EVERY_S)
        now = way_out()
        if now != before:
            before = now
            on_change()


def way_out() -> tuple[str, ...]:
    """The addresses this machine would send from, "" where there is no way."""
    return tuple(_source(family, towards) for family, towards in _NOBODY)


def _source(family: socket.AddressFamily, towards: str) -> str:
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((towards, 9))
            return str(probe.getsockname()[0])
    except OSError:
        return ""

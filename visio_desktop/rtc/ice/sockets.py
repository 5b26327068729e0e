"""Our own UDP sockets: on which addresses, out of which ports, and how they are marked."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Iterator
from random import Random

import ifaddr

from visio_desktop.rtc.ice.network import NetworkOptions

_MAX_ADDRESSES = 16
_MAX_PORTS_TRIED = 200
_RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024


def host_addresses() -> tuple[str, ...]:
    """The addresses of this machine that others may reach: neither loopback nor link-local."""
    found = (str(ip.ip[0] if isinstance(ip.ip, tuple) else ip.ip) for a in ifaddr.get_adapters() for ip in a.ips)
    return tuple(dict.fromkeys(filter(is_usable, found)))[:_MAX_ADDRESSES]


def is_usable(address: str) -> bool:
    """Whether an address can be a host candidate (RFC 8445, section 5.1.1.1)."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if parsed.version == 6 and parsed.ipv4_mapped is not None:  # noqa: PLR2004 - IPv6
        return False
    return not (parsed.is_loopback or parsed.is_link_local or parsed.is_unspecified or parsed.is_multicast)


async def open_socket[P: asyncio.DatagramProtocol](
    make: Callable[[], P], address: str, *, ports: tuple[int, int] | None, spread: Random
) -> P:
    """A UDP socket on this address, out of `ports` where given. Raises `OSError` where there is none to be had."""
    loop = asyncio.get_running_loop()
    refused = OSError("no port given")
    for port in _candidates(ports, spread):
        try:
            transport, protocol = await loop.create_datagram_endpoint(make, local_addr=(address, port))
        except OSError as error:
            refused = error
            continue
        handle = transport.get_extra_info("socket")
        handle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER_BYTES)
        return protocol
    raise refused


class Marking:
    """Marks pictures and sound differently on one socket (RFC 8837): the mark is changed where the other kind comes."""

    def __init__(self, pictures: int, sound: int) -> None:
        self._pictures, self._sound = pictures, sound
        self._marked: tuple[object, int] | None = None

    def use(self, transport: asyncio.BaseTransport, *, is_sound: bool) -> None:
        """What is sent by this next is sound, or is not."""
        wanted = (transport, self._sound if is_sound else self._pictures)
        if wanted != self._marked:
            self._marked = wanted
            handle = transport.get_extra_info("socket")
            if handle is not None:
                mark(handle, wanted[1])


def marking_of(network: NetworkOptions) -> Marking | None:
    """What marks as the options say; None where nothing is to be marked, or all alike."""
    differ = network.dscp and network.dscp != network.dscp_sound
    return Marking(network.dscp, network.dscp_sound) if differ else None


def mark(handle: socket.socket, dscp: int) -> None:
    """Mark what this socket sends (RFC 2474); where the system does not allow it, it stays as it is."""
    try:
        if handle.family == socket.AF_INET6:
            handle.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, dscp << 2)
        else:
            handle.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, dscp << 2)
    except (OSError, AttributeError):
        return


def _candidates(ports: tuple[int, int] | None, spread: Random) -> Iterator[int]:
    """Ports in random order, so that two programs do not meet at the same ones."""
    if ports is None:
        yield 0
        return
    first, last = ports
    count = max(1, last - first + 1)
    begin = spread.randrange(count)
    for n in range(min(count, _MAX_PORTS_TRIED)):
        yield first + (begin + n) % count

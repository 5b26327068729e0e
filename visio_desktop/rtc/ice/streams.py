"""A connection over TCP that looks like a UDP socket to ICE (RFC 6544, the active side)."""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from visio_desktop.rtc.ice.errors import FramingError
from visio_desktop.rtc.ice.framing import Measure, Splitter, by_length, with_length

MAX_UNSENT_BYTES = 192 * 1024
"""More waiting to be sent than that is as good as lost: what is late is of no use to a meeting."""


class Datagrams(Protocol):
    """The one who takes in packets, as `asyncio.DatagramProtocol` does."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Packets may be sent by this transport."""

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        """One packet."""

    def error_received(self, exc: Exception) -> None:
        """The way is broken."""

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing comes any more."""


class StreamLine(asyncio.Protocol):
    """Cuts a connection into packets for `owner`, each as from `peer`; a connection with rubbish on it is ended."""

    def __init__(self, measure: Measure = by_length) -> None:
        self._splitter = Splitter(measure)
        self._transport: asyncio.Transport | None = None
        self._owner: Datagrams | None = None
        self._peer: tuple[str, int] = ("", 0)
        self._lost = False

    def serve(self, owner: Datagrams, peer: tuple[str, int]) -> None:
        """Hand packets to `owner` from now on."""
        self._owner, self._peer = owner, peer
        if self._lost:
            owner.connection_lost(None)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `asyncio.Protocol`."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        try:
            for packet in self._splitter.feed(data):
                if self._owner is not None:
                    self._owner.datagram_received(packet, self._peer)
        except FramingError:
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """See `asyncio.Protocol`."""
        self._lost = True
        if self._owner is not None:
            self._owner.error_received(exc or ConnectionResetError())
            self._owner.connection_lost(exc)

    def write(self, data: bytes) -> None:
        """Send bytes as they are, unless too many wait already."""
        transport = self._transport
        if transport is None or transport.is_closing() or transport.get_write_buffer_size() > MAX_UNSENT_BYTES:
            return
        transport.write(data)

    def close(self) -> None:
        """End the connection at once: what waits for a dead path would keep it for minutes."""
        if self._transport is not None:
            self._transport.abort()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """What the connection knows, such as its `sockname`."""
        return default if self._transport is None else self._transport.get_extra_info(name, default)


class FramedTransport:
    """What ICE sends by: packets framed by RFC 4571 onto one connection. The address is always its other end."""

    def __init__(self, line: StreamLine) -> None:
        self._line = line

    def sendto(self, data: bytes, addr: tuple[str, int]) -> None:  # noqa: ARG002 - a socket's signature
        """See `asyncio.DatagramTransport`."""
        self._line.write(with_length(data))

    def close(self) -> None:
        """See `asyncio.BaseTransport`."""
        self._line.close()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """See `asyncio.BaseTransport`; it has no socket of its own to tune."""
        return default if name == "socket" else self._line.get_extra_info(name, default)

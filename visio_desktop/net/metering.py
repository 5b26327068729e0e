"""What counts the bytes of connections for the ledger, between whoever has a connection and what carries it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, Protocol

from visio_desktop.net.ledger import Ledger, Purpose, Tally


class MeteredProtocol(asyncio.Protocol):
    """Hands everything on to `inner`, whose transport counts what it writes."""

    def __init__(self, inner: asyncio.Protocol, tallies: tuple[Tally, ...]) -> None:
        self._inner = inner
        self._tallies = tallies
        self.transport: MeteredTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `asyncio.Protocol`."""
        if isinstance(transport, asyncio.Transport):
            self.transport = MeteredTransport(transport, self._tallies)
            self._inner.connection_made(self.transport)

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        for tally in self._tallies:
            tally.received(len(data))
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        """See `asyncio.Protocol`."""
        return self._inner.eof_received()

    def pause_writing(self) -> None:
        """See `asyncio.BaseProtocol`."""
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        """See `asyncio.BaseProtocol`."""
        self._inner.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """See `asyncio.BaseProtocol`."""
        self._inner.connection_lost(exc)


class _Passing[T: asyncio.Transport | asyncio.DatagramTransport]:
    """What is asked of a connection, whatever it carries, is asked of the one inside."""

    _inner: T

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """See `asyncio.BaseTransport`."""
        return self._inner.get_extra_info(name, default)

    def is_closing(self) -> bool:
        """See `asyncio.BaseTransport`."""
        return self._inner.is_closing()

    def close(self) -> None:
        """See `asyncio.BaseTransport`."""
        self._inner.close()

    def abort(self) -> None:
        """See `asyncio.WriteTransport`."""
        self._inner.abort()


class MeteredTransport(_Passing[asyncio.Transport], asyncio.Transport):
    """A connection that counts what is written to it."""

    def __init__(self, inner: asyncio.Transport, tallies: tuple[Tally, ...]) -> None:
        super().__init__()
        self._inner = inner
        self._tallies = tallies

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """See `asyncio.WriteTransport`."""
        for tally in self._tallies:
            tally.sent(len(data))
        self._inner.write(data)

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        """See `asyncio.WriteTransport`."""
        self.write(b"".join(list_of_data))

    def can_write_eof(self) -> bool:
        """See `asyncio.WriteTransport`."""
        return self._inner.can_write_eof()

    def write_eof(self) -> None:
        """See `asyncio.WriteTransport`."""
        self._inner.write_eof()

    def is_reading(self) -> bool:
        """See `asyncio.ReadTransport`."""
        return self._inner.is_reading()

    def pause_reading(self) -> None:
        """See `asyncio.ReadTransport`."""
        self._inner.pause_reading()

    def resume_reading(self) -> None:
        """See `asyncio.ReadTransport`."""
        self._inner.resume_reading()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """See `asyncio.WriteTransport`."""
        self._inner.set_write_buffer_limits(high, low)

    def get_write_buffer_size(self) -> int:
        """See `asyncio.WriteTransport`."""
        return self._inner.get_write_buffer_size()

    def get_write_buffer_limits(self) -> tuple[int, int]:
        """See `asyncio.WriteTransport`."""
        return self._inner.get_write_buffer_limits()


class Datagrams(Protocol):
    """What has a UDP socket's packets handed to it, and keeps the socket as `transport`."""

    transport: asyncio.DatagramTransport

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        """See `asyncio.DatagramProtocol`."""


class DatagramMeter:
    """One UDP socket's packets by where they go. What comes from where nothing was sent to is no contact of ours."""

    def __init__(self, ledger: Ledger, purpose: Purpose) -> None:
        self._ledger = ledger
        self._purpose = purpose
        self._tallies: dict[tuple[Any, ...], Tally] = {}

    def expect(self, host: str, address: tuple[Any, ...], purpose: Purpose) -> None:
        """What goes to this address is for that, and the address is that host's."""
        if address[:2] not in self._tallies:
            tally = self._tallies[address[:2]] = self._ledger.note(host, address[1], "udp", purpose)
            tally.led_to((address[0],))

    def sent(self, count: int, address: tuple[Any, ...]) -> None:
        """A packet goes out."""
        tally = self._tallies.get(address[:2])
        if tally is None:
            self.expect(address[0], address, self._purpose)
            tally = self._tallies[address[:2]]
        tally.sent(count)

    def received(self, count: int, address: tuple[Any, ...]) -> None:
        """A packet came in."""
        tally = self._tallies.get(address[:2])
        if tally is not None:
            tally.received(count)


class MeteredDatagrams(_Passing[asyncio.DatagramTransport], asyncio.DatagramTransport):
    """A UDP socket that counts what goes out."""

    def __init__(self, inner: asyncio.DatagramTransport, meter: DatagramMeter) -> None:
        super().__init__()
        self._inner = inner
        self._send = inner.sendto
        self._count = meter.sent
        self.meter = meter

    def sendto(self, data: bytes | bytearray | memoryview, addr: Any = None) -> None:
        """See `asyncio.DatagramTransport`."""
        self._count(len(data), addr or self._inner.get_extra_info("peername"))
        self._send(data, addr)


def meter_datagrams(protocol: Datagrams, ledger: Ledger, purpose: Purpose) -> DatagramMeter:
    """Count what a protocol sends and receives by its socket from now on."""
    meter = DatagramMeter(ledger, purpose)
    inner = protocol.datagram_received

    def datagram_received(data: bytes, addr: tuple[Any, ...]) -> None:
        meter.received(len(data), addr)
        inner(data, addr)

    protocol.transport = MeteredDatagrams(protocol.transport, meter)
    protocol.datagram_received = datagram_received  # type: ignore[method-assign]
    return meter

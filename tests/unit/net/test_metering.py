from __future__ import annotations

import asyncio
from typing import Any

from tests.helpers.streams import Kept, echoing
from visio_desktop.net.ledger import Ledger, Purpose
from visio_desktop.net.metering import MeteredProtocol, MeteredTransport, meter_datagrams


class Packets(asyncio.DatagramProtocol):
    transport: asyncio.DatagramTransport

    def __init__(self) -> None:
        self.came: asyncio.Queue[bytes] = asyncio.Queue()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.DatagramTransport)
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        self.came.put_nowait(data)


async def bound() -> Packets:
    _, made = await asyncio.get_running_loop().create_datagram_endpoint(Packets, local_addr=("127.0.0.1", 0))
    return made


async def test_bytes_of_a_connection_are_counted_for_all_its_lines() -> None:
    ledger = Ledger()
    tallies = tuple(ledger.note(name, 1, "tcp", Purpose.SERVER) for name in ("a", "b"))
    async with echoing() as port:
        kept = Kept()
        metered = MeteredProtocol(kept, tallies)
        await asyncio.get_running_loop().create_connection(lambda: metered, "127.0.0.1", port)
        transport = metered.transport
        assert isinstance(transport, MeteredTransport)
        transport.writelines([b"he", b"llo"])
        await kept.until(5)
        assert transport.get_extra_info("peername") == ("127.0.0.1", port)
        assert transport.can_write_eof()
        assert transport.is_reading()
        assert transport.get_write_buffer_size() == 0
        assert not transport.is_closing()
        transport.abort()
        assert transport.is_closing()
    assert [(c.sent_bytes, c.received_bytes) for c in ledger.contacts()] == [(5, 5)] * 2


async def test_packets_are_counted_by_where_they_go_and_strangers_are_no_contact() -> None:
    ledger = Ledger()
    ours, theirs, stranger = await bound(), await bound(), await bound()
    meter = meter_datagrams(ours, ledger, Purpose.MEDIA)
    place, named = theirs.transport.get_extra_info("sockname"), ("127.0.0.1", 9)
    meter.expect("stun.example.org", named, Purpose.STUN)
    ours.transport.sendto(b"1234", place)
    ours.transport.sendto(b"12", named)
    assert await theirs.came.get() == b"1234"
    here = ours.transport.get_extra_info("sockname")
    for sender in (stranger, theirs):
        sender.transport.sendto(b"123", here)
        assert await ours.came.get() == b"123"
    stun, media = ledger.contacts()
    assert (stun.host, stun.port, stun.purpose, stun.sent_bytes) == ("stun.example.org", 9, Purpose.STUN, 2)
    assert (media.host, media.port, media.purpose) == (*place, Purpose.MEDIA)
    assert (media.sent_bytes, media.received_bytes, media.protocol) == (4, 3, "udp")
    for each in (ours, theirs, stranger):
        each.transport.close()
    assert ours.transport.is_closing()

"""Every way two connections can find each other, with a real TURN server in between."""

from __future__ import annotations

import asyncio
import copy
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path as File
from random import Random
from typing import Any, cast

import pytest
from aioice import Candidate, stun
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.certificates import Authority
from tests.helpers.turn_server import TurnServer
from visio_desktop.net.bounds import Bounds
from visio_desktop.net.dial import Dialer
from visio_desktop.net.proxies import no_proxy
from visio_desktop.net.trust import trusting
from visio_desktop.rtc.aiortc_private import IceConnection
from visio_desktop.rtc.ice.framing import with_length
from visio_desktop.rtc.ice.gathering import IceSettings
from visio_desktop.rtc.ice.network import NetworkOptions, Path
from visio_desktop.rtc.ice.streams import FramedTransport, StreamLine
from visio_desktop.system.clock import monotonic_ms

HERE = ("127.0.0.1",)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def turn(authority: Authority) -> Iterator[TurnServer]:
    with TurnServer(authority) as server:
        yield server


def dialer(file: File | None) -> Dialer:
    return Dialer(no_proxy, context=trusting(file))


class End:
    """One connection, what it told later and what media it heard."""

    def __init__(self, settings: IceSettings, *, controlling: bool, trickles: bool = False) -> None:
        self.told: list[str] = []
        self.heard: list[bytes] = []
        self.ice = IceConnection(
            settings,
            controlling=controlling,
            on_media=self.heard.append,
            clock=monotonic_ms,
            spread=Random(4),
            on_candidate=self.told.append if trickles else None,
        )


async def introduce(one: End, other: End) -> None:
    for here, there in ((one.ice, other.ice), (other.ice, one.ice)):
        here.remote_username, here.remote_password = there.local_username, there.local_password
        for candidate in there.local_candidates:
            await here.add_remote_candidate(candidate)


async def meet(one: End, other: End, timeout_s: float = 8.0) -> None:
    """Gather, tell each other, connect, and send media both ways."""
    await asyncio.gather(one.ice.gather_candidates(), other.ice.gather_candidates())
    await introduce(one, other)
    async with asyncio.timeout(timeout_s):
        await asyncio.gather(one.ice.connect(), other.ice.connect())
        while not (one.heard and other.heard):
            one.ice.send_now(b"\x80" + b"media")
            other.ice.send_now(b"\x80" + b"media")
            await asyncio.sleep(0.01)
    assert one.heard[0] == other.heard[0] == b"\x80media"


async def part(*ends: End) -> None:
    async with asyncio.timeout(2):
        for end in ends:
            await end.ice.close()


@pytest.mark.parametrize("protocol", ["udp", "tcp", "tls"])
async def test_relays_of_every_protocol_carry_media(turn: TurnServer, authority: Authority, protocol: str) -> None:
    network = NetworkOptions(dialer=dialer(authority.file), relay_only=True)
    one = End(IceSettings(turn.servers(protocol), None, network), controlling=True)
    other = End(IceSettings(host_addresses=HERE), controlling=False)
    try:
        await meet(one, other)
        assert [c.type for c in one.ice.local_candidates] == ["relay"]
        assert one.ice.local_candidates[0].related_address == "0.0.0.0"
        assert one.ice.nominated() == Path(protocol, "relay")
        assert other.ice.nominated() == Path("udp", "host")
    finally:
        await part(one, other)


class Passive:
    """The passive side of ICE over TCP (RFC 6544), which servers have and we do not."""

    def __init__(self) -> None:
        self.end = End(IceSettings(host_addresses=()), controlling=False)
        self.connections = 0
        self._server: asyncio.Server | None = None

    async def listen(self) -> Candidate:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._accept, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        return Candidate.from_sdp(f"1 1 tcp 1518280447 127.0.0.1 {port} typ host tcptype passive")

    def _accept(self) -> StreamLine:
        self.connections += 1
        return _Accepted(self.end.ice)

    def close(self) -> None:
        assert self._server is not None
        self._server.close()


class _Accepted(StreamLine):
    def __init__(self, ice: IceConnection) -> None:
        super().__init__()
        self._ice = ice

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        protocol = self._ice.new_protocol()
        peer = transport.get_extra_info("peername")
        self.serve(protocol, peer)
        protocol.connection_made(FramedTransport(self))  # type: ignore[arg-type]
        theirs = Candidate.from_sdp(f"2 1 tcp 1518214911 {peer[0]} {peer[1]} typ host tcptype active")
        ours = Candidate.from_sdp("1 1 tcp 1518280447 127.0.0.1 9 typ host tcptype passive")
        self._ice.adopt(protocol, ours, Path("tcp", "host"), only=theirs)


@pytest.fixture
async def passive() -> AsyncIterator[Passive]:
    side = Passive()
    yield side
    side.close()


async def test_where_udp_leads_nowhere_tcp_is_taken(passive: Passive) -> None:
    candidate = await passive.listen()
    network = NetworkOptions(dialer=dialer(None))
    one, other = End(IceSettings(host_addresses=HERE, network=network), controlling=True), passive.end
    try:
        await asyncio.gather(one.ice.gather_candidates(), other.ice.gather_candidates())
        assert [(c.transport, c.tcptype) for c in one.ice.local_candidates] == [("udp", None), ("tcp", "active")]
        other.ice.remote_username, other.ice.remote_password = one.ice.local_username, one.ice.local_password
        one.ice.remote_username, one.ice.remote_password = other.ice.local_username, other.ice.local_password
        await one.ice.add_remote_candidate(candidate)
        async with asyncio.timeout(5):
            await asyncio.gather(one.ice.connect(), other.ice.connect())
            while not (one.heard and other.heard):
                one.ice.send_now(b"\x80media")
                other.ice.send_now(b"\x80media")
                await asyncio.sleep(0.01)
        assert one.ice.nominated() == Path("tcp", "host")
        assert one.ice._nominated[1].local_candidate.tcptype == "active"
    finally:
        await part(one, other)


async def test_where_udp_works_nobody_connects_by_tcp(passive: Passive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("visio_desktop.rtc.ice.gathering.HEAD_START_S", 0.2)
    candidate = await passive.listen()
    network = NetworkOptions(dialer=dialer(None))
    one = End(IceSettings(host_addresses=HERE, network=network), controlling=True)
    other = End(IceSettings(host_addresses=HERE), controlling=False)
    try:
        await one.ice.add_remote_candidate(candidate)
        await meet(one, other)
        await asyncio.sleep(0.3)
        assert one.ice.nominated() == Path("udp", "host")
        assert passive.connections == 0
    finally:
        await part(one, other, passive.end)


@pytest.mark.parametrize(
    "network",
    [
        NetworkOptions(),
        NetworkOptions(dialer=dialer(None), allow_tcp=False),
        NetworkOptions(dialer=dialer(None), relay_only=True),
    ],
)
async def test_tcp_is_left_alone_where_it_may_not_be_used(passive: Passive, network: NetworkOptions) -> None:
    candidate = await passive.listen()
    one = End(IceSettings(host_addresses=HERE, network=replace(network, allow_udp=False)), controlling=True)
    await one.ice.gather_candidates()
    for _ in range(3):
        await one.ice.add_remote_candidate(candidate)
    await asyncio.sleep(0.05)
    assert one.ice.local_candidates == []
    assert passive.connections == 0
    await part(one, passive.end)


async def test_a_flood_of_tcp_candidates_is_bounded(passive: Passive) -> None:
    candidate = await passive.listen()
    network = NetworkOptions(dialer=dialer(None), allow_udp=False)
    one = End(IceSettings(host_addresses=HERE, network=network), controlling=True)
    await one.ice.gather_candidates()
    for n in range(100):
        another = copy.copy(candidate)
        another.host = f"127.0.1.{n}"
        await one.ice.add_remote_candidate(another)
    assert len(one.ice._gatherer._tasks) <= 10
    await part(one, passive.end)


async def test_a_relay_that_answers_late_is_told_and_used(turn: TurnServer) -> None:
    network = NetworkOptions(relay_only=True)
    one = End(IceSettings(turn.servers("udp"), None, network), controlling=True, trickles=True)
    other = End(IceSettings(host_addresses=HERE), controlling=False)
    try:
        await asyncio.gather(one.ice.gather_candidates(), other.ice.gather_candidates())
        assert one.ice.local_candidates == []
        await introduce(one, other)
        connecting = asyncio.gather(one.ice.connect(), other.ice.connect())
        async with asyncio.timeout(5):
            while not one.told:
                await asyncio.sleep(0.01)
            await other.ice.add_remote_candidate(Candidate.from_sdp(one.told[0]))
            await connecting
        assert one.ice.nominated() == Path("udp", "relay")
        assert len(one.told) == 1
    finally:
        await part(one, other)


async def test_among_many_relays_the_one_that_works_is_found(turn: TurnServer, authority: Authority) -> None:
    servers = (("turn:127.0.0.1:9", "x", "y"), ("turn:no-such-host.invalid", "x", "y"), *turn.servers("tls"))
    network = NetworkOptions(dialer=dialer(authority.file), relay_only=True)
    one = End(IceSettings(servers, None, network), controlling=True)
    other = End(IceSettings(host_addresses=HERE), controlling=False)
    try:
        await meet(one, other)
        assert one.ice.nominated() == Path("tls", "relay")
    finally:
        await part(one, other)


async def test_a_relay_with_an_unknown_certificate_is_not_used(turn: TurnServer) -> None:
    network = NetworkOptions(dialer=dialer(None), relay_only=True)
    one = End(IceSettings(turn.servers("tls"), None, network), controlling=True)
    await one.ice.gather_candidates()
    assert one.ice.local_candidates == []
    await part(one)


async def test_relays_and_stun_servers_beyond_the_bounds_are_not_asked() -> None:
    trap = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    trap.bind(("127.0.0.1", 0))
    trap.setblocking(False)
    there = f"localhost:{trap.getsockname()[1]}"
    servers = [(url, "x", "y") for url in (f"turn:{there}", f"turn:{there}?transport=tcp", f"turns:{there}")]
    bounds = Bounds(lambda host: host != "localhost", lambda: True)
    bounded = Dialer(no_proxy, bounds=bounds)
    network = NetworkOptions(dialer=bounded, ledger=bounded.ledger, bounds=bounds)
    one = End(IceSettings((*servers, (f"stun:{there}", "", "")), HERE, network), controlling=True)
    await one.ice.gather_candidates()
    assert [c.type for c in one.ice.local_candidates if c.transport == "udp"] == ["host"]
    assert "localhost" not in {contact.host for contact in bounded.ledger.contacts()}
    with pytest.raises(BlockingIOError):
        trap.recv(1)
    await part(one)
    trap.close()


async def test_a_relay_does_not_hold_up_what_stands_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("visio_desktop.rtc.ice.gathering._PATIENCE_S", 0.05)
    silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    silent.bind(("127.0.0.1", 0))
    port = silent.getsockname()[1]
    servers = ((f"turn:127.0.0.1:{port}", "x", "y"), (f"stun:127.0.0.1:{port}", "", ""))
    for trickles in (False, True):
        one = End(IceSettings(servers, HERE), controlling=True, trickles=trickles)
        async with asyncio.timeout(1):
            await one.ice.gather_candidates()
        assert [c.type for c in one.ice.local_candidates] == ["host"]
        await part(one)
    silent.close()


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
async def test_both_kinds_of_addresses_out_of_a_range_of_ports_and_marked(address: str) -> None:
    network = NetworkOptions(udp_ports=(42_000, 42_010), dscp=34)
    one = End(IceSettings(host_addresses=(address,), network=network), controlling=True)
    other = End(IceSettings(host_addresses=(address,), network=network), controlling=False)
    try:
        await meet(one, other)
        for end in (one, other):
            assert [c.host for c in end.ice.local_candidates] == [address]
            assert 42_000 <= end.ice.local_candidates[0].port <= 42_010
        handle = one.ice._protocols[0].transport.get_extra_info("socket")
        marked = (
            (socket.IPPROTO_IP, socket.IP_TOS) if address == "127.0.0.1" else (socket.IPPROTO_IPV6, socket.IPV6_TCLASS)
        )
        assert handle.getsockopt(*marked) == 34 << 2
    finally:
        await part(one, other)


async def test_where_a_stun_server_sees_us_is_told() -> None:
    """Behind a translator a STUN server would see another port: here one is pretended."""

    class Translating(asyncio.DatagramProtocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport = cast("asyncio.DatagramTransport", transport)

        def datagram_received(self, data: bytes, addr: Any) -> None:
            request = stun.parse_message(data)
            answer = stun.Message(request.message_method, stun.Class.RESPONSE, request.transaction_id)
            answer.attributes["XOR-MAPPED-ADDRESS"] = ("203.0.113.9", 4_711)
            self.transport.sendto(bytes(answer), addr)

    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(Translating, local_addr=("127.0.0.1", 0))
    servers = ((f"stun:127.0.0.1:{transport.get_extra_info('sockname')[1]}", "", ""),)
    one = End(IceSettings(servers, HERE), controlling=True)
    await one.ice.gather_candidates()
    seen = one.ice.local_candidates[1]
    assert (seen.type, seen.host, seen.port, seen.related_address) == ("srflx", "203.0.113.9", 4_711, "127.0.0.1")
    await part(one)
    transport.close()


@given(st.lists(st.binary(max_size=80), max_size=20))
def test_rubbish_over_tcp_ends_nothing_but_its_connection(pieces: list[bytes]) -> None:
    async def receive() -> None:
        end = End(IceSettings(host_addresses=()), controlling=False)
        await end.ice.gather_candidates()
        line = StreamLine()
        protocol = end.ice.new_protocol()
        line.serve(protocol, ("127.0.0.1", 9))
        protocol.connection_made(FramedTransport(line))  # type: ignore[arg-type]
        there = Candidate.from_sdp("2 1 tcp 1 127.0.0.1 9 typ host tcptype passive")
        ours = Candidate.from_sdp("1 1 tcp 1 127.0.0.1 9 typ host tcptype active")
        end.ice.adopt(protocol, ours, Path("tcp", "host"), only=there)
        for piece in pieces:
            line.data_received(piece)
            line.data_received(with_length(b"\x00\x01" + piece))
        line.connection_lost(None)
        await end.ice.close()

    asyncio.run(receive())

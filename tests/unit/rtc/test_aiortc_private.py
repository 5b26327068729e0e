"""Every private name of aiortc and aioice we lean on is still there and means the same; and rubbish breaks nothing."""

from __future__ import annotations

import asyncio
import inspect
import socket
from random import Random

import aioice
import pytest
from aioice import stun
from aioice.ice import CandidatePair, StunProtocol
from aiortc import RTCDtlsTransport, RTCSctpTransport
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.rtc_pair import Camera, Pair, pair, sound, until
from visio_desktop.rtc.aiortc_private import (
    DtlsTransport,
    IceConnection,
    IcePipe,
    SctpTransport,
)
from visio_desktop.rtc.frames import Codec
from visio_desktop.rtc.ice.gathering import IceSettings
from visio_desktop.rtc.ice.network import NetworkOptions
from visio_desktop.rtc.options import PeerState


def _never(data: bytes) -> None:
    pytest.fail(f"{len(data)} bytes came through")


def ice(settings: IceSettings, controlling: bool = True) -> IceConnection:
    return IceConnection(
        settings, controlling=controlling, on_media=lambda _: None, clock=lambda: 0.0, spread=Random(1)
    )


def test_the_versions_are_those_this_was_written_for() -> None:
    assert aioice.__version__ == "0.13.0"
    assert __import__("aiortc").__version__ == "1.16.0"


@pytest.mark.parametrize(
    "name",
    [
        "_nominated",
        "_protocols",
        "_queue",
        "_query_consent_task",
        "_remote_candidates",
        "_local_candidates",
        "_local_candidates_end",
        "_check_list",
        "_check_list_done",
        "_closing",
    ],
)
async def test_private_attributes_of_the_ice_connection(name: str) -> None:
    assert hasattr(aioice.Connection(ice_controlling=True), name)


@pytest.mark.parametrize("name", ["_rx_srtp", "_tx_srtp", "_task", "_role"])
async def test_private_attributes_of_the_dtls_transport(name: str) -> None:
    transport = DtlsTransport(IcePipe(ice(IceSettings())), lambda _: None, lambda _: None)
    assert name in vars(transport)


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (aioice.Connection, "get_component_candidates"),
        (aioice.Connection, "data_received"),
        (aioice.Connection, "query_consent"),
        (aioice.Connection, "build_request"),
        (aioice.Connection, "_add_remote_candidate"),
        (aioice.Connection, "_pair_remote_candidate"),
        (aioice.Connection, "_find_pair"),
        (aioice.Connection, "sort_check_list"),
        (aioice.Connection, "check_complete"),
        (aioice.Connection, "protocol_lost"),
        (StunProtocol, "datagram_received"),
        (StunProtocol, "request"),
        (CandidatePair, "remote_addr"),
        (CandidatePair, "local_candidate"),
        (RTCDtlsTransport, "_send_data"),
        (RTCDtlsTransport, "_set_role"),
        (RTCSctpTransport, "_handle_data"),
    ],
)
def test_private_methods(owner: type, name: str) -> None:
    assert name in vars(owner)


def test_consent_is_asked_for_by_the_method_we_replace() -> None:
    assert "self.query_consent()" in inspect.getsource(aioice.Connection.connect)


def test_candidates_are_gathered_by_the_method_we_replace() -> None:
    assert "self.get_component_candidates(component=component, addresses=addresses)" in inspect.getsource(
        aioice.Connection.gather_candidates
    )


@pytest.mark.parametrize(("controlling", "chosen", "asks"), [(False, False, 1), (False, True, 0), (True, False, 0)])
async def test_where_they_choose_they_are_asked_again_once_they_have_our_answer(
    monkeypatch: pytest.MonkeyPatch, controlling: bool, chosen: bool, asks: int
) -> None:
    ours, theirs = ice(IceSettings(host_addresses=("127.0.0.1",))), ice(IceSettings(host_addresses=("127.0.0.1",)))
    ours.ice_controlling = controlling
    try:
        await asyncio.gather(ours.gather_candidates(), theirs.gather_candidates())
        (candidate,) = theirs.local_candidates
        await ours.add_remote_candidate(candidate)
        ours.remote_username, ours.remote_password = theirs.local_username, theirs.local_password
        theirs.remote_username, theirs.remote_password = ours.local_username, ours.local_password
        (pair_,) = ours._check_list
        pair_.state = CandidatePair.State.SUCCEEDED
        theirs.ice_controlling = True
        message = theirs.build_request(pair_, nominate=chosen)
        sent: list[object] = []
        monkeypatch.setattr(pair_.protocol, "send_stun", lambda request, _: sent.append(request))
        ours.check_incoming(message, pair_.remote_addr, pair_.protocol)
        assert len(sent) == asks
        for request in sent:
            assert isinstance(request, stun.Message)
            assert "ICE-CONTROLLED" in request.attributes
            assert request.check_message_integrity(theirs.local_password.encode())
    finally:
        await asyncio.gather(ours.close(), theirs.close())


def test_pairs_are_made_by_the_method_we_replace() -> None:
    source = inspect.getsource(aioice.Connection._add_remote_candidate)
    assert "self._pair_remote_candidate(remote_candidate)" in source
    assert "self._pair_remote_candidate(remote_candidate)" in inspect.getsource(aioice.Connection.connect)


async def test_where_we_choose_the_better_of_two_ways_that_work_stays() -> None:
    connection = ice(IceSettings(host_addresses=("127.0.0.1",)))
    await connection.gather_candidates()
    remote = aioice.Candidate.from_sdp("1 1 udp 1 127.0.0.1 9 typ host")
    (protocol,) = connection._protocols
    relayed = connection.new_protocol()
    relayed.local_candidate = aioice.Candidate.from_sdp("2 1 udp 1 127.0.0.1 10 typ relay")
    pairs = [CandidatePair(protocol, remote), CandidatePair(relayed, remote)]
    for works in pairs:
        works.nominated, works.state = True, CandidatePair.State.SUCCEEDED
        connection.check_complete(works)
    assert connection._nominated[1] is pairs[0]
    connection.ice_controlling = False
    connection.check_complete(pairs[1])
    assert connection._nominated[1] is pairs[1]
    await connection.close()


async def test_a_way_we_like_less_is_asked_for_with_less_priority() -> None:
    connection = ice(IceSettings())
    connection.remote_username = "them"
    remote = aioice.Candidate.from_sdp("1 1 udp 1 127.0.0.1 9 typ host")
    asked = []
    for priority in (2_130_706_431, 33_562_623):
        protocol = connection.new_protocol()
        protocol.local_candidate = aioice.Candidate.from_sdp(f"1 1 udp {priority} 127.0.0.1 10 typ host")
        asked.append(connection.build_request(CandidatePair(protocol, remote), nominate=False).attributes["PRIORITY"])
    assert asked == [aioice.candidate.candidate_priority(1, "prflx"), 33_562_623]


async def test_a_translated_address_is_no_host_any_more() -> None:
    connection = ice(IceSettings(host_addresses=("127.0.0.1",)))
    await connection.gather_candidates()
    remote = aioice.Candidate.from_sdp("1 1 udp 1 127.0.0.1 9 typ host")
    connection._nominated[1] = CandidatePair(connection._protocols[0], remote)
    local = connection.local_candidates[0]
    kinds = []
    for seen_as in (None, (local.host, local.port), ("203.0.113.9", 4711)):
        connection._seen_as = seen_as
        kinds.append(getattr(connection.nominated(), "candidate", ""))
    connection.announce(aioice.Candidate.from_sdp("3 1 udp 1 203.0.113.9 4711 typ srflx"))
    kinds.append(getattr(connection.nominated(), "candidate", ""))
    assert kinds == ["host", "host", "prflx", "srflx"]
    await connection.close()


def test_dtls_reads_and_writes_through_the_pipes_names() -> None:
    source = inspect.getsource(RTCDtlsTransport)
    assert {"_recv", "_send", "role"} <= {n for n in ("_recv", "_send", "role") if f"self.transport.{n}" in source}


async def test_only_the_given_addresses_are_gathered_and_their_buffers_are_large() -> None:
    connection = ice(IceSettings(host_addresses=("127.0.0.1",)))
    await connection.gather_candidates()
    assert [c.host for c in connection.local_candidates] == ["127.0.0.1"]
    handle = connection._protocols[0].transport.get_extra_info("socket")
    usual = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    assert handle.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) >= usual.getsockopt(
        socket.SOL_SOCKET, socket.SO_RCVBUF
    )
    usual.close()
    assert connection.nominated() is None
    assert not connection.send_now(b"nobody is there")
    await connection.close()


async def test_relay_only_gathers_no_host() -> None:
    connection = ice(IceSettings(host_addresses=("127.0.0.1",), network=NetworkOptions(relay_only=True)))
    await connection.gather_candidates()
    assert connection.local_candidates == []
    await connection.close()


@given(st.lists(st.binary(max_size=60), max_size=20))
def test_rubbish_datagrams_are_dropped(datagrams: list[bytes]) -> None:
    async def receive() -> None:
        connection = ice(IceSettings(host_addresses=("127.0.0.1",)))
        dtls = DtlsTransport(IcePipe(connection), _never, _never)
        connection._on_media = dtls.media_received
        await connection.gather_candidates()
        for data in datagrams:
            connection._protocols[0].datagram_received(data, ("127.0.0.1", 9))
        await connection.close()

    asyncio.run(receive())


async def test_too_many_datagrams_do_not_pile_up() -> None:
    connection = ice(IceSettings())
    for _ in range(10_000):
        connection.data_received(b"\x16" * 100, 1)
    assert connection._queue.qsize() <= 256


async def test_a_connection_bears_rubbish_from_both_sides_of_its_keys() -> None:
    async with pair() as two:
        stream = two.caller.add_sender((Codec.OPUS,), stream_id="ada", track_id="microphone")
        channel = two.caller.open_channel("chat")
        await two.negotiate()
        await two.connected()
        await until(lambda: channel.is_open)
        await _send_rubbish(two)
        stream.send(sound(0))
        channel.send(b"still here")
        await until(lambda: len(two.callee_heard.frames["microphone"]) == 1)
        await until(lambda: two.callee_heard.messages == [("chat", b"still here")])
        assert two.callee.state is PeerState.CONNECTED


async def _send_rubbish(two: Pair) -> None:
    random, there = Random(3), two.caller._transport
    starts = (b"", b"\x80", b"\x80\xc8", b"\x80\xcd", b"\x81\xce", b"\x90\x60", b"\x16\xfe", b"\x00\x01")
    sctp = there.sctp
    assert isinstance(sctp, SctpTransport)
    head = b"\x13\x88\x13\x88" + sctp._remote_verification_tag.to_bytes(4)
    for number in range(400):
        body = starts[number % len(starts)] + random.randbytes(random.randrange(80))
        there.ice.send_now(body)
        there.dtls.send_rtp(b"\x90\x60" + body)
        there.dtls.send_rtcp(bytes([0x80 | number % 32, 200 + number % 8]) + body)
        await there.dtls._send_data(head + body)
        if number % 50 == 0:
            await asyncio.sleep(0.01)


async def test_a_datagram_from_before_the_handshake_is_dropped() -> None:
    dtls = DtlsTransport(IcePipe(ice(IceSettings())), _never, _never)
    dtls.media_received(b"\x80\x60" + bytes(40))
    dtls.send_rtp(b"\x80\x60" + bytes(40))
    dtls.send_rtcp(b"\x80\xc8" + bytes(40))


async def test_another_certificate_than_described_fails() -> None:
    async with pair() as two:
        two.caller.open_channel("chat")
        answer = await two.callee.accept_offer(await two.caller.create_offer())
        at = answer.index("sha-256 ") + 8
        await two.caller.set_answer(answer.replace(answer[at : at + 95], ":".join(["00"] * 32)))
        await until(lambda: two.caller.state is PeerState.FAILED)


async def test_the_round_trip_is_measured_and_loss_of_consent_ends_the_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("visio_desktop.rtc.aiortc_private._CONSENT_INTERVAL_S", 0.01)
    monkeypatch.setattr("aioice.stun.RETRY_RTO", 0.02)
    async with pair() as two:
        stream = two.caller.add_sender((Codec.VP8,), stream_id="ada", track_id="camera")
        await two.negotiate()
        await two.connected()
        await Camera(stream).film(1)
        await until(lambda: two.caller._transport.ice.rtt_ms is not None)
        for protocol in two.callee._transport.ice._protocols:
            protocol.datagram_received = lambda *_: None  # type: ignore[method-assign]
        await until(lambda: two.caller.state is PeerState.FAILED)

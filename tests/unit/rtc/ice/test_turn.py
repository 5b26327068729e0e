"""The client against a relay the test speaks for; `test_gathering.py` has a real one."""

from __future__ import annotations

import asyncio
import hashlib
import struct
from collections.abc import Callable
from typing import Any

import pytest
from aioice import stun
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.rtc.ice.errors import RelayError
from visio_desktop.rtc.ice.relays import Relay
from visio_desktop.rtc.ice.turn import TurnClient

RELAY = Relay("turn.example", 3478, "udp", "ada", "secret")
PEER = ("192.0.2.1", 5000)
KEY = hashlib.md5(b"ada:realm:secret").digest()
ALLOCATED = {"XOR-RELAYED-ADDRESS": ("198.51.100.1", 40_000), "XOR-MAPPED-ADDRESS": ("203.0.113.1", 4_711)}


class Owner:
    def __init__(self) -> None:
        self.heard: list[tuple[bytes, Any]] = []
        self.errors = self.ends = 0
        self.ended = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None: ...

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.heard.append((data, addr))

    def error_received(self, exc: Exception) -> None:
        self.errors += 1

    def connection_lost(self, exc: Exception | None) -> None:
        self.ends += 1
        self.ended.set()


class Server:
    """Answers requests at once; `refuse` maps a method to what it is refused with, once per entry."""

    def __init__(self, relay: Relay = RELAY) -> None:
        self.client = TurnClient(relay, self.take, self.hang_up)
        self.requests: list[stun.Message] = []
        self.data: list[bytes] = []
        self.refuse: dict[stun.Method, list[tuple[int, str]]] = {}
        self.hung_up = False
        self.nonce = b"first"

    def hang_up(self) -> None:
        self.hung_up = True

    def take(self, data: bytes) -> None:
        if data[0] >> 6 == 1:
            self.data.append(data)
            return
        request = stun.parse_message(data)
        self.requests.append(request)
        answer = self._answer(request)
        asyncio.get_running_loop().call_soon(self.client.received, bytes(answer))

    def _answer(self, request: stun.Message) -> stun.Message:
        refusals = self.refuse.get(request.message_method, [])
        known = "USERNAME" in request.attributes and request.check_message_integrity(KEY)
        if refusals and known:
            return self._refusal(request, refusals.pop(0))
        if not known:
            return self._refusal(request, (401, "who?"))
        answer = stun.Message(request.message_method, stun.Class.RESPONSE, request.transaction_id)
        if request.message_method is stun.Method.ALLOCATE:
            answer.attributes |= ALLOCATED
        answer.attributes["LIFETIME"] = 600
        answer.add_message_integrity(KEY)
        return answer

    def _refusal(self, request: stun.Message, code: tuple[int, str]) -> stun.Message:
        refusal = stun.Message(request.message_method, stun.Class.ERROR, request.transaction_id)
        refusal.attributes |= {"ERROR-CODE": code, "REALM": "realm", "NONCE": self.nonce}
        if code[0] not in {401, 438}:
            refusal.add_message_integrity(KEY)
        return refusal

    def asked(self, method: stun.Method) -> int:
        return sum(request.message_method is method for request in self.requests)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(2):
        while not condition():
            await asyncio.sleep(0)


async def allocated() -> tuple[Server, Owner]:
    server, owner = Server(), Owner()
    await server.client.allocate()
    server.client.serve(owner)
    return server, owner


async def test_an_allocation_is_asked_for_and_given_back() -> None:
    server, owner = await allocated()
    assert server.client.get_extra_info("sockname") == ("198.51.100.1", 40_000)
    assert server.client.get_extra_info("related_address") == ("203.0.113.1", 4_711)
    assert server.client.get_extra_info("socket") is None
    server.client.close()
    server.client.close()
    await owner.ended.wait()
    assert server.requests[-1].attributes["LIFETIME"] == 0
    assert server.asked(stun.Method.REFRESH) == 1
    assert server.hung_up
    assert owner.ends == 1


async def test_packets_wait_for_their_channel_and_then_go_in_order() -> None:
    server, owner = await allocated()
    for word in (b"one", b"two"):
        server.client.sendto(word, PEER)
    assert server.data == []
    await until(lambda: len(server.data) == 2)
    server.client.sendto(b"three", PEER)
    assert server.data == [struct.pack("!HH", 0x4000, len(w)) + w for w in (b"one", b"two", b"three")]
    assert server.asked(stun.Method.CHANNEL_BIND) == 1
    server.client.received(struct.pack("!HH", 0x4000, 2) + b"hi" + b"\0\0")
    server.client.received(struct.pack("!HH", 0x4001, 2) + b"hi")
    assert owner.heard == [(b"hi", PEER)]
    server.client.close()
    await owner.ended.wait()


async def test_a_peer_that_is_refused_is_asked_for_again_and_packets_do_not_pile_up() -> None:
    server, owner = await allocated()
    server.refuse[stun.Method.CHANNEL_BIND] = [(403, "forbidden")]
    for _ in range(1_000):
        server.client.sendto(b"x", PEER)
    await until(lambda: not server.refuse[stun.Method.CHANNEL_BIND])
    await asyncio.sleep(0.01)
    assert server.data == []
    server.client.sendto(b"y", PEER)
    await until(lambda: len(server.data) == 1)
    server.client.close()
    await owner.ended.wait()


async def test_a_stale_nonce_is_renewed() -> None:
    server, owner = await allocated()
    server.refuse[stun.Method.CHANNEL_BIND] = [(438, "stale")]
    server.nonce = b"second"
    server.client.sendto(b"x", PEER)
    await until(lambda: len(server.data) == 1)
    assert server.requests[-1].attributes["NONCE"] == b"second"
    server.client.close()
    await owner.ended.wait()


@pytest.mark.parametrize(
    "relay", [Relay("turn.example", 3478, "udp"), Relay("turn.example", 3478, "udp", "ada", "wrong")]
)
async def test_without_the_right_credentials_there_is_no_relay(relay: Relay) -> None:
    server = Server(relay)
    with pytest.raises(RelayError):
        await server.client.allocate()
    assert len(server.requests) <= 3
    server.client.close()
    await until(lambda: server.hung_up)


async def test_an_allocation_that_is_refused() -> None:
    server = Server()
    server.refuse[stun.Method.ALLOCATE] = [(486, "quota")]
    with pytest.raises(RelayError, match="486"):
        await server.client.allocate()
    server.client.close()
    await until(lambda: server.hung_up)


async def test_what_carried_the_messages_is_lost() -> None:
    server, owner = await allocated()
    server.client.lost()
    await owner.ended.wait()
    assert (owner.errors, owner.ends) == (1, 1)
    assert server.asked(stun.Method.REFRESH) == 0
    late = Owner()
    server.client.serve(late)
    assert late.ends == 1


@given(
    st.lists(st.binary(max_size=100) | st.binary(max_size=60).map(lambda b: b"\x01\x03\x00\x00\x21\x12\xa4\x42" + b))
)
def test_rubbish_of_a_relay_is_dropped(datagrams: list[bytes]) -> None:
    async def receive() -> None:
        server, owner = await allocated()
        for data in datagrams:
            server.client.received(data)
        assert owner.heard == []
        server.client.close()
        await owner.ended.wait()

    asyncio.run(receive())

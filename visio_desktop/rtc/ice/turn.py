"""A TURN client (RFC 8656): one allocation of a relay, over whatever carries its messages.

To ICE it is a socket at the relayed address: `sendto`, `close`, `get_extra_info`. Data goes by channels, each bound
when a peer is first sent to; packets for a peer whose channel is just being bound wait, a few of them.
"""

from __future__ import annotations

import asyncio
import hashlib
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aioice import stun

from visio_desktop.rtc.ice.errors import RelayError
from visio_desktop.rtc.ice.relays import Relay
from visio_desktop.rtc.ice.streams import Datagrams
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

_log = get_logger(__name__)
_UDP = 17 << 24
_LIFETIME_S = 600
_SHORTEST_LIFETIME_S = 30
_CHANNEL_REFRESH_S = 480.0
_FIRST_CHANNEL, _LAST_CHANNEL = 0x4000, 0x4FFF
_MAX_WAITING = 24
_TRIES = 3
_UNAUTHENTICATED, _STALE_NONCE = 401, 438
_PARSER_ERRORS = (ValueError, LookupError, struct.error, TypeError)

type Address = tuple[str, int]


@dataclass(slots=True)
class _Channel:
    """The way to one peer: `waiting` packets go once it is bound."""

    number: int
    bound: bool = False
    binding: bool = False
    waiting: list[bytes] = field(default_factory=list)


class TurnClient:
    """One allocation. `write` sends one message as it is; `hang_up` ends what carries them.

    `handle` is the socket of a relay over UDP.
    """

    def __init__(self, relay: Relay, write: Callable[[bytes], None], hang_up: Callable[[], None]) -> None:
        self.relay = relay
        self.relayed: Address = ("", 0)
        self.mapped: Address = ("", 0)
        self.handle: socket.socket | None = None
        self._write = write
        self._hang_up = hang_up
        self._owner: Datagrams | None = None
        self._transactions: dict[bytes, stun.Transaction] = {}
        self._channels: dict[Address, _Channel] = {}
        self._peers: dict[int, Address] = {}
        self._realm = ""
        self._nonce = b""
        self._key: bytes | None = None
        self._broken = asyncio.Event()
        self._waiting: set[asyncio.Timeout] = set()
        self._closed = False
        self._tasks = Tasks("turn", lambda _name, _error: self.lost())

    async def allocate(self) -> None:
        """Have the relay listen for us. Raises `RelayError`."""
        attributes = {"LIFETIME": _LIFETIME_S, "REQUESTED-TRANSPORT": _UDP}
        answer = await self._ask(stun.Method.ALLOCATE, attributes)
        try:
            self.relayed, self.mapped = answer["XOR-RELAYED-ADDRESS"], answer["XOR-MAPPED-ADDRESS"]
            lifetime_s = max(answer["LIFETIME"], _SHORTEST_LIFETIME_S)
        except KeyError:
            raise RelayError("an allocation without addresses") from None
        self._tasks.start(self._keep(lifetime_s), name="refresh")

    def serve(self, owner: Datagrams) -> None:
        """Hand what peers send to `owner` from now on."""
        self._owner = owner
        if self._broken.is_set():
            owner.connection_lost(None)

    def received(self, data: bytes) -> None:
        """One message of the relay; rubbish is dropped."""
        if len(data) >= 4 and data[0] >> 6 == 1:  # noqa: PLR2004 - RFC 8656, section 12.4: ChannelData
            peer, length = self._peers.get(int.from_bytes(data[:2])), int.from_bytes(data[2:4])
            if peer is not None and self._owner is not None and 0 < length <= len(data) - 4:
                self._owner.datagram_received(data[4 : 4 + length], peer)
            return
        try:
            message = stun.parse_message(data)
            transaction = self._transactions.get(message.transaction_id)
            if transaction is not None and message.message_class in {stun.Class.RESPONSE, stun.Class.ERROR}:
                transaction.response_received(message, (self.relay.host, self.relay.port))
        except _PARSER_ERRORS:
            return

    def send_stun(self, message: stun.Message, _address: Address) -> None:
        """What aioice's transactions send by."""
        self._write(bytes(message))

    def sendto(self, data: bytes, address: Address) -> None:
        """Send to a peer."""
        channel = self._channels.get(address)
        if channel is None:
            number = _FIRST_CHANNEL + len(self._channels)
            if number > _LAST_CHANNEL:
                return
            channel = self._channels[address] = _Channel(number)
        if channel.bound:
            self._write(struct.pack("!HH", channel.number, len(data)) + data)
            return
        if len(channel.waiting) < _MAX_WAITING:
            channel.waiting.append(data)
        if not channel.binding and not self._closed:
            channel.binding = True
            self._tasks.start(self._bind(address, channel), name="channel")

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """See `asyncio.BaseTransport`."""
        known = {"sockname": self.relayed, "related_address": self.mapped, "socket": self.handle}
        return known.get(name, default)

    def lost(self) -> None:
        """What carried the messages is gone."""
        if not self._broken.is_set():
            self._broken.set()
            for waiting in self._waiting:
                waiting.reschedule(0)
            if self._owner is not None:
                self._owner.error_received(ConnectionResetError())
        self.close()

    def close(self) -> None:
        """Give the allocation back, without waiting for thanks, and end what carries the messages."""
        if self._closed:
            return
        self._closed = True
        if self._key is not None and not self._broken.is_set():
            request = self._request(stun.Method.REFRESH, {"LIFETIME": 0})
            request.add_message_integrity(self._key)
            self._write(bytes(request))
        self._tasks.start(self._end(), name="end")

    async def _end(self) -> None:
        await self._tasks.close()
        self._hang_up()
        if self._owner is not None:
            self._owner.connection_lost(None)

    async def _keep(self, lifetime_s: float) -> None:
        """Refresh the allocation and its channels, each well before it ends."""
        while True:
            await asyncio.sleep(min(lifetime_s * 5 / 6, _CHANNEL_REFRESH_S))
            try:
                answer = await self._ask(stun.Method.REFRESH, {"LIFETIME": _LIFETIME_S})
                for address, channel in list(self._channels.items()):
                    if channel.bound:
                        await self._ask_for_channel(address, channel)
            except RelayError as error:
                _log.info("relay_not_refreshed", error=str(error))
                self.lost()
                return
            lifetime_s = max(answer.get("LIFETIME", _LIFETIME_S), _SHORTEST_LIFETIME_S)

    async def _bind(self, address: Address, channel: _Channel) -> None:
        try:
            await self._ask_for_channel(address, channel)
        except RelayError as error:
            # Asked again with the next packet; the number stays this peer's (RFC 8656, section 12).
            _log.info("relay_refuses_peer", error=str(error))
            channel.waiting.clear()
            return
        finally:
            channel.binding = False
        channel.bound = True
        self._peers[channel.number] = address
        waiting, channel.waiting = channel.waiting, []
        for data in waiting:
            self.sendto(data, address)

    async def _ask_for_channel(self, address: Address, channel: _Channel) -> None:
        attributes = {"CHANNEL-NUMBER": channel.number, "XOR-PEER-ADDRESS": address}
        await self._ask(stun.Method.CHANNEL_BIND, attributes)

    async def _ask(self, method: stun.Method, attributes: dict[str, Any]) -> dict[str, Any]:
        """The attributes of the answer. Raises `RelayError`."""
        for _ in range(_TRIES):
            request = self._request(method, attributes)
            try:
                answer: stun.Message = await self._transact(request)
            except stun.TransactionFailed as error:
                if not self._take_credentials(error.response):
                    raise RelayError(str(error)) from None
            except stun.TransactionError:
                raise RelayError("no answer") from None
            else:
                return dict(answer.attributes)
        raise RelayError("it takes none of our credentials")

    def _request(self, method: stun.Method, attributes: dict[str, Any]) -> stun.Message:
        proof = {"USERNAME": self.relay.username, "REALM": self._realm, "NONCE": self._nonce} if self._key else {}
        return stun.Message(method, stun.Class.REQUEST, attributes={**attributes, **proof})

    async def _transact(self, request: stun.Message) -> stun.Message:
        if self._key is not None:
            request.add_message_integrity(self._key)
        address = (self.relay.host, self.relay.port)
        transaction = stun.Transaction(
            request, address, self, integrity_key=self._key, long_term_credential=True, retransmissions=5
        )
        self._transactions[request.transaction_id] = transaction
        try:
            async with asyncio.timeout(None) as waiting:
                self._waiting.add(waiting)
                answer, _ = await transaction.run()
        except TimeoutError:
            raise RelayError("what carried the messages is gone") from None
        finally:
            self._waiting.discard(waiting)
            del self._transactions[request.transaction_id]
        return answer

    def _take_credentials(self, refusal: stun.Message) -> bool:
        """Whether it makes sense to ask again with what the refusal tells (RFC 8489, section 9.2.5)."""
        told = refusal.attributes
        code = refusal.error_code
        if code not in {_UNAUTHENTICATED, _STALE_NONCE} or "NONCE" not in told or not self.relay.username:
            return False
        if code == _UNAUTHENTICATED and self._key is not None:
            return False
        self._nonce = told["NONCE"]
        self._realm = told.get("REALM", self._realm)
        secret = f"{self.relay.username}:{self._realm}:{self.relay.credential}"
        self._key = hashlib.md5(secret.encode()).digest()  # noqa: S324 - what the protocol asks for
        return True

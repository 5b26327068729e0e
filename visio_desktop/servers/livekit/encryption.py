"""End-to-end encryption of one LiveKit meeting: a key all share, for media and for data (client-sdk-js, `src/e2ee`)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from google.protobuf.message import DecodeError
from livekit.protocol.models import DataPacket, EncryptedPacket, EncryptedPacketPayload
from livekit.protocol.models import Encryption as Announced

from visio_desktop.rtc.encryption.cipher import FrameOpener, FrameSealer, MakeVector, SealedMessage, open_message
from visio_desktop.rtc.encryption.keys import Key, KeyRing, ratcheted
from visio_desktop.rtc.frames import InboundStream, OutboundStream
from visio_desktop.servers.port import RequestFailed
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

GCM = Announced.Type.GCM
_RATCHET_WINDOW: Final = 8
_SEEK_PAUSE_S: Final = 10.0
_MESSAGES = frozenset(field.name for field in EncryptedPacketPayload.DESCRIPTOR.fields)

_log = get_logger(__name__)


class Encryption:
    """Seals and opens everything of one meeting; without a key, what others have encrypted is kept from decoders.

    `on_state` hears which track can be opened and which cannot, whenever that changes.
    """

    def __init__(
        self, key: Key | None, *, vector: MakeVector, tasks: Tasks, on_state: Callable[[str, bool], None]
    ) -> None:
        self.server_made = b""
        self._ring = KeyRing()
        self._vector = vector
        self._tasks = tasks
        self._on_state = on_state
        self._seeking: set[int] = set()
        if key is not None:
            self._ring.use(0, key)

    @property
    def is_on(self) -> bool:
        """Whether this meeting is encrypted end to end by us."""
        return self._ring.sealing is not None

    def protect(self, stream: OutboundStream) -> None:
        """Nothing of this stream leaves unencrypted, if the meeting is encrypted."""
        if self.is_on:
            stream.seal_with(FrameSealer(self._ring, self._vector))

    def unlock(self, sid: str, stream: InboundStream, *, announced: bool) -> None:
        """Decrypt what comes. `announced` says whether its sender called it encrypted."""
        if not self.is_on and not announced:
            return

        def told(opens: bool) -> None:
            self._on_state(sid, opens)

        opener = FrameOpener(self._ring, server_made=self.server_made, on_state=told, on_failed=self._seek)
        stream.open_with(opener)

    def seal(self, packet: DataPacket) -> DataPacket:
        """The packet as it may leave. Raises `RequestFailed` for a kind that cannot be encrypted."""
        kind = packet.WhichOneof("value")
        if not self.is_on:
            return packet
        if kind not in _MESSAGES:
            raise RequestFailed(f"{kind} cannot be encrypted")
        payload = EncryptedPacketPayload(**{kind: getattr(packet, kind)})
        sealed = FrameSealer(self._ring, self._vector).seal_message(payload.SerializeToString())
        if sealed is None:
            raise RequestFailed("there is no key")
        body = EncryptedPacket(
            encryption_type=GCM, iv=sealed.vector, key_index=sealed.key_index, encrypted_value=sealed.body
        )
        return DataPacket(encrypted_packet=body, destination_identities=list(packet.destination_identities))

    def open(self, packet: DataPacket) -> DataPacket | None:
        """The packet as it was meant, None where it cannot be read. Clear ones pass: older clients encrypt no data."""
        if packet.WhichOneof("value") != "encrypted_packet":
            return packet
        sealed = packet.encrypted_packet
        body = open_message(self._ring, SealedMessage(sealed.iv, sealed.key_index, sealed.encrypted_value))
        payload = EncryptedPacketPayload()
        try:
            payload.ParseFromString(body or b"")
        except (DecodeError, ValueError, RecursionError):
            return None
        kind = payload.WhichOneof("value")
        if kind is None:
            return None
        opened = DataPacket(**{kind: getattr(payload, kind)})
        opened.participant_identity, opened.participant_sid = packet.participant_identity, packet.participant_sid
        return opened

    def _seek(self, index: int, opens: Callable[[Key], bool]) -> None:
        """The sender may have ratcheted its key: look at those that follow ours, one search at a time."""
        key = self._ring.key(index)
        if key is not None and index not in self._seeking:
            self._seeking.add(index)
            self._tasks.start(self._ratchet(index, key, opens), name="ratchet")

    async def _ratchet(self, index: int, key: Key, opens: Callable[[Key], bool]) -> None:
        found = await asyncio.to_thread(_following, key, opens)
        if found is not None and self._ring.key(index) is key:
            _log.info("key_ratcheted", index=index)
            self._ring.use(index, found, current=index == self._ring.current)
        else:
            # A wrong passphrase stays wrong: searching for every frame would only burn the processor.
            _log.warning("no_key_opens", index=index)
            await asyncio.sleep(_SEEK_PAUSE_S)
        self._seeking.discard(index)


def _following(key: Key, opens: Callable[[Key], bool]) -> Key | None:
    for _ in range(_RATCHET_WINDOW):
        key = ratcheted(key)
        if opens(key):
            return key
    return None

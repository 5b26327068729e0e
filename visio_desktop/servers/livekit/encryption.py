"""End-to-end encryption of one LiveKit meeting, for media and for data (client-sdk-js, `src/e2ee`).

Either all share a key, or each seals with one of their own that comes another way (`ParticipantKeys`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Final

from google.protobuf.message import DecodeError
from livekit.protocol.models import DataPacket, EncryptedPacket, EncryptedPacketPayload
from livekit.protocol.models import Encryption as Announced

from visio_desktop.rtc.encryption.cipher import FrameOpener, FrameSealer, MakeVector, SealedMessage, open_message
from visio_desktop.rtc.encryption.keys import Derivation, Key, KeyRing, derive, ratcheted
from visio_desktop.rtc.frames import InboundStream, OutboundStream
from visio_desktop.servers.port import RequestFailed
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

GCM = Announced.Type.GCM
_RATCHET_WINDOW: Final = 8
_SEEK_PAUSE_S: Final = 10.0
_MESSAGES = frozenset(field.name for field in EncryptedPacketPayload.DESCRIPTOR.fields)

_PARTICIPANT_RING: Final = 256
_MOST_PARTICIPANTS: Final = 2_000

_log = get_logger(__name__)


class ParticipantKeys:
    """A ring of 256 keys for each participant, by identity; the same for all connections of one meeting.

    Until the own key is there, nothing leaves; what somebody sends without a key of theirs is kept from decoders.
    """

    def __init__(self, me: str) -> None:
        self._rings: dict[str, KeyRing] = {}
        self.own = self.ring(me)

    def use(self, identity: str, index: int, material: bytes) -> None:
        """Open this participant's frames of this number with a key of raw bytes; seal with it, if it is oneself."""
        self.ring(identity).use(index, derive(material, Derivation.HKDF))

    def ring(self, identity: str) -> KeyRing:
        """A participant's keys; those of whoever was heard of first make room where they are too many."""
        while len(self._rings) >= _MOST_PARTICIPANTS and identity not in self._rings:
            del self._rings[next(name for name, ring in self._rings.items() if ring is not self.own)]
        return self._rings.setdefault(identity, KeyRing(_PARTICIPANT_RING))


class Encryption:
    """Seals and opens everything of one meeting; without a key, what others have encrypted is kept from decoders.

    `on_state` hears which track can be opened and which cannot, whenever that changes.
    """

    def __init__(
        self,
        key: Key | ParticipantKeys | None,
        *,
        vector: MakeVector,
        tasks: Tasks,
        on_state: Callable[[str, bool], None],
    ) -> None:
        self.server_made = b""
        self._each = key if isinstance(key, ParticipantKeys) else None
        self._ring = KeyRing() if self._each is None else self._each.own
        self._vector = vector
        self._tasks = tasks
        self._on_state = on_state
        self._seeking: set[tuple[KeyRing, int]] = set()
        if isinstance(key, Key):
            self._ring.use(0, key)

    @property
    def is_on(self) -> bool:
        """Whether this meeting is encrypted end to end by us."""
        return self._each is not None or self._ring.sealing is not None

    def protect(self, stream: OutboundStream) -> None:
        """Nothing of this stream leaves unencrypted, if the meeting is encrypted."""
        if self.is_on:
            stream.seal_with(FrameSealer(self._ring, self._vector))

    def unlock(self, sid: str, stream: InboundStream, *, sender: str, announced: bool) -> None:
        """Decrypt what comes from this participant. `announced` says whether they called it encrypted."""
        if not self.is_on and not announced:
            return

        def told(opens: bool) -> None:
            self._on_state(sid, opens)

        ring = self._ring_of(sender)
        seek = partial(self._seek, ring)
        stream.open_with(FrameOpener(ring, server_made=self.server_made, on_state=told, on_failed=seek))

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
        ring = self._ring_of(packet.participant_identity)
        body = open_message(ring, SealedMessage(sealed.iv, sealed.key_index, sealed.encrypted_value))
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

    def _ring_of(self, identity: str) -> KeyRing:
        return self._ring if self._each is None else self._each.ring(identity)

    def _seek(self, ring: KeyRing, index: int, opens: Callable[[Key], bool]) -> None:
        """The sender may have ratcheted its key: look at those that follow ours, one search at a time."""
        key = ring.key(index)
        if key is not None and (ring, index) not in self._seeking:
            self._seeking.add((ring, index))
            self._tasks.start(self._ratchet(ring, index, key, opens), name="ratchet")

    async def _ratchet(self, ring: KeyRing, index: int, key: Key, opens: Callable[[Key], bool]) -> None:
        found = await asyncio.to_thread(_following, key, opens)
        if found is not None and ring.key(index) is key:
            _log.info("key_ratcheted", index=index)
            ring.use(index, found, current=index == ring.current)
        else:
            # A wrong passphrase stays wrong: searching for every frame would only burn the processor.
            _log.warning("no_key_opens", index=index)
            await asyncio.sleep(_SEEK_PAUSE_S)
        self._seeking.discard((ring, index))


def _following(key: Key, opens: Callable[[Key], bool]) -> Key | None:
    for _ in range(_RATCHET_WINDOW):
        key = ratcheted(key)
        if opens(key):
            return key
    return None

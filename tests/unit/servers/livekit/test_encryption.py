"""One meeting's encryption: data packets, streams, and keys that moved on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from livekit.protocol.models import ChatMessage, DataPacket, EncryptedPacket, Transcription, UserPacket

from tests.helpers.clock_media import until
from tests.helpers.fakes import FakeInbound, FakeOutbound
from visio_desktop.rtc.encryption.cipher import FrameOpener, FrameSealer
from visio_desktop.rtc.encryption.keys import Derivation, Key, KeyRing, derive, ratcheted
from visio_desktop.rtc.frames import Codec
from visio_desktop.servers.livekit.encryption import GCM, Encryption, ParticipantKeys
from visio_desktop.servers.port import RequestFailed
from visio_desktop.system.tasks import Tasks

_KEY = derive(b"shared", Derivation.HKDF)
_OTHER = derive(b"another", Derivation.HKDF)
_PACKET = DataPacket(user=UserPacket(topic="t", payload=b"nobody else"), destination_identities=["ada"])


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    owned = Tasks("test")
    yield owned
    await owned.close()


def encryption(
    key: Key | ParticipantKeys | None, tasks: Tasks | None = None, told: list[tuple[str, bool]] | None = None
) -> Encryption:
    heard = told if told is not None else []
    return Encryption(
        key,
        vector=Random(1).randbytes,
        tasks=Tasks("test") if tasks is None else tasks,
        on_state=lambda sid, opens: heard.append((sid, opens)),
    )


def test_a_packet_is_read_by_those_with_the_key_only() -> None:
    sealed = encryption(_KEY).seal(_PACKET)
    assert sealed.WhichOneof("value") == "encrypted_packet"
    assert sealed.encrypted_packet.encryption_type == GCM
    assert list(sealed.destination_identities) == ["ada"]
    assert b"nobody" not in sealed.encrypted_packet.encrypted_value
    sealed.participant_identity = "bob"
    opened = encryption(_KEY).open(sealed)
    assert opened is not None
    assert (opened.user.payload, opened.participant_identity) == (b"nobody else", "bob")
    assert encryption(_OTHER).open(sealed) is None
    assert encryption(None).open(sealed) is None


def test_without_a_key_packets_pass_as_they_are() -> None:
    assert encryption(None).seal(_PACKET) is _PACKET
    assert encryption(None).open(_PACKET) is _PACKET


def test_what_cannot_be_encrypted_is_not_sent() -> None:
    with pytest.raises(RequestFailed):
        encryption(_KEY).seal(DataPacket(transcription=Transcription()))


def test_every_kind_of_chat_can_be_encrypted() -> None:
    packet = DataPacket(chat_message=ChatMessage(message="hello"))
    opened = encryption(_KEY).open(encryption(_KEY).seal(packet))
    assert opened is not None
    assert opened.chat_message.message == "hello"


@given(st.binary(max_size=40), st.integers(0, 2**32 - 1), st.binary(max_size=200))
def test_rubbish_is_not_opened(vector: bytes, index: int, body: bytes) -> None:
    packet = DataPacket(encrypted_packet=EncryptedPacket(iv=vector, key_index=index, encrypted_value=body))
    assert encryption(_KEY).open(packet) is None


@given(st.binary(max_size=200))
def test_a_key_holder_who_seals_rubbish_does_no_harm(body: bytes) -> None:
    ring = KeyRing()
    ring.use(0, _KEY)
    sealed = FrameSealer(ring, Random(1).randbytes).seal_message(body)
    assert sealed is not None
    packet = EncryptedPacket(iv=sealed.vector, key_index=sealed.key_index, encrypted_value=sealed.body)
    opened = encryption(_KEY).open(DataPacket(encrypted_packet=packet))
    assert opened is None or opened.WhichOneof("value") is not None


def test_streams_are_sealed_in_an_encrypted_meeting_only() -> None:
    sealed, clear = FakeOutbound(Codec.VP8), FakeOutbound(Codec.VP8)
    encryption(_KEY).protect(sealed)
    encryption(None).protect(clear)
    assert isinstance(sealed.sealer, FrameSealer)
    assert not hasattr(clear, "sealer")


@pytest.mark.parametrize(
    ("key", "announced", "opens"), [(_KEY, False, True), (_KEY, True, True), (None, True, True), (None, False, False)]
)
def test_nothing_encrypted_reaches_a_decoder_unopened(key: Key | None, announced: bool, opens: bool) -> None:
    stream = FakeInbound("s", is_video=True)
    encryption(key).unlock("TR_1", stream, sender="bob", announced=announced)
    assert hasattr(stream, "opener") is opens


async def test_a_key_that_was_ratcheted_is_found(tasks: Tasks) -> None:
    told: list[tuple[str, bool]] = []
    ring = KeyRing()
    ring.use(0, await asyncio.to_thread(lambda: ratcheted(ratcheted(_KEY))))
    seal = partial(FrameSealer(ring, Random(2).randbytes).seal, Codec.OPUS)
    stream, ours = FakeInbound("s", is_video=False), encryption(_KEY, tasks, told)
    ours.unlock("TR_1", stream, sender="bob", announced=True)
    opener = stream.opener
    assert isinstance(opener, FrameOpener)
    sealed = seal(b"\x78sound")
    assert sealed is not None
    assert opener.open(Codec.OPUS, sealed) is None
    await until(lambda: opener.open(Codec.OPUS, sealed) == b"\x78sound", "the key that follows")
    # However often it was tried before the key was found: in the end it opens.
    assert told[-1] == ("TR_1", True)
    answer = ours.seal(_PACKET)
    assert encryption(ring.sealing).open(answer) is not None


async def test_a_wrong_key_is_sought_once_and_not_for_every_frame(tasks: Tasks) -> None:
    ring = KeyRing()
    ring.use(0, _OTHER)
    sealed = FrameSealer(ring, Random(2).randbytes).seal(Codec.OPUS, b"\x78sound") or b""
    stream = FakeInbound("s", is_video=False)
    encryption(_KEY, tasks).unlock("TR_1", stream, sender="bob", announced=True)
    assert isinstance(stream.opener, FrameOpener)
    for _ in range(50):
        stream.opener.open(Codec.OPUS, sealed)
    assert len(tasks) == 1


def opener_of(ours: Encryption, sender: str) -> FrameOpener:
    stream = FakeInbound("s", is_video=False)
    ours.unlock("TR_1", stream, sender=sender, announced=True)
    assert isinstance(stream.opener, FrameOpener)
    return stream.opener


async def test_each_participant_seals_with_a_key_of_their_own(tasks: Tasks) -> None:
    ada, bob, eve = ParticipantKeys("ada"), ParticipantKeys("bob"), ParticipantKeys("eve")
    stream = FakeOutbound(Codec.OPUS)
    encryption(ada).protect(stream)
    assert isinstance(stream.sealer, FrameSealer)
    seal = partial(stream.sealer.seal, Codec.OPUS)
    assert seal(b"\x78sound") is None
    ada.use("ada", 200, b"a" * 16)
    bob.use("ada", 200, b"a" * 16)
    bob.use("eve", 200, b"e" * 16)
    sealed = seal(b"\x78sound")
    assert sealed is not None
    assert sealed[-1] == 200
    assert opener_of(encryption(bob, tasks), "ada").open(Codec.OPUS, sealed) == b"\x78sound"
    # Neither is it opened by somebody without her key, nor taken for another's.
    assert opener_of(encryption(eve, tasks), "ada").open(Codec.OPUS, sealed) is None
    assert opener_of(encryption(bob, tasks), "eve").open(Codec.OPUS, sealed) is None
    ada.use("ada", 201, b"b" * 16)
    later = seal(b"\x78sound")
    assert later is not None
    assert opener_of(encryption(bob, tasks), "ada").open(Codec.OPUS, later) is None
    bob.use("ada", 201, b"b" * 16)
    ours = opener_of(encryption(bob, tasks), "ada")
    assert ours.open(Codec.OPUS, later) == ours.open(Codec.OPUS, sealed) == b"\x78sound"


def test_packets_are_opened_with_their_sender_s_key() -> None:
    ada, bob = ParticipantKeys("ada"), ParticipantKeys("bob")
    with pytest.raises(RequestFailed):
        encryption(ada).seal(_PACKET)
    for keys in (ada, bob):
        keys.use("ada", 3, b"a" * 16)
    sealed = encryption(ada).seal(_PACKET)
    sealed.participant_identity = "ada"
    opened = encryption(bob).open(sealed)
    assert opened is not None
    assert opened.user.payload == b"nobody else"
    sealed.participant_identity = "eve"
    assert encryption(bob).open(sealed) is None


def test_participants_without_end_cost_the_oldest_rings_and_never_the_own() -> None:
    keys = ParticipantKeys("ada")
    keys.use("ada", 1, b"a" * 16)
    for number in range(2_100):
        keys.ring(str(number))
    assert keys.ring("ada") is keys.own
    assert keys.own.key(1) is not None

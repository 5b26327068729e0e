"""Sealing and opening: round trips, wrong keys, rubbish, and what is told of it."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.rtc.encryption.cipher import FrameOpener, FrameSealer, SealedMessage, open_message
from visio_desktop.rtc.encryption.keys import Derivation, Key, KeyRing, derive
from visio_desktop.rtc.frames import Codec
from visio_desktop.rtc.packetize.h264 import nal_units

_KEY = derive(b"one secret for all", Derivation.HKDF)
_OTHER = derive(b"another", Derivation.HKDF)
_H264 = b"\x00\x00\x00\x01\x67\x42\x00\x00\x00\x01\x68\xce\x00\x00\x00\x01\x65\x88" + bytes(300)
_FRAMES = {
    Codec.OPUS: b"\x78" + b"sound" * 9,
    Codec.VP8: b"\x10" + bytes(400),
    Codec.VP9: b"picture" * 9,
    Codec.H264: _H264,
}


def ring(key: Key = _KEY, index: int = 0) -> KeyRing:
    made = KeyRing()
    made.use(index, key)
    return made


def sealer(keys: KeyRing, seed: int = 1) -> FrameSealer:
    return FrameSealer(keys, Random(seed).randbytes)


@pytest.mark.parametrize("codec", _FRAMES)
@pytest.mark.parametrize("index", [0, 3, 15])
def test_what_is_sealed_opens_with_the_same_key_only(codec: Codec, index: int) -> None:
    sealed = sealer(ring(index=index)).seal(codec, _FRAMES[codec])
    assert sealed is not None
    assert _FRAMES[codec][-20:] not in sealed
    assert FrameOpener(ring(index=index)).open(codec, sealed) == _FRAMES[codec]
    assert FrameOpener(ring(_OTHER, index)).open(codec, sealed) is None
    assert FrameOpener(KeyRing()).open(codec, sealed) is None


def test_the_clear_head_is_authenticated() -> None:
    sealed = sealer(ring()).seal(Codec.VP8, _FRAMES[Codec.VP8])
    assert sealed is not None
    assert FrameOpener(ring()).open(Codec.VP8, sealed[:5] + b"!" + sealed[6:]) is None


def test_without_a_key_nothing_is_sealed() -> None:
    assert sealer(KeyRing()).seal(Codec.OPUS, b"\x78sound") is None
    assert sealer(KeyRing()).seal_message(b"text") is None


@pytest.mark.parametrize("payload", [b"", b"\x10", b"\x10\x00\x00"])
def test_a_frame_too_short_to_be_one_is_not_sealed(payload: bytes) -> None:
    assert sealer(ring()).seal(Codec.VP8, payload) is None


@given(st.integers(0, 2000))
def test_a_sealed_h264_picture_is_the_same_units_to_a_packetizer(seed: int) -> None:
    """No start code may arise in the sealed slice, nor where it meets the clear head."""
    picture = b"\x00\x00\x00\x01\x67\x42\x00\x00\x00\x01\x41\x00" + b"\x01" * 80
    sealed = sealer(ring(), seed).seal(Codec.H264, picture)
    assert sealed is not None
    units = nal_units(sealed)
    assert [unit[0] for unit in units] == [0x67, 0x41]
    assert b"".join(b"\x00\x00\x00\x01" + unit for unit in units) == sealed
    assert FrameOpener(ring()).open(Codec.H264, sealed) == picture


@given(st.sampled_from(Codec), st.binary(max_size=200))
def test_rubbish_is_refused(codec: Codec, payload: bytes) -> None:
    opener = FrameOpener(ring())
    assert opener.open(codec, payload) is None
    assert opener.opened == 0


def test_what_the_server_made_itself_is_not_shown() -> None:
    heard: list[bool] = []
    opener = FrameOpener(ring(), server_made=b"made by the server", on_state=heard.append)
    for _ in range(20):
        assert opener.open(Codec.VP8, _FRAMES[Codec.VP8] + b"made by the server") is None
    assert heard == []
    assert opener.refused == 0


def test_the_state_is_told_when_it_changes() -> None:
    heard: list[bool] = []
    keys = ring(_OTHER)
    opener = FrameOpener(keys, on_state=heard.append)
    sealed = sealer(ring()).seal(Codec.OPUS, b"\x78sound") or b""
    for _ in range(9):
        opener.open(Codec.OPUS, sealed)
    assert heard == []
    opener.open(Codec.OPUS, sealed)
    assert heard == [False]
    keys.use(0, _KEY)
    opener.open(Codec.OPUS, sealed)
    assert heard == [False, True]
    for _ in range(9):
        opener.open(Codec.OPUS, b"\x78" + bytes(60))
    assert heard == [False, True]
    opener.open(Codec.OPUS, b"\x78" + bytes(60))
    assert heard == [False, True, False]


def test_who_seeks_a_later_key_is_given_the_frame_to_try_it_on() -> None:
    tried: list[tuple[int, bool, bool]] = []
    opener = FrameOpener(ring(_OTHER), on_failed=lambda index, opens: tried.append((index, opens(_OTHER), opens(_KEY))))
    opener.open(Codec.OPUS, sealer(ring()).seal(Codec.OPUS, b"\x78sound") or b"")
    assert tried == [(0, False, True)]


def test_messages() -> None:
    sealed = sealer(ring(index=2)).seal_message(b"a line of chat")
    assert sealed is not None
    assert sealed.key_index == 2
    assert open_message(ring(index=2), sealed) == b"a line of chat"
    assert open_message(ring(_OTHER, 2), sealed) is None
    assert open_message(ring(), sealed) is None


@given(st.binary(max_size=40), st.integers(-1, 300), st.binary(max_size=60))
def test_rubbish_messages_are_refused(vector: bytes, index: int, body: bytes) -> None:
    assert open_message(ring(), SealedMessage(vector, index, body)) is None

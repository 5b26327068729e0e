from __future__ import annotations

import contextlib

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.encoded import Encoder
from visio_desktop.rtc.depacketize.vp9 import assemble, parse
from visio_desktop.rtc.errors import PayloadError
from visio_desktop.rtc.frames import Codec, EncodedFrame
from visio_desktop.rtc.packetize.vp9 import packetize

HAS_ID, P, L, F, B, E, V = 0x80, 0x40, 0x20, 0x10, 0x08, 0x04, 0x02
BODY = b"body"


@pytest.mark.parametrize(
    "descriptor",
    [
        bytes([B]),
        bytes([HAS_ID | B, 0x11]),
        bytes([HAS_ID | B, 0x91, 0x22]),
        bytes([HAS_ID | L | B, 0x11, 0x00, 0x07]),
        bytes([HAS_ID | L | F | B, 0x11, 0x00]),
        bytes([B | V, 0x00]),
        bytes([B | V, 0x10, 1, 64, 0, 180]),
        bytes([B | V, 0x30, 0, 1, 0, 1, 0, 2, 0, 2]),
        bytes([B | V, 0x08, 2, 0x04, 1, 0x08, 1, 2]),
    ],
)
def test_key_frame_starts(descriptor: bytes) -> None:
    part = parse(descriptor + BODY)
    assert (part.body, part.starts, part.key, part.key_start, part.layer) == (BODY, True, True, True, 0)


@pytest.mark.parametrize("descriptor", [bytes([P | B]), bytes([P | F | B, 0x02]), bytes([P | F | B, 0x03, 0x05, 0x06])])
def test_delta_frame(descriptor: bytes) -> None:
    part = parse(descriptor + BODY)
    assert (part.body, part.starts, part.key) == (BODY, True, False)


def test_an_upper_layer_alone_is_a_frame_but_no_key_frame() -> None:
    part = parse(bytes([L | F | B, 0x02 << 1 | 1]) + BODY)
    assert (part.layer, part.starts, part.key, part.key_start) == (2, True, False, False)


@pytest.mark.parametrize(
    "payload",
    [b"", bytes([HAS_ID]), bytes([HAS_ID, 0x80]), bytes([L, 0]), bytes([P | F, 1, 1, 1, 0]) + BODY, bytes([V, 8, 9])],
)
def test_cut_short_or_wrong(payload: bytes) -> None:
    with pytest.raises(PayloadError):
        parse(payload)


@given(st.binary(max_size=60))
def test_rubbish_raises_nothing_else(payload: bytes) -> None:
    with contextlib.suppress(PayloadError):
        assert parse(payload).body


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=20))
def test_rubbish_assembles_or_is_refused(payloads: list[bytes]) -> None:
    with contextlib.suppress(PayloadError):
        assert assemble([parse(payload) for payload in payloads])


@given(st.binary(min_size=1, max_size=5000), st.booleans())
def test_round_trip(payload: bytes, key: bool) -> None:
    parts = [parse(packet) for packet in packetize(EncodedFrame(Codec.VP9, payload, 0, key=key), 5)]
    assert assemble(parts) == payload
    assert parts[0].key == key


def test_too_many_layers() -> None:
    layers = [parse(bytes([L | F | B, (n % 8) << 1]) + BODY) for n in range(9)]
    with pytest.raises(PayloadError):
        assemble([*layers, layers[1]])


@pytest.mark.parametrize("sizes", [((160, 90), (320, 180)), ((160, 90), (320, 180), (640, 360))])
def test_spatial_layers_become_a_superframe_that_shows_the_top_one(sizes: tuple[tuple[int, int], ...]) -> None:
    layers = [Encoder(Codec.VP9, *size).encode(0, True).payload for size in sizes]
    packets: list[bytes] = []
    for number, layer in enumerate(layers):
        half = len(layer) // 2
        packets.append(bytes([L | F | B, number << 1]) + layer[:half])
        packets.append(bytes([L | F | E, number << 1]) + layer[half:])
    parts = [parse(packet) for packet in packets]
    context = av.CodecContext.create("libvpx-vp9", "r")
    assert isinstance(context, av.VideoCodecContext)
    images = context.decode(av.Packet(assemble(parts)))
    assert [(image.width, image.height) for image in images] == [sizes[-1]]
    assert [part.key_start for part in parts] == [True] + [False] * (len(parts) - 1)

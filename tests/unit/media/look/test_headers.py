from __future__ import annotations

import struct
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.looks import PERSON, checks
from visio_desktop.media.look.headers import Header, HeaderRefused, read_header


def file_of(kind: str, width_px: int = 90, height_px: int = 40, *options: int) -> bytes:
    done, data = cv2.imencode(kind, checks(width_px, height_px), options)
    assert done
    return bytes(data)


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


FILES = {
    "jpeg": file_of(".jpg"),
    "progressive": file_of(".jpg", 90, 40, cv2.IMWRITE_JPEG_PROGRESSIVE, 1),
    "png": file_of(".png"),
    "webp": file_of(".webp", 90, 40, cv2.IMWRITE_WEBP_QUALITY, 80),
    "lossless webp": file_of(".webp", 90, 40, cv2.IMWRITE_WEBP_QUALITY, 101),
}


@pytest.mark.parametrize("kind", FILES)
def test_the_size_is_read(kind: str) -> None:
    assert read_header(FILES[kind]) == Header(90, 40)


def test_a_photograph_is_read() -> None:
    assert read_header(PERSON.read_bytes()) == Header(320, 180)


@pytest.mark.parametrize("kind", FILES)
def test_what_ends_early_is_refused(kind: str) -> None:
    whole = FILES[kind]
    for length in range(0, len(whole) - 12, max(1, len(whole) // 60)):
        with pytest.raises(HeaderRefused):
            read_header(whole[:length])


def test_what_moves_is_refused() -> None:
    png = FILES["png"]
    with pytest.raises(HeaderRefused, match="moves"):
        read_header(png[:33] + chunk(b"acTL", bytes(8)) + png[33:])
    webp = b"VP8X" + struct.pack("<I", 10) + bytes((0x02, 0, 0, 0)) + bytes((89, 0, 0)) + bytes((39, 0, 0))
    with pytest.raises(HeaderRefused, match="moves"):
        read_header(b"RIFF" + struct.pack("<I", len(webp) + 4) + b"WEBP" + webp)


@pytest.mark.parametrize("data", [b"", b"GIF89a" + bytes(50), b"<svg/>", b"II*\0" + bytes(50), b"BM" + bytes(60)])
def test_other_kinds_are_refused(data: bytes) -> None:
    with pytest.raises(HeaderRefused, match="neither"):
        read_header(data)


def test_an_extended_webp_says_its_canvas() -> None:
    webp = b"VP8X" + struct.pack("<I", 10) + bytes(4) + bytes((89, 1, 0)) + bytes((39, 0, 0))
    assert read_header(b"RIFF" + struct.pack("<I", len(webp) + 4) + b"WEBP" + webp) == Header(346, 40)


@given(st.sampled_from(sorted(FILES)), st.integers(0, 400), st.binary(max_size=40))
def test_whatever_is_in_a_file_only_a_refusal_comes_of_it(kind: str, at: int, other: bytes) -> None:
    data = FILES[kind]
    try:
        header = read_header(data[:at] + other + data[at + len(other) :])
    except HeaderRefused:
        return
    assert header.width_px >= 0
    assert header.height_px >= 0


def test_a_chain_of_chunks_without_end_ends() -> None:
    with pytest.raises(HeaderRefused):
        read_header(FILES["png"][:33] + chunk(b"tEXt", b"") * 20_000)
    assert np.frombuffer(FILES["png"], np.uint8).size > 33

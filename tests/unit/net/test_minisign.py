from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.minisigner import MiniSigner
from visio_desktop.net.minisign import is_signed, parse_key

# Made with minisign 0.11 (`minisign -S -m a.json`, then the same with `-l`) over the six bytes of CONTENT.
CONTENT = b"hello\n"
KEY = "RWTO1C/jqoW2BFk+5DmBfMkUxoGxrEggcJOJrxhW2V4Jffk+GWiQCIzA"
HASHED = b"""untrusted comment: signature from minisign secret key
RUTO1C/jqoW2BGKzo68wsXohNrhsGWm0PfLR+xASXwuQrN+9T17on9xDskYcneLdBFe/yUB8ZhvYq0uyoLY/ePiBjWKAaGDRBw4=
trusted comment: timestamp:1 file:a.json
gPwDXGmIrTV1VBUwqoW5o/3yjO3H+rHCYIPJ+S1C85Cah0GOrOmh2J5XVEvUtmqWpnt7mrnh7xo56vAKEbmmBg==
"""
LEGACY = b"""untrusted comment: signature from minisign secret key
RWTO1C/jqoW2BApkDjI+0H/Xdp7HnpGlC5pFO/ZbYSc74kOUgHmfoYcdN8VIB/0Id5b9J2fKEcrcExKvv3bz8lJoBwCzTHE6dgQ=
trusted comment: timestamp:1795441641	file:a.json
9ou5gotSGnOPx11BWpNzYn7fAzsaj0JDD0Pabh4Bwg3Ynw+2nhvr2QrAvQQp2+lWSsYY0xp+WhQ0rmhcAvVcDQ==
"""


@pytest.mark.parametrize("signature", [HASHED, LEGACY, HASHED.replace(b"\n", b"\r\n")])
def test_what_minisign_signed_is_signed(signature: bytes) -> None:
    key = parse_key(f" {KEY}\n")
    assert key is not None
    assert is_signed(CONTENT, signature, key)
    assert not is_signed(CONTENT + b" ", signature, key)


def test_neither_another_key_nor_another_comment_passes() -> None:
    key, other = parse_key(KEY), parse_key(MiniSigner().public)
    assert key is not None
    assert other is not None
    assert not is_signed(CONTENT, HASHED, other)
    assert not is_signed(CONTENT, HASHED.replace(b"timestamp:1 ", b"timestamp:2 "), key)
    same_number = parse_key(MiniSigner(key.number).public)
    assert same_number is not None
    assert not is_signed(CONTENT, HASHED, same_number), "it is the key that counts, not its number"


@pytest.mark.parametrize("text", ["", "RW", KEY[:-4], KEY + "AAAA", "RU" + KEY[2:], "é" * 56, "untrusted comment: x"])
def test_what_is_no_key(text: str) -> None:
    assert parse_key(text) is None


@given(st.binary(max_size=300), st.binary(max_size=3_000))
def test_rubbish_signs_nothing(content: bytes, signature: bytes) -> None:
    key = parse_key(KEY)
    assert key is not None
    assert not is_signed(content, signature, key)


@given(st.sampled_from((1, 3)), st.integers(0, 63), st.integers(1, 255))
def test_a_changed_byte_of_either_signature_breaks_it(line: int, place: int, change: int) -> None:
    key = parse_key(KEY)
    assert key is not None
    lines = HASHED.splitlines()
    raw = bytearray(base64.b64decode(lines[line]))
    raw[place] ^= change
    lines[line] = base64.b64encode(raw)
    assert not is_signed(CONTENT, b"\n".join(lines), key)


@given(st.binary(max_size=200), st.booleans())
def test_the_helper_of_the_tests_signs_as_minisign_does(content: bytes, hashed: bool) -> None:
    signer = MiniSigner()
    key = parse_key(signer.public)
    assert key is not None
    assert is_signed(content, signer.sign(content, hashed=hashed), key)

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.login.wire import (
    LONGEST_LINE,
    Begin,
    Done,
    Failed,
    Failure,
    Message,
    Shown,
    WireError,
    decode,
    encode,
)

MESSAGES: list[Message] = [
    Begin("https://h.example", "folder", silent=True, proxy="http://p:3128", proxy_password="s3cr3t", words={"a": "b"}),
    Shown(sandboxed=False),
    Done({"sessionid": "s3cr3t"}),
    Failed(Failure.UNTRUSTED, "h.example", "PEM"),
]


@pytest.mark.parametrize("message", MESSAGES)
def test_what_is_said_is_understood(message: Message) -> None:
    line = encode(message)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert decode(line) == message


@pytest.mark.parametrize("message", MESSAGES)
def test_no_secret_is_in_a_repr(message: Message) -> None:
    assert "s3cr3t" not in repr(message)


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"kind": "other"},
        {"kind": "begin"},
        {"kind": "done", "cookies": [1]},
        {"kind": "done", "cookies": {"a": 1}},
        {"kind": "done", "cookies": {str(n): "" for n in range(51)}},
        {"kind": "failed", "why": "because"},
        {"kind": "begin", "server": 1, "folder": ""},
        {"kind": "begin", "server": "x" * 9000, "folder": ""},
        {"kind": "shown", "sandboxed": "yes"},
    ],
)
def test_rubbish_is_refused(raw: object) -> None:
    with pytest.raises(WireError):
        decode(json.dumps(raw).encode())


def test_fields_of_a_newer_version_are_passed_over() -> None:
    assert decode(b'{"kind": "shown", "sandboxed": true, "more": 1}') == Shown()


@given(
    st.binary(max_size=300) | st.recursive(st.text() | st.integers(), st.lists).map(lambda v: json.dumps(v).encode())
)
def test_whatever_comes_is_a_message_or_refused(line: bytes) -> None:
    try:
        assert isinstance(decode(line), Message)
    except WireError:
        return


def test_a_line_is_bounded() -> None:
    with pytest.raises(WireError):
        decode(b'{"kind": "shown", "x": "' + b"y" * LONGEST_LINE + b'"}')

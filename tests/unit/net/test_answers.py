from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.net.answers import MAX_HEAD_BYTES, Answer, AnswerError, parse_answer, split_head


def test_a_head_is_split_off_once_it_is_whole() -> None:
    assert split_head(b"HTTP/1.1 200 OK\r\nX: 1\r\n") is None
    assert split_head(b"HTTP/1.1 200 OK\r\n\r\nrest") == (b"HTTP/1.1 200 OK", b"rest")
    with pytest.raises(AnswerError):
        split_head(b"x" * (MAX_HEAD_BYTES + 1))


def test_what_a_proxy_asks_for() -> None:
    answer = parse_answer(
        b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Negotiate\r\n"
        b'proxy-authenticate: NTLM YWJj\r\nProxy-Authenticate: Basic realm="x y"\r\nContent-Length: 12'
    )
    assert answer == Answer(407, (("negotiate", ""), ("ntlm", "YWJj"), ("basic", 'realm="x y"')), 12)
    assert [answer.token(s) for s in ("negotiate", "ntlm", "basic", "digest")] == [b"", b"abc", b"", None]


@pytest.mark.parametrize(
    ("head", "stays", "body"),
    [
        (b"HTTP/1.1 407 X", True, None),
        (b"HTTP/1.0 407 X\r\nContent-Length: 0", False, 0),
        (b"HTTP/1.0 407 X\r\nProxy-Connection: Keep-Alive\r\nContent-Length: 0", True, 0),
        (b"HTTP/1.1 407 X\r\nConnection: close\r\nContent-Length: 3", False, 3),
        (b"HTTP/1.1 407 X\r\nTransfer-Encoding: chunked\r\nContent-Length: 3", True, None),
        (b"HTTP/1.1 407 X\r\nContent-Length: 999999999999", True, None),
        (b"HTTP/1.1 407 X\r\nContent-Length: -1", True, None),
    ],
)
def test_whether_the_connection_can_be_used_again(head: bytes, stays: bool, body: int | None) -> None:
    answer = parse_answer(head)
    assert (answer.stays_open, answer.body_bytes) == (stays, body)


@pytest.mark.parametrize("head", [b"", b"SSH-2.0", b"HTTP/2 200", b"HTTP/1.1 x", b"HTTP/1.1 99", b"HTTP/1.1 20000"])
def test_what_is_no_answer_is_refused(head: bytes) -> None:
    with pytest.raises(AnswerError):
        parse_answer(head)


TAIL = st.binary(max_size=200)


@given(TAIL | TAIL.map(lambda tail: b"HTTP/1.1 407 X\r\nProxy-Authenticate: " + tail))
def test_any_bytes_are_an_answer_or_refused(data: bytes) -> None:
    try:
        parts = split_head(data + b"\r\n\r\n")
        assert parts is not None
        answer = parse_answer(parts[0])
    except AnswerError:
        return
    assert 100 <= answer.status < 600
    assert answer.body_bytes is None or 0 <= answer.body_bytes <= 65_536
    for scheme, _ in answer.challenges:
        assert isinstance(answer.token(scheme), bytes)

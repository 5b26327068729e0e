from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.net.proxies import Proxy
from visio_desktop.net.routes import DIRECT, REST_MS, BadProxies, Route, fixed, parse_result

A, B = Proxy("a.example", 1), Proxy("b.example", 443, secure=True)


@pytest.mark.parametrize(
    ("text", "hops"),
    [
        ("DIRECT", (None,)),
        ("", (None,)),
        (" ; ", (None,)),
        ("PROXY a.example:1; HTTPS b.example; QUIC c:2; DIRECT", (A, B, None)),
        ("proxy a.example:1;direct", (A, None)),
        ("HTTP a.example:1;PROXY a.example:1", (A,)),
        ("PROXY [fd00::1]:8080", (Proxy("fd00::1", 8080),)),
        ("SOCKS5 c:2; SOCKS d:3", (Proxy("c", 2, socks=5), Proxy("d", 3, socks=4))),
        ("QUIC c:2", ()),
        ("PROXY", ()),
        ("PROXY http://user:secret@a.example:1", ()),
        ("PROXY a.example:99999", ()),
    ],
)
def test_what_a_script_answers(text: str, hops: tuple[Proxy | None, ...]) -> None:
    assert parse_result(text) == hops


@given(st.text(max_size=300))
def test_any_answer_is_a_few_hops(text: str) -> None:
    assert len(parse_result(text)) <= 16


def test_a_bad_proxy_comes_last_for_a_while() -> None:
    now = [0.0]
    bad = BadProxies(lambda: now[0])
    bad.note(A)
    assert bad.order((A, B, None)) == (B, None, A)
    assert bad.order((A,)) == (A,)
    now[0] = REST_MS
    assert bad.order((A, B, None)) == (A, B, None)


async def test_what_is_shown_of_a_route() -> None:
    assert (DIRECT.via, Route((A, None)).via) == ("", "http://a.example:1")
    assert await fixed(lambda _h, _p: A)("h", 1) == Route((A,))

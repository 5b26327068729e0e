from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.settings.hosts import is_allowed, is_host, is_pattern, is_server


@pytest.mark.parametrize("text", ["meet.example.org", "localhost", "10.0.0.1", "[::1]", "xn--bcher-kva.example", "A.B"])
def test_hosts(text: str) -> None:
    assert is_host(text)
    assert is_server(text)
    assert is_server(f"{text}:8443")
    assert is_pattern(text)


@pytest.mark.parametrize(
    "text", ["", " ", "a b", "a..b", "-a.b", "https://a.b", "a.b/c", "u@a.b", "bücher.example", "a" * 254, None, 3, []]
)
def test_no_hosts(text: object) -> None:
    assert not is_host(text)
    assert not is_server(text)
    assert not is_pattern(text)


@pytest.mark.parametrize("text", ["a.b:0", "a.b:65536", "a.b:", "a.b:x", "::1", ":80"])
def test_no_servers(text: str) -> None:
    assert not is_server(text)


@pytest.mark.parametrize("text", ["*", "*.", "a.*.b", "**.b", "*b.c", "*.a:80"])
def test_no_patterns(text: str) -> None:
    assert not is_pattern(text)


@pytest.mark.parametrize(
    ("patterns", "host", "is_one"),
    [
        ((), "anything.example", True),
        (("meet.example.org",), "meet.example.org", True),
        (("meet.example.org",), "MEET.example.org.", True),
        (("meet.example.org",), "x.meet.example.org", False),
        (("meet.example.org",), "meet.example.org.evil.example", False),
        (("*.example.org",), "meet.example.org", True),
        (("*.example.org",), "a.b.example.org", True),
        (("*.example.org",), "example.org", False),
        (("*.example.org",), "evilexample.org", False),
        (("*.example.org",), ".example.org", False),
        (("[::1]",), "::1", True),
        (("none.invalid",), "meet.example.org", False),
        (("a.example", "b.example"), "b.example", True),
        (("a.example",), "", False),
    ],
)
def test_which_are_allowed(patterns: tuple[str, ...], host: str, is_one: bool) -> None:
    assert is_allowed(patterns, host) is is_one


@given(st.from_regex(r"\A[a-z]{1,9}(\.[a-z]{1,9}){1,3}\Z"), st.text(max_size=40))
def test_a_host_is_its_own_pattern_and_nothing_around_it_is(host: str, around: str) -> None:
    assert is_pattern(host)
    assert is_allowed((host,), host)
    assert is_allowed((host,), around + host) is ((around + host).lower().rstrip(".").strip("[]") == host)

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.meeting.values import ProblemCode
from visio_desktop.net.bounds import ANYWHERE, Bounds
from visio_desktop.servers.named import WEB, WEBSOCKETS, named
from visio_desktop.servers.port import JoinError

HOME = "h.example.org"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://rtc.example.org", ProblemCode.LINK_INSECURE),
        ("https://127.0.0.1/x", ProblemCode.ONWARD_PRIVATE),
        ("https://192.168.1.1/x", ProblemCode.ONWARD_PRIVATE),
        ("https://a@rtc.example.org", ProblemCode.SERVER_NOT_UNDERSTOOD),
        ("ftp://rtc.example.org", ProblemCode.SERVER_NOT_UNDERSTOOD),
        ("wss://rtc.example.org", ProblemCode.SERVER_NOT_UNDERSTOOD),
        ("https://rtc.example.org:port", ProblemCode.SERVER_NOT_UNDERSTOOD),
        ("https://[rtc.example.org", ProblemCode.SERVER_NOT_UNDERSTOOD),
        ("https://rtc.example.org/?x=1", ProblemCode.SERVER_NOT_UNDERSTOOD),
        ("https://rtc.example.org/#x", ProblemCode.SERVER_NOT_UNDERSTOOD),
        ("https://", ProblemCode.SERVER_NOT_UNDERSTOOD),
        ("", ProblemCode.SERVER_NOT_UNDERSTOOD),
    ],
)
def test_where_we_do_not_go(url: str, code: ProblemCode) -> None:
    with pytest.raises(JoinError) as caught:
        named(url, HOME, ANYWHERE)
    assert caught.value.problem.code is code


def test_where_we_go() -> None:
    assert named("https://RTC.example.org/jwt/", HOME, ANYWHERE) == "https://rtc.example.org/jwt"
    assert named("http://127.0.0.1:8080", "localhost", ANYWHERE) == "http://127.0.0.1:8080"
    assert named("https://rtc.example.org:8443/x/", HOME, ANYWHERE, WEBSOCKETS) == "wss://rtc.example.org:8443/x"
    assert named("ws://127.0.0.1:1", "127.0.0.1", ANYWHERE, WEBSOCKETS) == "ws://127.0.0.1:1"


def test_whoever_is_not_allowed_is_named() -> None:
    bounds = Bounds(lambda host: host == HOME, lambda: True)
    assert named(f"https://{HOME}/x", HOME, bounds) == f"https://{HOME}/x"
    with pytest.raises(JoinError) as caught:
        named("https://rtc.example.org", HOME, bounds)
    problem = caught.value.problem
    assert (problem.code, problem.subject) == (ProblemCode.ONWARD_NOT_ALLOWED, "rtc.example.org")


@given(st.text(max_size=60), st.sampled_from(["", "https://", "http://", "wss://a", "ws://1"]))
def test_any_text_is_a_safe_address_or_refused(rest: str, start: str) -> None:
    for schemes in (WEB, WEBSOCKETS):
        try:
            address = named(start + rest, HOME, ANYWHERE, schemes)
        except JoinError:
            continue
        parts = urlsplit(address)
        assert parts.scheme in {"https", "wss"}
        assert parts.hostname
        assert not parts.query
        assert "@" not in parts.netloc

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.net.proxies import (
    Proxy,
    ProxyLogin,
    asks_the_desktop,
    manual_proxy,
    no_proxy,
    parse_proxy,
    system_proxy,
)

MANUAL = "proxy.example.org:3128"


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "socks_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    ("text", "proxy"),
    [
        (MANUAL, Proxy("proxy.example.org", 3128)),
        ("http://proxy.example.org", Proxy("proxy.example.org", 80)),
        ("https://proxy.example.org", Proxy("proxy.example.org", 443, secure=True)),
        ("http://[fd00::1]:3128", Proxy("fd00::1", 3128)),
        ("http://A%5Cada:s%40me@p.org:1", Proxy("p.org", 1, login=ProxyLogin("A\\ada", "s@me"))),
        ("socks5://proxy.example.org", Proxy("proxy.example.org", 1080, socks=5)),
        ("socks4://proxy.example.org:9", Proxy("proxy.example.org", 9, socks=4)),
        ("quic://proxy.example.org:443", None),
        ("http://", None),
        ("http://proxy:99999", None),
        ("", None),
        ("x" * 3_000, None),
    ],
)
def test_addresses_of_proxies(text: str, proxy: Proxy | None) -> None:
    assert parse_proxy(text) == proxy


@given(st.text(max_size=60))
def test_any_text_is_a_proxy_or_none(text: str) -> None:
    assert isinstance(parse_proxy(text), Proxy | None)


def test_a_login_is_not_shown() -> None:
    proxy = parse_proxy("http://ada:sesame@proxy.example.org:3128")
    assert str(proxy) == "http://proxy.example.org:3128"
    assert "sesame" not in repr(proxy) + repr(ProxyLogin("ada", "sesame"))


def test_the_systems_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    assert system_proxy("meet.example.org", 443) is None
    monkeypatch.setenv("https_proxy", "http://proxy.example.org:3128")
    monkeypatch.setenv("no_proxy", "inside.example.org,10.0.0.7,other.org:8443")
    assert system_proxy("meet.example.org", 443) == Proxy("proxy.example.org", 3128)
    for host, port in (("inside.example.org", 443), ("10.0.0.7", 7881), ("other.org", 8443), ("127.0.0.1", 80)):
        assert system_proxy(host, port) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [("all_proxy", "socks5h://p.org:9"), ("socks_proxy", "http://p.org:9"), ("socks_proxy", "p.org:9")],
)
def test_the_systems_proxy_may_be_one_of_socks(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    assert system_proxy("meet.example.org", 443) == Proxy("p.org", 9, socks=5)


def test_the_desktop_is_asked_where_the_environment_says_nothing() -> None:
    assert not asks_the_desktop({}, "linux")
    for name in ("auto_proxy", "XDG_CURRENT_DESKTOP"):
        assert asks_the_desktop({name: "x"}, "linux")
    assert asks_the_desktop({}, "win32")
    assert not asks_the_desktop({"XDG_CURRENT_DESKTOP": "KDE", "HTTPS_PROXY": "http://p:1"}, "linux")


def test_a_proxy_chosen_by_hand_is_for_all_but_this_machine() -> None:
    assert no_proxy("meet.example.org", 443) is None
    assert manual_proxy(MANUAL)("meet.example.org", 443) == Proxy("proxy.example.org", 3128)
    assert manual_proxy(MANUAL)("localhost", 443) is None
    named = manual_proxy(f"http://ada:sesame@{MANUAL}")("meet.example.org", 443)
    assert named is not None
    assert named.login is None
    assert manual_proxy("ftp://x")("meet.example.org", 443) is None

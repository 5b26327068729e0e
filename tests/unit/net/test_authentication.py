from __future__ import annotations

import base64
import contextlib

import pytest
import spnego
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.proxy import DOMAIN, NAME, PASSWORD, credential_file
from visio_desktop.net import authentication, kerberos
from visio_desktop.net.authentication import AuthenticationError, Way, header, ways
from visio_desktop.net.proxies import ProxyLogin

ADA = ProxyLogin(f"{DOMAIN}\\{NAME}", PASSWORD)


def names(*offered: str, login: ProxyLogin | None = ADA) -> list[str]:
    return [way.name for way in ways(offered, "proxy", login)]


def test_the_best_way_comes_first() -> None:
    assert names("basic", "ntlm", "negotiate", "digest") == ["system", "negotiate", "ntlm", "basic"]
    assert names("basic", "negotiate", login=None) == ["system"]
    assert names("digest") == []
    assert names("basic", login=ProxyLogin("a:b", "c")) == []


def test_basic_says_it_once() -> None:
    (way,) = ways(("basic",), "proxy", ProxyLogin("ada", "sésame"))
    basic = way.begin()
    said = basic.step(b"")
    assert said == "ada:sésame".encode()
    assert header(way, said) == f"Proxy-Authorization: Basic {base64.b64encode(said).decode()}"
    assert basic.step(b"") is None


@pytest.mark.parametrize("protocol", ["ntlm", "negotiate"])
def test_a_real_server_side_is_convinced(protocol: str) -> None:
    with credential_file():
        way = next(way for way in ways((protocol,), "proxy", ADA) if way.name == protocol)
        client, server = way.begin(), spnego.server(hostname="proxy", service="HTTP", protocol=protocol)
        heard = b""
        while not server.complete:
            said = client.step(heard)
            assert said is not None
            heard = server.step(said) or b""


RUBBISH = st.binary(min_size=1, max_size=200)


@pytest.mark.parametrize("protocol", ["ntlm", "negotiate"])
@given(heard=RUBBISH | RUBBISH.map(lambda tail: b"NTLMSSP\x00\x02\x00\x00\x00" + tail))
def test_rubbish_in_a_conversation_is_answered_or_ends_it(protocol: str, heard: bytes) -> None:
    way = next(way for way in ways((protocol,), "proxy", ADA) if way.name == protocol)
    conversation = way.begin()
    conversation.step(b"")
    with contextlib.suppress(AuthenticationError):
        assert isinstance(conversation.step(heard), bytes | None)


def test_without_a_ticket_the_systems_way_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KRB5CCNAME", "FILE:/nowhere/at/all")
    (way,) = ways(("negotiate",), "proxy.example.org", None)
    with pytest.raises(AuthenticationError):
        way.begin().step(b"")


def test_tickets_make_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kerberos.Context, "step", lambda _self, token: b"ticket" if not token else b"")
    (way,) = ways(("negotiate",), "proxy.example.org", None)
    assert isinstance(way, Way)
    conversation = way.begin()
    assert conversation.step(b"") == b"ticket"
    assert conversation.step(b"more") is None
    assert authentication.header(way, b"ticket") == "Proxy-Authorization: Negotiate dGlja2V0"

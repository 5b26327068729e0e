from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.meeting.values import MeetingLink, ProblemCode
from visio_desktop.servers.port import JoinError
from visio_desktop.servers.talk.link import Address, parse_address, parse_link


@pytest.mark.parametrize(
    ("text", "base", "port"),
    [
        ("talk+https://h.example/call/a1B2c3", "https://h.example", 443),
        ("talk+https://h.example/index.php/call/a1B2c3/", "https://h.example", 443),
        ("talk+https://h.example:8443/cloud/index.php/call/a1B2c3", "https://h.example:8443/cloud", 8443),
        ("TALK+HTTPS://h.example/call/call/a1B2c3#message_7", "https://h.example/call", 443),
        ("talk+http://127.0.0.1:80/call/a1B2c3", "http://127.0.0.1:80", 80),
    ],
)
def test_addresses(text: str, base: str, port: int) -> None:
    address = parse_address(text)
    assert address is not None
    assert (address.base, address.port, address.token) == (base, port, "a1B2c3")
    assert address.web == f"{base}/index.php/call/a1B2c3"
    assert parse_address(address.text) == address


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("talk+https://h/call/", ProblemCode.LINK_MALFORMED),
        ("talk+https://h/f/7", ProblemCode.LINK_MALFORMED),
        ("talk+https://h/call/a/b", ProblemCode.LINK_MALFORMED),
        ("talk+https://h/call/../x", ProblemCode.LINK_MALFORMED),
        ("talk+https://ada:secret@h/call/abc", ProblemCode.LINK_MALFORMED),
        ("talk+https://h:x/call/abc", ProblemCode.LINK_MALFORMED),
        ("talk+http://h.example/call/abc", ProblemCode.LINK_INSECURE),
    ],
)
def test_bad_ones_are_refused_without_their_secrets(text: str, code: ProblemCode) -> None:
    with pytest.raises(JoinError) as caught:
        parse_link(text)
    assert caught.value.problem.code is code
    assert "secret" not in str(caught.value)


def test_the_link_asks_for_a_password_and_others_are_of_other_kinds() -> None:
    link = MeetingLink("nextcloud", "talk+https://h/call/abc", "h", "abc", takes_pin=True, takes_login=True)
    assert parse_link("talk+https://h/index.php/call/abc?x=y") == link
    assert [parse_link(text) for text in ("https://h/call/abc", "mailto:a@b", "")] == [None, None, None]


@given(st.text(max_size=60))
def test_nothing_but_a_join_error(rest: str) -> None:
    try:
        found = parse_address(f"talk+https://{rest}")
    except JoinError:
        return
    assert isinstance(found, Address)
    assert found.token.isalnum()

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.meeting.values import OptionalSecret, ProblemCode
from visio_desktop.servers.janus.link import parse_address, parse_link
from visio_desktop.servers.port import JoinError


def test_a_link_names_the_socket_and_the_room() -> None:
    address = parse_address("janus+wss://janus.example.org/ws?room=1234")
    assert address is not None
    assert (address.url, address.host, address.port) == ("wss://janus.example.org/ws", "janus.example.org", 443)
    assert address.room == 1234
    named = parse_address("JANUS+WSS://janus.example.org:8989?room=the%20room")
    assert named is not None
    assert (named.url, named.port, named.room) == ("wss://janus.example.org:8989/", 8989, "the room")
    link = parse_link("janus+wss://janus.example.org/ws?room=1234")
    assert link is not None
    assert (link.kind, link.host, link.room, link.takes_pin) == ("janus", "janus.example.org", "1234", True)
    assert link.takes_besides is OptionalSecret.ROOM_SECRET


@pytest.mark.parametrize("text", ["https://janus.example.org/?room=1", "livekit+wss://h?room=1", "janus", ""])
def test_other_links_are_none_of_ours(text: str) -> None:
    assert parse_address(text) is None
    assert parse_link(text) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("janus+wss://h/", ProblemCode.LINK_MALFORMED),
        ("janus+wss://h/?room=", ProblemCode.LINK_MALFORMED),
        ("janus+wss://h/?room=1&room=2", ProblemCode.LINK_MALFORMED),
        ("janus+wss://h/?room=1&pin=2", ProblemCode.LINK_MALFORMED),
        ("janus+wss://h/?room=" + "x" * 300, ProblemCode.LINK_MALFORMED),
        ("janus+wss://user:pin@h/?room=1", ProblemCode.LINK_MALFORMED),
        ("janus+wss:///?room=1", ProblemCode.LINK_MALFORMED),
        ("janus+wss://h:99999/?room=1", ProblemCode.LINK_MALFORMED),
        ("janus+ws://janus.example.org/?room=1", ProblemCode.LINK_INSECURE),
    ],
)
def test_bad_links_are_refused(text: str, code: ProblemCode) -> None:
    with pytest.raises(JoinError) as caught:
        parse_address(text)
    assert caught.value.problem.code is code
    assert "pin" not in caught.value.problem.subject


@given(st.text(max_size=200))
def test_nothing_else_is_ever_raised(rest: str) -> None:
    with suppress(JoinError):
        parse_link(f"janus+wss://{rest}")

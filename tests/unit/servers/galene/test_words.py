from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.servers.fields import Fields
from visio_desktop.servers.galene.words import MAX_MESSAGE_BYTES, WordsError, candidate_json, ice_servers, parse


def test_a_message_is_read_with_all_that_may_be_in_it() -> None:
    said = parse(
        json.dumps(
            {
                "type": "chat",
                "kind": "me",
                "id": "7",
                "source": "ada",
                "dest": "bob",
                "username": "Ada",
                "value": "waves",
                "privileged": True,
                "permissions": ["op", 5],
                "sdp": "v=0",
                "candidate": {"candidate": "candidate:1 1 udp", "sdpMid": "0"},
            }
        )
    )
    assert (said.type, said.kind, said.id, said.source, said.dest) == ("chat", "me", "7", "ada", "bob")
    assert (said.username, said.value, said.privileged) == ("Ada", "waves", True)
    assert said.permissions == {"op"}
    assert (said.sdp, said.candidate) == ("v=0", ("1 1 udp", "0"))


def test_what_is_missing_is_nothing() -> None:
    said = parse(b'{"type": "ice", "candidate": {"candidate": ""}}')
    assert (said.candidate, said.sdp, said.value, said.permissions, said.privileged) == (
        None,
        "",
        "",
        frozenset(),
        False,
    )
    assert parse('{"type": "ice"}').candidate is None


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "{}", '{"type": 5}', "[" * 100_000, b"\xff\xfe", "x" * (MAX_MESSAGE_BYTES + 1)]
)
def test_what_is_no_message_is_told_as_such(text: str | bytes) -> None:
    with pytest.raises(WordsError):
        parse(text)


@given(st.binary(max_size=200) | st.recursive(st.none() | st.text(), st.lists).map(json.dumps))
def test_nothing_else_is_ever_raised(text: bytes | str) -> None:
    with suppress(WordsError):
        parse(text)


def test_relays_are_taken_as_browsers_take_them() -> None:
    found = ice_servers(
        Fields(
            {
                "iceServers": [
                    {"urls": ["turn:t.example.org", "http://x"], "username": "u", "credential": "c"},
                    {"urls": "stun:s.example.org"},
                    {"urls": 5},
                    "rubbish",
                ]
            }
        )
    )
    assert [(s.urls, s.username, s.credential) for s in found] == [
        (("turn:t.example.org",), "u", "c"),
        (("stun:s.example.org",), "", ""),
    ]
    assert ice_servers(Fields(None)) == ()
    assert ice_servers(Fields({"iceServers": None})) == ()


def test_an_address_of_ours_is_told_as_browsers_do() -> None:
    assert candidate_json("1 1 udp")["candidate"] == candidate_json("candidate:1 1 udp")["candidate"]

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.meeting.rooms import Emoji
from visio_desktop.servers.livekit.reactions import Floodgate, parse_reaction, print_reaction


@pytest.mark.parametrize("emoji", Emoji)
def test_what_we_write_is_read(emoji: Emoji) -> None:
    assert parse_reaction(print_reaction(emoji)) is emoji


def test_written_as_the_web_client_does() -> None:
    expected = {"type": "reactionReceived", "data": {"emoji": "folded-hands"}}
    assert json.loads(print_reaction(Emoji.FOLDED_HANDS)) == expected


@pytest.mark.parametrize(
    "payload",
    [
        b'{"type": "reactionReceived", "data": {"emoji": "skull"}}',
        b'{"type": "reactionReceived", "data": {"emoji": ["thumbs-up"]}}',
        b'{"type": "reactionReceived", "data": "thumbs-up"}',
        b'{"type": "reactionReceived"}',
        b'{"type": "other", "data": {"emoji": "thumbs-up"}}',
        b'{"type": "reactionReceived", "data": {"emoji": "thumbs-up"}, "pad": "' + b"x" * 5_000 + b'"}',
        b"[]",
        b"thumbs-up",
        b"",
    ],
)
def test_nothing_comes_of(payload: bytes) -> None:
    assert parse_reaction(payload) is None


@given(st.binary(max_size=300))
def test_any_bytes_do_no_harm(payload: bytes) -> None:
    assert parse_reaction(payload) is None or b"reactionReceived" in payload


def test_ten_a_second_of_each() -> None:
    gate = Floodgate()
    assert sum(gate.lets_through("ada", 50.0 * i) for i in range(20)) == 10
    assert gate.lets_through("bob", 900.0)
    assert gate.lets_through("ada", 1_001.0)
    assert gate.lets_through("ada", -5.0), "the clock was set back"


def test_of_those_who_are_many_only_the_last_are_kept() -> None:
    gate = Floodgate()
    for i in range(2_000):
        gate.lets_through(str(i), 0.0)
    assert len(gate._windows) <= 256

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.servers.janus.words import MAX_MESSAGE_BYTES, Refusal, Words, WordsError, parse

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


def test_an_event_of_the_room_with_its_offer() -> None:
    data = {"videoroom": "attached", "streams": []}
    words = parse(
        json.dumps(
            {
                "janus": "event",
                "transaction": "t",
                "sender": 7,
                "plugindata": {"plugin": "p", "data": data},
                "jsep": {"type": "offer", "sdp": "v=0"},
            }
        )
    )
    assert (words.kind, words.transaction, words.sender) == ("event", "t", 7)
    assert words.room.text("videoroom") == "attached"
    assert (words.offer, words.answer) == ("v=0", "")
    words.raise_refusal()


@pytest.mark.parametrize(
    "told",
    [
        {"janus": "error", "error": {"code": 458, "reason": "No such session"}},
        {"janus": "event", "plugindata": {"data": {"error_code": 458, "error": "No such session"}}},
    ],
)
def test_both_ways_to_refuse_are_read(told: object) -> None:
    with pytest.raises(Refusal, match="458 No such session") as caught:
        parse(json.dumps(told)).raise_refusal()
    assert caught.value.code == 458


@pytest.mark.parametrize("text", ["", "[]", "null", "{", '{"janus": 1}', "[" * 100_000, " " * (MAX_MESSAGE_BYTES + 1)])
def test_rubbish_is_told(text: str) -> None:
    with pytest.raises(WordsError):
        parse(text)


@given(JSON, JSON, JSON)
def test_whatever_is_in_it_it_is_read(data: object, sender: object, jsep: object) -> None:
    text = json.dumps({"janus": "event", "sender": sender, "plugindata": {"data": data}, "jsep": jsep, "error": data})
    assert isinstance(parse(text), Words)

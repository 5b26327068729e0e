from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.servers.talk.words import MAX_MESSAGE_BYTES, Refusal, WordsError, parse


def test_what_stands_under_the_type_is_the_body() -> None:
    words = parse(json.dumps({"type": "hello", "id": "7", "hello": {"sessionid": "s"}, "room": {"x": 1}}))
    assert (words.kind, words.id, words.body.text("sessionid")) == ("hello", "7", "s")
    words.raise_refusal()


def test_an_error_is_a_refusal() -> None:
    with pytest.raises(Refusal, match="no_such_room not here") as caught:
        parse('{"type": "error", "error": {"code": "no_such_room", "message": "not here"}}').raise_refusal()
    assert caught.value.code == "no_such_room"
    with pytest.raises(Refusal, match="error"):
        parse('{"type": "error"}').raise_refusal()


@pytest.mark.parametrize("text", ["", "[]", "null", "{", '{"type": 7}', '{"id": "7"}', b"\xff\xfe", "x" * 2_000_000])
def test_anything_else_is_none(text: str | bytes) -> None:
    with pytest.raises(WordsError):
        parse(text)
    assert MAX_MESSAGE_BYTES < 2_000_000


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_rubbish_raises_its_own_error(text: str | bytes) -> None:
    try:
        parse(text)
    except WordsError:
        return

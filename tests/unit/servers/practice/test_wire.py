"""The words of the practice meeting."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.servers.practice.wire import (
    Answered,
    Hand,
    Hello,
    Line,
    Message,
    Person,
    Said,
    WireError,
    decode,
    encode,
)

TEXT = st.text(max_size=200)
MESSAGES: st.SearchStrategy[Message] = st.one_of(
    st.builds(Hello, TEXT, TEXT),
    st.builds(Person, TEXT, TEXT, TEXT, st.booleans()),
    st.builds(Said, TEXT, TEXT, TEXT, st.booleans()),
    st.builds(Answered, TEXT, st.booleans()),
    st.builds(Line, TEXT, TEXT, TEXT, st.floats(allow_nan=False)),
)


@given(MESSAGES)
def test_what_is_said_is_understood(message: Message) -> None:
    line = encode(message)
    assert line.count(b"\n") == 1
    assert decode(line) == message


@given(st.binary(max_size=300))
def test_rubbish_is_refused_and_nothing_else_happens(line: bytes) -> None:
    with pytest.raises(WireError):
        decode(line)


@pytest.mark.parametrize(
    "fields",
    [
        {"is": "Hand", "person": "a"},
        {"is": "Hand", "person": "a", "raised_at_ms": "1"},
        {"is": "Hand", "person": 1, "raised_at_ms": 1.0},
        {"is": "Hand", "person": "a", "raised_at_ms": 1.0, "more": 1},
        {"is": "Nobody"},
        {"is": 3},
        [],
    ],
)
def test_a_message_of_the_wrong_form_is_refused(fields: object) -> None:
    with pytest.raises(WireError):
        decode(json.dumps(fields).encode())


def test_a_whole_number_serves_as_a_time() -> None:
    assert decode(b'{"is": "Hand", "person": "a", "raised_at_ms": 5}') == Hand("a", 5.0)

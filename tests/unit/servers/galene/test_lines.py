from __future__ import annotations

import json
from typing import Any

import pytest

from visio_desktop.meeting.events import Captioned, ChatCleared, ChatReceived
from visio_desktop.meeting.values import ChatMessage
from visio_desktop.servers.galene.lines import Lines
from visio_desktop.servers.galene.words import parse


def lines() -> Lines:
    return Lines(lambda person: person in {"me", "me-before"}, lambda: 99.0)


def read(found: Lines, what: str = "chat", **fields: Any) -> ChatReceived:
    (event,) = found.read(parse(json.dumps({"type": what, "value": "hello", **fields})))
    assert isinstance(event, ChatReceived)
    return event


def line(**fields: Any) -> ChatMessage:
    return read(lines(), **fields).message


def test_a_line_of_somebody_has_an_id_nobody_else_can_take() -> None:
    found = line(id="7", source="b", username="Bob", time="2026-11-23T17:00:00Z")
    assert found == ChatMessage("b:7", "b", "Bob", "hello", 1_795_453_200_000.0)
    assert line(id="m0", source="me", username="Ada") == ChatMessage("m0", "me", "Ada", "hello", 99.0, is_mine=True)
    assert line(id="m0", source="me-before", username="Ada").is_mine
    several = lines()
    assert read(several, source="b").message.id != read(several, source="b").message.id


@pytest.mark.parametrize(
    ("fields", "name", "text"),
    [
        ({"source": "b", "username": "Bob", "dest": "me"}, "Bob (to you alone)", "hello"),
        ({"source": "b", "username": "Bob", "kind": "me"}, "Bob", "Bob hello"),
        ({"source": "b"}, "Anonymous", "hello"),
        ({}, "The server", "hello"),
    ],
)
def test_who_says_it_to_whom_is_seen(fields: dict[str, str], name: str, text: str) -> None:
    found = line(**fields)
    assert (found.sender_name, found.text) == (name, text)


@pytest.mark.parametrize("time", ["rubbish", "", None, "9999-99-99", 5e20])
def test_what_is_no_time_is_now(time: object) -> None:
    assert line(time=time).at_ms == 99.0
    assert line(time=5_000).at_ms == 5_000.0


def test_what_was_written_before_is_no_news() -> None:
    assert [read(lines(), what).is_old for what in ("chat", "chathistory")] == [False, True]


def test_captions_are_words_of_now() -> None:
    said = {"type": "chat", "kind": "caption", "source": "b", "username": "Bob", "value": "hello"}
    (event,) = lines().read(parse(json.dumps(said)))
    assert isinstance(event, Captioned)
    assert (event.caption.participant_id, event.caption.text, event.caption.final) == ("b", "hello", True)
    assert lines().read(parse(json.dumps({**said, "type": "chathistory"}))) == []
    assert lines().read(parse('{"type": "chat", "value": 5}')) == []


def test_only_what_the_server_vouches_for_is_told_people() -> None:
    told = {"type": "usermessage", "kind": "warning", "value": "the cellar is  closed"}
    assert lines().read_notice(parse(json.dumps(told))) == []
    (event,) = lines().read_notice(parse(json.dumps({**told, "privileged": True, "username": "Olga"})))
    assert isinstance(event, ChatReceived)
    assert (event.message.sender_name, event.message.text) == ("Olga", "the cellar is closed")
    assert lines().read_notice(parse(json.dumps({**told, "privileged": True, "kind": "token"}))) == []
    assert lines().tell("") == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"userId": "b", "id": "7"}, [ChatCleared("b", "b:7")]),
        ({"userId": "me-before", "id": "7"}, [ChatCleared("me-before", "7")]),
        ({"userId": "b"}, [ChatCleared("b")]),
        ({"id": "7"}, []),
    ],
)
def test_lines_are_taken_away_by_the_ids_they_were_told_with(
    value: dict[str, str], expected: list[ChatCleared]
) -> None:
    told = {"type": "usermessage", "kind": "clearchat", "privileged": True, "value": value}
    assert lines().cleared(parse(json.dumps(told))) == expected


@pytest.mark.parametrize("value", [None, {}, "x", 5, {"userId": 5, "id": ["7"]}])
def test_without_a_name_all_lines_are_taken_away(value: object) -> None:
    first, told = lines().cleared(parse(json.dumps({"type": "usermessage", "value": value})))
    assert first == ChatCleared()
    assert isinstance(told, ChatReceived)
    assert told.message.text == "The chat was cleared."

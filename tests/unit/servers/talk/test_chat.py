from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.clock_media import until
from tests.helpers.rest_server import Answer, RestServer, rest_server
from visio_desktop.meeting.events import ChatReceived
from visio_desktop.meeting.values import Participant
from visio_desktop.net import Web
from visio_desktop.servers.fields import Fields
from visio_desktop.servers.port import RequestFailed
from visio_desktop.servers.talk.chat import Chat, Written, parse_line
from visio_desktop.servers.talk.ocs import Ocs
from visio_desktop.system.tasks import Tasks

ME = Participant("me", "Ada", is_me=True)
BOB = Participant("b", "Bob")
READ, WRITE = "GET /v1/chat/t", "POST /v1/chat/t"


def line(number: int, text: str = "tea?", **more: Any) -> dict[str, Any]:
    who = {"actorType": "guests", "actorId": "bob", "actorDisplayName": "B"}
    return {"id": number, "message": text, "timestamp": 2, "messageType": "comment", **who, **more}


def told(data: Any, status: int = 200) -> Answer:
    return Answer({"ocs": {"data": data}}, status)


@pytest.fixture
async def server() -> AsyncIterator[RestServer]:
    async with rest_server() as running:
        running.root = "/ocs/v2.php/apps/spreed/api"
        yield running


@pytest.fixture
def lines() -> list[ChatReceived]:
    return []


@pytest.fixture
async def chat(server: RestServer, lines: list[ChatReceived]) -> AsyncIterator[Chat]:
    tasks, ocs = Tasks("test"), Ocs(Web(), server.url)
    yield Chat(
        ocs,
        "t",
        longest=10,
        me=(("guests", "ada"), lambda: ME),
        who={("guests", "bob"): BOB}.get,
        tell=lines.append,
        tasks=tasks,
    )
    await tasks.close()
    await ocs.close()


async def test_what_was_written_before_is_old_and_what_comes_is_new(
    server: RestServer, chat: Chat, lines: list[ChatReceived]
) -> None:
    server.says(READ, told([line(2, actorId="ada"), line(1, actorId="eve")]), told([line(3)]), told([]))
    chat.begin()
    await until(lambda: len(lines) == 2, "the history")
    chat.refresh()
    await until(lambda: len(lines) == 3, "the news")
    found = [(each.message.id, each.message.sender_id, each.message.is_mine, each.is_old) for each in lines]
    assert found == [
        ("talk-1", "guests/eve", False, True),
        ("talk-2", "me", True, True),
        ("talk-3", "b", False, False),
    ]
    assert [each.message.sender_name for each in lines] == ["B", "Ada", "Bob"]
    asked = server.of(READ)[1].query
    assert (asked["lastKnownMessageId"], asked["lookIntoFuture"], asked["timeout"]) == ("2", "1", "0")


async def test_ones_own_line_is_told_once(server: RestServer, chat: Chat, lines: list[ChatReceived]) -> None:
    server.says(WRITE, told(line(1, "hello", timestamp=7), 201))
    server.says(READ, told([]), told([]))
    chat.begin()
    await chat.send("m1", "hello")
    reference = server.of(WRITE)[0].body["referenceId"]
    server.says(READ, told([line(1, "hello", referenceId=reference), line(2)]))
    chat.refresh()
    await until(lambda: len(lines) == 2, "Bob's too")
    first = lines[0].message
    assert (first.id, first.sender_id, first.at_ms, first.is_mine) == ("m1", "me", 7_000.0, True)
    with pytest.raises(RequestFailed, match="long"):
        await chat.send("m2", "x" * 11)
    server.says(WRITE, told([], 403))
    with pytest.raises(RequestFailed):
        await chat.send("m3", "no")


def test_placeholders_are_filled_in() -> None:
    parameters = {"file": {"name": "plan.pdf"}, "mention-user1": {"name": "Ada"}}
    found = parse_line(Fields(line(1, "{file} for {mention-user1} {x}", messageParameters=parameters)))
    assert found == Written(1, ("guests", "bob"), "B", "plan.pdf for Ada {x}", 2_000.0, "")


@pytest.mark.parametrize(
    "more", [{"systemMessage": "call_started"}, {"messageType": "comment_deleted"}, {"id": "7"}, {"message": ""}]
)
def test_what_nobody_wrote_is_no_line(more: dict[str, Any]) -> None:
    assert parse_line(Fields(line(1) | more)) is None


@given(st.dictionaries(st.sampled_from([*line(1), "messageParameters"]), st.none() | st.integers() | st.text()))
def test_any_line_is_read(fields: dict[str, Any]) -> None:
    json.dumps(fields)
    parse_line(Fields(fields))

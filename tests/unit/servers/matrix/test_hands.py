from __future__ import annotations

from typing import Any

import pytest

from tests.helpers.rest_server import Answer, RestServer
from visio_desktop.servers.matrix.api import Api
from visio_desktop.servers.matrix.hands import MOST_ASKED, raised_before
from visio_desktop.servers.matrix.timeline import print_hand


def path(event_id: str) -> str:
    return f"GET /v1/rooms/!r:h/relations/{event_id}/m.annotation"


def hand(membership: str, event_id: str = "$h", kind: str = "m.reaction") -> dict[str, Any]:
    content = dict(print_hand(membership))
    return {"type": kind, "sender": "@ada:h", "event_id": event_id, "origin_server_ts": 7, "content": content}


async def asked(api: Api, *memberships: str) -> list[str]:
    return [event.event_id async for event in raised_before(api, "!r:h", memberships)]


async def test_hands_of_each_membership_are_found(server: RestServer, api: Api) -> None:
    server.says(path("$1"), {"chunk": [hand("$1", "$h1"), hand("$2", "$else"), hand("$1", "$line", "m.room.message")]})
    server.says(path("$2"), {"chunk": [hand("$2", "$sealed", "m.room.encrypted"), 5, {}]})
    assert await asked(api, "$1", "$2") == ["$h1", "$sealed"]
    assert server.of(path("$1"))[0].query == {"limit": "20"}


async def test_what_is_hidden_is_passed_over(server: RestServer, api: Api) -> None:
    server.says(path("$1"), Answer({"errcode": "M_NOT_FOUND"}, 404))
    server.says(path("$2"), Answer({"errcode": "M_FORBIDDEN"}, 403))
    server.says(path("$3"), {"chunk": "rubbish"})
    server.says(path("$4"), {"chunk": [hand("$4")]})
    assert await asked(api, "$1", "$2", "$3", "$4") == ["$h"]


@pytest.mark.parametrize(
    "answer",
    [
        Answer({"errcode": "M_UNRECOGNIZED"}, 404),
        Answer({"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 60_000}, 429),
        Answer({}, 401),
        Answer({}, 500),
        Answer("rubbish"),
    ],
)
async def test_a_server_that_cannot_is_asked_no_more(server: RestServer, api: Api, answer: Answer) -> None:
    server.says(path("$1"), answer)
    assert await asked(api, "$1", "$2") == []
    assert server.of(path("$2")) == []


async def test_no_more_than_so_many_are_asked_about(server: RestServer, api: Api) -> None:
    memberships = tuple(f"${number}" for number in range(MOST_ASKED + 10))
    for each in memberships:
        server.says(path(each), {"chunk": [hand(each, f"$h{number}") for number in range(30)]})
    found = await asked(api, *memberships)
    assert (len(found), len(server.asked)) == (20 * MOST_ASKED, MOST_ASKED)

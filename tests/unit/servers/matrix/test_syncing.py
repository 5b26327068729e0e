from __future__ import annotations

import json
from random import Random

import pytest

from tests.helpers.rest_server import Answer, RestServer
from visio_desktop.servers.matrix.api import Api, LoggedOut, NotUnderstood
from visio_desktop.servers.matrix.membership import MEMBER_EVENT
from visio_desktop.servers.matrix.syncing import Syncing
from visio_desktop.servers.matrix.words import Synced

SYNC = "GET /v3/sync"


def syncing(api: Api) -> Syncing:
    return Syncing(api, "!r:h", clock=lambda: 0.0, random=Random(1), pause_s=0)


async def test_one_question_after_the_other(server: RestServer, api: Api) -> None:
    failing, over = Answer({}, 502), Answer({"errcode": "M_UNKNOWN_TOKEN"}, 401)
    server.says(SYNC, {"next_batch": "s1"}, {"next_batch": "s2"}, failing, [], {"next_batch": "s3"}, over)
    room, heard = syncing(api), list[str]()

    async def take(synced: Synced) -> None:
        heard.append(synced.next_batch)

    assert (await room.first()).next_batch == "s1"
    with pytest.raises(LoggedOut):
        await room.run(take)
    assert heard == ["s2", "s3"]
    asked = [question.query for question in server.asked]
    assert [query.get("since") for query in asked] == [None, "s1", "s2", "s2", "s2", "s3"]
    assert (asked[0]["timeout"], asked[1]["timeout"], asked[0]["set_presence"]) == ("0", "20000", "offline")
    wanted = json.loads(asked[0]["filter"])["room"]
    assert wanted["rooms"] == ["!r:h"]
    assert {MEMBER_EVENT, "m.room.message"} <= set(wanted["timeline"]["types"])


async def test_an_answer_that_is_none(server: RestServer, api: Api) -> None:
    server.says(SYNC, {"next_batch": 5})
    with pytest.raises(NotUnderstood):
        await syncing(api).first()

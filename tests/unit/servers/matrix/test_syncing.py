from __future__ import annotations

import json
from itertools import count
from random import Random

import pytest

from tests.helpers.rest_server import Answer, RestServer
from visio_desktop.servers.matrix.api import Api, LoggedOut, NotUnderstood
from visio_desktop.servers.matrix.membership import MEMBER_EVENT
from visio_desktop.servers.matrix.syncing import Syncing
from visio_desktop.servers.matrix.words import Synced

SYNC = "GET /v3/sync"


def syncing(api: Api, naps_s: list[float] | None = None, *, took_ms: float = 0.0) -> Syncing:
    ticks = count()

    async def sleep(nap_s: float) -> None:
        if naps_s is not None:
            naps_s.append(nap_s)

    return Syncing(api, "!r:h", clock=lambda: next(ticks) * took_ms, random=Random(1), sleep=sleep)


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


async def test_a_server_that_fails_is_asked_later_and_later(server: RestServer, api: Api) -> None:
    failing, over = Answer({}, 502), Answer({"errcode": "M_UNKNOWN_TOKEN"}, 401)
    server.says(SYNC, *[failing] * 8, {"next_batch": "s"}, failing, over)
    naps_s: list[float] = []

    async def take(_synced: Synced) -> None:
        assert len(naps_s) == 8

    with pytest.raises(LoggedOut):
        await syncing(api, naps_s, took_ms=1_000.0).run(take)
    least_s = [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0, 1.0]
    assert all(least <= nap <= 2 * least for least, nap in zip(least_s, naps_s, strict=True))


@pytest.mark.parametrize(
    ("said", "took_ms", "naps"),
    [(False, 0.0, 2), (True, 0.0, 0), (False, 1_000.0, 0)],
    ids=["nothing, at once", "something", "nothing, after a while"],
)
async def test_a_server_that_never_waits_does_not_keep_us_busy(
    server: RestServer, api: Api, said: bool, took_ms: float, naps: int
) -> None:
    line = {"type": "m.room.message", "sender": "@ada:h", "event_id": "$e", "content": {}}
    room = {"timeline": {"events": [line] if said else []}}
    answer = {"next_batch": "s", "rooms": {"join": {"!r:h": room}}}
    server.says(SYNC, answer, answer, Answer({"errcode": "M_UNKNOWN_TOKEN"}, 401))
    naps_s: list[float] = []

    async def take(synced: Synced) -> None:
        assert bool(synced.timeline) is said

    with pytest.raises(LoggedOut):
        await syncing(api, naps_s, took_ms=took_ms).run(take)
    assert naps_s == [0.25] * naps


async def test_an_answer_that_is_none(server: RestServer, api: Api) -> None:
    server.says(SYNC, {"next_batch": 5})
    with pytest.raises(NotUnderstood):
        await syncing(api).first()

from __future__ import annotations

import pytest

from tests.helpers.clock_media import until
from tests.helpers.rest_server import Answer, RestServer
from visio_desktop.servers.matrix.api import Api, Forbidden
from visio_desktop.servers.matrix.keys import CallDevice
from visio_desktop.servers.matrix.membership import LIFE_MS, MEMBER_EVENT
from visio_desktop.servers.matrix.standing import Standing
from visio_desktop.system.tasks import Tasks

ADA = CallDevice("@ada:h", "A")
STATE = f"PUT /v3/rooms/!r:h/state/{MEMBER_EVENT}/_@ada:h_A_m.call"
DELAYED = "POST /unstable/org.matrix.msc4140/delayed_events/d1"
ARRANGED, SAID = Answer({"delay_id": "d1"}), Answer({"event_id": "$m"})


class Clock:
    now_ms = 1_000.0

    def __call__(self) -> float:
        return self.now_ms


def standing(api: Api, clock: Clock, leave_ms: float = 1.0) -> Standing:
    return Standing(api, ADA, "!r:h", "https://f", follows_oldest=False, leave_ms=leave_ms, clock=clock)


async def kept(one: Standing, server: RestServer, what: str, times: int) -> None:
    """Let it be kept until this was asked so often."""
    tasks = Tasks("standing")
    tasks.start(one.keep(), name="keep")
    try:
        await until(lambda: len(server.of(what)) >= times, what)
    finally:
        await tasks.close()


async def test_what_takes_it_back_comes_first(server: RestServer, api: Api) -> None:
    server.says(STATE, ARRANGED, SAID)
    one = standing(api, Clock(), 18_000)
    assert not one.is_in
    await one.enter()
    first, second = server.asked
    assert (first.query["org.matrix.msc4140.delay"], first.body) == ("18000", {})
    assert (second.body["device_id"], second.body["foci_preferred"][0]["livekit_service_url"]) == ("A", "https://f")
    assert "created_ts" not in second.body
    assert (one.is_in, one.event_id) == (True, "$m")


async def test_the_server_hears_of_us_in_time_and_sends_it_when_we_leave(server: RestServer, api: Api) -> None:
    server.says(STATE, ARRANGED, SAID)
    server.says(f"{DELAYED}/restart", {})
    server.says(f"{DELAYED}/send", {})
    one = standing(api, Clock())
    await one.enter()
    await kept(one, server, f"{DELAYED}/restart", 3)
    await one.leave()
    await one.leave()
    assert len(server.of(f"{DELAYED}/send")) == 1
    assert len(server.of(STATE)) == 2


async def test_without_delayed_events_one_takes_it_back_oneself(server: RestServer, api: Api) -> None:
    server.says(STATE, Answer({"errcode": "M_UNRECOGNIZED"}, 404), SAID)
    one = standing(api, Clock())
    await one.enter()
    await one.leave()
    assert server.of(STATE)[-1].body == {}


async def test_a_server_that_allows_less_time_says_how_much(server: RestServer, api: Api) -> None:
    too_long = Answer({"errcode": "M_UNKNOWN", "org.matrix.msc4140.max_delay": 5_000}, 400)
    server.says(STATE, too_long, ARRANGED, SAID)
    await standing(api, Clock(), 18_000).enter()
    assert [asked.query.get("org.matrix.msc4140.delay") for asked in server.asked] == ["18000", "5000", None]


async def test_older_servers_are_told_in_the_body(server: RestServer, api: Api) -> None:
    server.says(STATE, ARRANGED, SAID)
    server.says(f"{DELAYED}/send", {"errcode": "M_UNRECOGNIZED"}, status=404)
    server.says(DELAYED, {})
    one = standing(api, Clock())
    await one.enter()
    await one.leave()
    assert server.of(DELAYED)[0].body == {"action": "send"}


async def test_sent_by_the_server_it_is_said_again(server: RestServer, api: Api) -> None:
    server.says(STATE, ARRANGED, SAID)
    server.says(f"{DELAYED}/restart", Answer({"errcode": "M_NOT_FOUND"}, 404), {})
    one = standing(api, Clock())
    await one.enter()
    one.began(500.0)
    server.says(STATE, ARRANGED, Answer({"event_id": "$n"}))
    await kept(one, server, f"{DELAYED}/restart", 2)
    assert one.event_id == "$n"
    assert "created_ts" not in server.of(STATE)[-1].body, "a new one"
    server.says(STATE, Answer({"event_id": "$o"}))
    await one.again()
    assert one.event_id == "$o"


async def test_before_its_life_ends_it_is_said_anew_with_its_beginning(server: RestServer, api: Api) -> None:
    server.says(STATE, ARRANGED, SAID)
    server.says(f"{DELAYED}/restart", {})
    clock = Clock()
    one = standing(api, clock)
    await one.enter()
    one.began(500.0)
    clock.now_ms += LIFE_MS
    await kept(one, server, STATE, 3)
    said = server.of(STATE)[-1].body
    assert (said["created_ts"], said["expires"]) == (500, 2 * LIFE_MS)


async def test_who_may_not_take_part_is_told(server: RestServer, api: Api) -> None:
    server.says(STATE, ARRANGED, Answer({"errcode": "M_FORBIDDEN"}, 403))
    one = standing(api, Clock())
    with pytest.raises(Forbidden):
        await one.enter()
    await one.leave()
    assert len(server.asked) == 2, "nothing to take back"
    await one.again()
    assert len(server.asked) == 2

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from tests.helpers.lasuite_samples import SAMPLES
from tests.helpers.rest_server import Answer, RestServer, rest_server
from visio_desktop.net import Web
from visio_desktop.servers.lasuite.api import Api, Faulty, NotFound, NotUnderstood
from visio_desktop.servers.lasuite.lobby import PATIENCE_MS, Denied, GivenUp, Guest, Lobby

ENTRY = "POST /rooms/res-tric-aaa/request-entry/"


def recorded(name: str) -> Answer:
    sample = SAMPLES[name]
    return Answer(sample["json"], sample["status"], cookie=sample["set_cookie"])


WAITING = recorded("request_entry_first(waiting)")
ACCEPTED = recorded("request_entry_poll(accepted)")
DENIED = recorded("request_entry_poll(denied)")
GUEST_ID = SAMPLES["request_entry_first(waiting)"]["json"]["id"]


@dataclass
class Door:
    """A lobby before its server; `waits` counts how often one was told to wait."""

    server: RestServer
    lobby: Lobby
    guest: Guest
    waits: list[bool] = field(default_factory=list)

    async def enter(self) -> str:
        way = await self.lobby.enter("Guest G", lambda: self.waits.append(True))
        return way.token


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    now = [0.0]

    def clock() -> float:
        now[0] += 20_000.0
        return now[0]

    async with rest_server() as server:
        api, guest = Api(Web(), server.url), Guest()
        yield Door(server, Lobby(api, "res-tric-aaa", guest, clock=clock, poll_s=0), guest)
        await api.close()


async def test_waiting_until_let_in(door: Door) -> None:
    door.server.says(ENTRY, WAITING, WAITING, ACCEPTED)
    assert await door.enter() == "<jwt>"
    first, *later = door.server.of(ENTRY)
    assert (first.body, "Cookie" in first.headers) == ({"username": "Guest G"}, False)
    assert [asked.headers["Cookie"] for asked in later] == [f"lobbyParticipantId={GUEST_ID}"] * 2
    assert (door.waits, door.guest.cookie) == ([True], GUEST_ID)


async def test_an_open_door(door: Door) -> None:
    door.server.says(ENTRY, recorded("request_entry_public"))
    assert await door.enter() == "<jwt>"
    assert door.waits == []


async def test_who_was_here_before_is_the_same_again(door: Door) -> None:
    door.guest.cookie = "known-before"
    door.server.says(ENTRY, Answer(ACCEPTED.body))
    await door.enter()
    assert door.server.asked[0].headers["Cookie"] == "lobbyParticipantId=known-before"


async def test_after_a_refusal_nothing_more_is_asked(door: Door) -> None:
    door.server.says(ENTRY, WAITING, DENIED, WAITING)
    with pytest.raises(Denied):
        await door.enter()
    assert len(door.server.asked) == 2


async def test_nobody_waits_for_ever(door: Door) -> None:
    door.server.says(ENTRY, WAITING)
    with pytest.raises(GivenUp):
        await door.enter()
    assert 1 < len(door.server.asked) <= PATIENCE_MS / 20_000


async def test_trouble_on_the_way_does_not_cost_the_place(door: Door) -> None:
    trouble = [
        Answer("<html>", 502),
        Answer({}, 429, {"Retry-After": "0"}),
        Answer("<html>"),
        Answer({"status": "idle"}),
    ]
    door.server.says(ENTRY, WAITING, *trouble, ACCEPTED)
    assert await door.enter() == "<jwt>"


async def test_trouble_that_does_not_end_is_told(door: Door) -> None:
    door.server.says(ENTRY, WAITING, Answer("<html>", 502))
    with pytest.raises(Faulty):
        await door.enter()


async def test_a_room_that_was_deleted_meanwhile(door: Door) -> None:
    door.server.says(ENTRY, WAITING, Answer({}, 404))
    with pytest.raises(NotFound):
        await door.enter()


async def test_let_in_without_a_way(door: Door) -> None:
    door.server.says(ENTRY, {"status": "accepted", "livekit": None})
    with pytest.raises(NotUnderstood):
        await door.enter()


async def test_cookies_of_strange_forms_are_not_ours(door: Door) -> None:
    odd = [Answer(WAITING.body, cookie=c) for c in ("lobbyParticipantId=a b; Path=/", "other=1", "lobbyParticipantId=")]
    door.server.says(ENTRY, *odd, Answer(ACCEPTED.body))
    await door.enter()
    assert door.guest.cookie == ""


async def test_somebody_logged_in_asks_as_themselves() -> None:
    async with rest_server() as server:
        server.says(ENTRY, recorded("request_entry_trusted_logged_in"))
        api = Api(Web(), server.url, {"sessionid": "s", "csrftoken": "c"})
        await Lobby(api, "res-tric-aaa", Guest("me"), clock=lambda: 0.0).enter("Ada", lambda: None)
        await api.close()
        (asked,) = server.asked
    assert asked.headers["Cookie"] == "sessionid=s; csrftoken=c; lobbyParticipantId=me"
    assert asked.headers["X-CSRFToken"] == "c"


def test_who_we_are_to_a_lobby_is_not_shown() -> None:
    assert "sesame" not in repr(Guest("sesame"))

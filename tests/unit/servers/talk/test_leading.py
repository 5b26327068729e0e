from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from tests.helpers.clock_media import until
from tests.helpers.rest_server import RestServer, rest_server
from visio_desktop.meeting.events import ServerEvent, WaitingChanged
from visio_desktop.meeting.requests import (
    Admit,
    AdmitEveryone,
    LowerHand,
    MuteEveryone,
    MuteOther,
    RemovePerson,
    SetRole,
)
from visio_desktop.meeting.rooms import Knock
from visio_desktop.meeting.values import Role
from visio_desktop.net import Web
from visio_desktop.servers.fields import Fields
from visio_desktop.servers.port import RequestFailed
from visio_desktop.servers.talk import leading as module
from visio_desktop.servers.talk.leading import Leading
from visio_desktop.servers.talk.ocs import Ocs
from visio_desktop.servers.talk.roster import Roster
from visio_desktop.system.tasks import Tasks

PEOPLE, ATTENDEES, LOBBY = "GET /participants", "DELETE /attendees", "PUT /webinar/lobby"
BOB = {"attendeeId": 7, "actorType": "guests", "actorId": "bob", "displayName": "Bob", "sessionIds": ["x"]}
EVE = {**BOB, "attendeeId": 8, "actorId": "eve", "permissions": 8}
DAN = {**BOB, "attendeeId": 9, "sessionIds": []}


class Said:
    """What was said to all, and what the engine was told."""

    def __init__(self) -> None:
        self.control: list[Mapping[str, Any]] = []
        self.events: list[ServerEvent] = []

    async def say(self, data: Mapping[str, Any]) -> None:
        self.control.append(data)


@pytest.fixture
def said() -> Said:
    return Said()


@pytest.fixture
async def server() -> AsyncIterator[RestServer]:
    async with rest_server() as running:
        running.root = "/ocs/v2.php/apps/spreed/api/v4/room/t"
        running.says(PEOPLE, {"ocs": {"data": [BOB, EVE, DAN, "x"]}})
        yield running


@pytest.fixture
async def leading(server: RestServer, said: Said) -> AsyncIterator[Leading]:
    ocs, roster = Ocs(Web(), server.url), Roster()
    list(roster.listed([Fields({"sessionId": "b", "inCall": 7, **BOB})], arriving=False))
    yield Leading(ocs, "t", roster, said.say, said.events.append)
    await ocs.close()


async def test_what_is_decided(server: RestServer, leading: Leading, said: Said) -> None:
    for what in (ATTENDEES, "POST /moderators", "DELETE /moderators"):
        server.says(what, {"ocs": {"data": []}})
    assert await leading.request(MuteOther("b"))
    assert await leading.request(MuteEveryone())
    assert said.control == [{"type": "control", "action": "forceMute", "peerId": "b"}] * 2
    assert await leading.request(RemovePerson("b"))
    assert await leading.request(SetRole("b", Role.ADMINISTRATOR))
    assert await leading.request(SetRole("b", Role.MEMBER))
    changed = [(asked.what, asked.body) for asked in server.asked if asked.what != PEOPLE]
    whom = {"attendeeId": 7}
    assert changed == [(ATTENDEES, whom), ("POST /moderators", whom), ("DELETE /moderators", whom)]
    assert not await leading.request(LowerHand("b"))
    with pytest.raises(RequestFailed):
        await leading.request(RemovePerson("nobody"))
    server.says(ATTENDEES, {"ocs": {"data": []}}, status=403)
    with pytest.raises(RequestFailed):
        await leading.request(RemovePerson("b"))


async def test_the_door(server: RestServer, leading: Leading, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOK_S", 0.01)
    tasks, closed = Tasks("test"), [True]
    permit = "PUT /attendees/permissions"
    for what in (permit, LOBBY, ATTENDEES):
        server.says(what, {"ocs": {"data": []}})
    tasks.start(leading.watch(lambda: closed[0]), name="watch")
    try:
        await until(lambda: said.events == [WaitingChanged((Knock("7", "Bob"),))], "Bob at the door")
        closed[0] = False
        await until(lambda: said.events[-1] == WaitingChanged(()), "the door open")
    finally:
        await tasks.close()
    assert await leading.request(Admit("7", allowed=True))
    assert await leading.request(Admit("7", allowed=False))
    assert await leading.request(AdmitEveryone())
    assert (server.of(permit)[0].body["permissions"], server.of(ATTENDEES)[0].body) == (8, {"attendeeId": 7})
    assert server.of(LOBBY)[0].body == {"state": 0}
    with pytest.raises(RequestFailed):
        await leading.request(Admit("x/../y", allowed=True))

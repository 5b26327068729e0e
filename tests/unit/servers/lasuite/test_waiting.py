from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.clock_media import until
from tests.helpers.lasuite_samples import SAMPLES, answer
from tests.helpers.rest_server import Answer, RestServer, rest_server
from visio_desktop.meeting.events import ServerEvent, WaitingChanged
from visio_desktop.meeting.rooms import Knock
from visio_desktop.net import Web
from visio_desktop.servers.lasuite.api import Api, NotFound
from visio_desktop.servers.lasuite.waiting import WaitingRoom, knocks
from visio_desktop.system.tasks import Tasks

LIST = "GET /rooms/uuid/waiting-participants/"
ENTER = "POST /rooms/uuid/enter/"
SOMEBODY = answer("waiting_participants_owner")
NOBODY = SAMPLES["waiting_participants_after_3s_silence"]["json"]
VALUES = st.none() | st.integers() | st.text(max_size=300) | st.booleans()
ENTRIES = st.dictionaries(st.sampled_from(["id", "username", "color", "status"]), VALUES) | VALUES
KNOCK = Knock(SOMEBODY["participants"][0]["id"], "Guest G", "#412268")


@dataclass
class Room:
    """A list before its server, and what it told."""

    server: RestServer
    waiting: WaitingRoom
    told: list[ServerEvent]
    tasks: Tasks

    async def done(self) -> None:
        await until(lambda: len(self.tasks) == 0, "nobody is looked for")


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    async with rest_server() as server:
        api, tasks = Api(Web(), server.url, {"sessionid": "s"}), Tasks("test")
        told: list[ServerEvent] = []
        yield Room(server, WaitingRoom(api, "uuid", told.append, tasks, poll_s=0), told, tasks)
        await tasks.close()
        await api.close()


async def test_looked_at_until_nobody_waits(room: Room) -> None:
    room.server.says(LIST, SOMEBODY, SOMEBODY, NOBODY)
    room.waiting.look()
    room.waiting.look()
    await room.done()
    assert room.told == [WaitingChanged((KNOCK,)), WaitingChanged(())]
    assert len(room.server.asked) == 3


async def test_who_comes_while_the_server_is_asked_is_not_overlooked(room: Room) -> None:
    room.server.says(LIST, NOBODY, SOMEBODY, NOBODY)
    room.waiting.look()
    await until(lambda: len(room.server.asked) == 1, "the first question")
    room.waiting.look()
    await room.done()
    assert room.told == [WaitingChanged((KNOCK,)), WaitingChanged(())]


async def test_looking_for_somebody_and_finding_nobody(room: Room) -> None:
    room.server.says(LIST, NOBODY)
    room.waiting.look()
    await room.done()
    assert (room.told, len(room.server.asked)) == ([], 1)


async def test_looking_more_often_than_once(room: Room) -> None:
    room.server.says(LIST, NOBODY, SOMEBODY, NOBODY)
    room.waiting.look(times=2)
    await room.done()
    assert room.told == [WaitingChanged((KNOCK,)), WaitingChanged(())]
    assert len(room.server.asked) == 3


async def test_trouble_is_waited_out_and_an_end_of_the_session_not(room: Room) -> None:
    trouble = [Answer("<html>", 502), Answer({}, 429, {"Retry-After": "0"}), Answer("<html>")]
    room.server.says(LIST, SOMEBODY, *trouble, SOMEBODY, Answer({}, 401))
    room.waiting.look()
    await room.done()
    assert room.told == [WaitingChanged((KNOCK,)), WaitingChanged(())]
    assert len(room.server.asked) == 6


async def test_a_server_in_trouble_for_long_is_left_alone(room: Room) -> None:
    room.server.says(LIST, Answer("<html>", 502))
    room.waiting.look()
    await room.done()
    assert len(room.server.asked) == 8


async def test_letting_in_and_refusing(room: Room) -> None:
    room.waiting.waiting = (KNOCK,)
    room.server.says(ENTER, answer("enter_accept"))
    await room.waiting.admit(KNOCK.id, allowed=False)
    assert room.server.asked[0].body == {"participant_id": KNOCK.id, "allow_entry": False}
    assert room.told == [WaitingChanged(())]


async def test_who_gave_up_meanwhile_is_gone_from_the_list(room: Room) -> None:
    room.waiting.waiting = (KNOCK,)
    with pytest.raises(NotFound):
        await room.waiting.admit(KNOCK.id, allowed=True)
    assert room.told == [WaitingChanged(())]


async def test_who_leads_no_longer_sees_nobody(room: Room) -> None:
    room.server.says(LIST, SOMEBODY)
    room.waiting.look()
    await until(lambda: bool(room.told), "somebody")
    room.waiting.stop()
    assert room.told[-1] == WaitingChanged(())
    await room.done()


async def test_strange_lists(room: Room) -> None:
    odd = [{"id": 5}, {"id": "a", "status": "accepted"}, {"id": "b", "username": 7, "color": 7}, "c"]
    room.server.says(LIST, {"participants": odd}, {"participants": [{"id": str(i)} for i in range(900)]}, [])
    room.waiting.look()
    await room.done()
    first, second, last = (event.waiting for event in room.told if isinstance(event, WaitingChanged))
    assert (first, len(second), last) == ((Knock("b", ""),), 200, ())


async def test_a_session_that_runs_out_while_one_looks_is_renewed(room: Room) -> None:
    room.server.says(LIST, Answer({}, 401), SOMEBODY, NOBODY)
    renewed: list[bool] = []

    async def renew() -> bool:
        renewed.append(True)
        return True

    room.waiting._renew = renew
    room.waiting.look()
    await room.done()
    assert (room.told, renewed) == ([WaitingChanged((KNOCK,)), WaitingChanged(())], [True])


async def test_one_that_is_renewed_in_vain_is_not_renewed_for_ever(room: Room) -> None:
    room.server.says(LIST, Answer({}, 401))

    async def renew() -> bool:
        return True

    room.waiting._renew = renew
    room.waiting.look()
    await room.done()
    assert len(room.server.asked) == 8


@given(st.dictionaries(st.just("participants"), VALUES | st.lists(ENTRIES, max_size=5)))
def test_any_list_does_no_harm(answered: dict[str, object]) -> None:
    assert all(0 < len(knock.id) <= 64 and len(knock.name) <= 255 for knock in knocks(answered))

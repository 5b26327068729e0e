from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.helpers.scripted_janus import ScriptedJanus, room, scripted_janus
from visio_desktop.meeting.hops import Hop, HopState
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.servers.janus.adapter import JanusAdapter
from visio_desktop.servers.port import JoinRequest


@pytest.fixture
async def janus() -> AsyncIterator[ScriptedJanus]:
    async with scripted_janus() as running:
        yield running


async def checked(janus: ScriptedJanus, *, unseen: bool = False) -> list[Hop]:
    link = JanusAdapter().recognise(janus.link)
    assert link is not None
    return [hop async for hop in JanusAdapter().check(JoinRequest(link, "Ada", unseen=unseen))]


async def test_each_hop_up_to_media(janus: ScriptedJanus) -> None:
    hops = await checked(janus)
    assert [hop.name for hop in hops][-2:] == ["signalling", "media"]
    assert hops[0].detail == f"{janus.url} 7"
    assert {hop.state for hop in hops} == {HopState.PASSED, HopState.SKIPPED}
    assert hops[-2].state is HopState.PASSED
    assert (hops[-1].state, hops[-1].is_way) == (HopState.PASSED, True)
    assert "udp" in hops[-1].detail


async def test_unseen_no_room_is_entered(janus: ScriptedJanus) -> None:
    hops = await checked(janus, unseen=True)
    assert hops[-1].state is HopState.SKIPPED
    assert janus.requests("join") == []


async def test_a_room_that_is_not_there_is_named(janus: ScriptedJanus) -> None:
    janus.answers["exists"] = lambda told: room(told, exists=False)
    hops = await checked(janus)
    assert hops[-2].problem == Problem(ProblemCode.ROOM_NOT_FOUND, "127.0.0.1")
    assert hops[-1].state is HopState.SKIPPED

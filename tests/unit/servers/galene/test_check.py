from __future__ import annotations

from dataclasses import replace

from tests.helpers.galene_people import tea
from visio_desktop.meeting.events import ParticipantChanged
from visio_desktop.meeting.hops import HopState
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.servers.galene.adapter import GaleneAdapter


async def test_each_hop_is_tried_and_nobody_sees_it_where_nobody_is_to() -> None:
    async with tea() as room:
        bob = await room.join("Bob")
        for unseen in (True, False):
            request = replace(room.request("Ada"), unseen=unseen)
            states = {hop.name: hop.state async for hop in GaleneAdapter().check(request)}
            assert (states["link"], states["signalling"]) == (HopState.PASSED, HopState.PASSED)
            assert states["media"] is HopState.SKIPPED
            names = [e.participant.name for e in bob.ear.events if isinstance(e, ParticipantChanged)]
            assert not unseen or "Ada" not in names


async def test_what_the_server_says_against_it_is_named() -> None:
    async with tea() as room:
        hops = [hop async for hop in GaleneAdapter().check(room.request("Ada", token="wrong"))]
        failed = [hop for hop in hops if hop.state is HopState.FAILED]
        assert [hop.problem.code for hop in failed if hop.problem is not None] == [ProblemCode.TOKEN_REFUSED]
        assert failed[0].name == "signalling"

from __future__ import annotations

import asyncio

import pytest

from tests.helpers.clock_media import until
from tests.helpers.session_ear import SessionEar
from tests.helpers.whip_peer import HOSTS, whip_peer
from visio_desktop.meeting.events import Joined
from visio_desktop.meeting.values import Capability, MeetingLink, ProblemCode
from visio_desktop.servers.port import JoinError, JoinRequest
from visio_desktop.servers.whip.adapter import OneWayAdapter
from visio_desktop.system.tasks import Tasks


def test_each_way_says_what_it_can_do() -> None:
    sends, watches = OneWayAdapter("whip"), OneWayAdapter("whep")
    assert sends.capabilities == Capability.PUBLISH | Capability.SCREEN_SHARE
    assert watches.capabilities is Capability.SUBSCRIBE
    assert sends.recognise("whep+https://h/x") is None
    assert watches.recognise("mailto:a@b") is None


async def test_joining_and_leaving_leave_nothing_behind() -> None:
    before = len(asyncio.all_tasks())
    for kind in ("whip", "whep"):
        async with whip_peer() as served:
            ear, adapter = SessionEar(), OneWayAdapter(kind, host_addresses=HOSTS)
            link = adapter.recognise(f"{kind}+{served.url}")
            assert link is not None
            session = await adapter.join(JoinRequest(link, "Ada"), ear)
            first = ear.events[0]
            assert isinstance(first, Joined)
            assert (first.me.name, first.title, first.capabilities) == ("Ada", "live", adapter.capabilities)
            assert ear.others == ([] if kind == "whip" else ["live"])
            await until(lambda ear=ear: ear.marks == ["signalling_open", "first_ice_connected"], "media")  # type: ignore[misc]
            await session.leave()
            await session.leave()
    await until(lambda: len(asyncio.all_tasks()) <= before, "no task left")


async def test_given_up_midway_nothing_is_left_there() -> None:
    async with whip_peer(counter=True, stalled={"PATCH"}) as served:
        adapter = OneWayAdapter("whep", host_addresses=HOSTS)
        link = adapter.recognise(f"whep+{served.url}")
        assert link is not None
        tasks = Tasks("joining")
        tasks.start(adapter.join(JoinRequest(link, "Ada"), SessionEar()), name="join")
        await until(lambda: len(served.of("PATCH")) == 1, "our answer on its way")
        await tasks.close()
        assert len(served.of("DELETE")) == 1


async def test_a_link_of_another_kind_is_refused() -> None:
    with pytest.raises(JoinError) as caught:
        await OneWayAdapter("whip").join(JoinRequest(MeetingLink("whip", "https://h/x", "h"), "Ada"), SessionEar())
    assert caught.value.problem.code is ProblemCode.LINK_UNKNOWN_KIND

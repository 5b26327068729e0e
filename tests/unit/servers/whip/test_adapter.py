from __future__ import annotations

import asyncio
from functools import partial

import pytest
from aiohttp import web

from tests.helpers.clock_media import until
from tests.helpers.session_ear import SessionEar
from tests.helpers.whip_peer import HOSTS, whip_peer
from visio_desktop.meeting.events import Joined, LobbyEntered
from visio_desktop.meeting.values import Capability, MeetingLink, ProblemCode
from visio_desktop.rtc import PeerConnection, PeerListener, PeerOptions
from visio_desktop.rtc.ice.network import NetworkOptions
from visio_desktop.servers.port import JoinError, JoinRequest
from visio_desktop.servers.whip import waiting
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


async def test_who_would_watch_before_anything_is_sent_waits_and_can_give_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "FIRST_S", 0.01)
    before = len(asyncio.all_tasks())
    async with whip_peer() as served:
        served.instead["POST"] = lambda _: web.Response(status=404, text="no stream is available on path 'live'")
        adapter = OneWayAdapter("whep", host_addresses=HOSTS)
        link = adapter.recognise(f"whep+{served.url}")
        assert link is not None
        ear, tasks = SessionEar(), Tasks("joining")

        async def begin() -> None:
            await until(lambda: len(served.of("POST")) > 2, "asked again")
            assert ear.events == [LobbyEntered()]
            served.instead.clear()

        tasks.start(begin(), name="begin")
        session = await adapter.join(JoinRequest(link, "Ada"), ear)
        assert [type(event) for event in ear.events[:2]] == [LobbyEntered, Joined]
        await session.leave()
        served.instead["POST"] = lambda _: web.Response(status=409, headers={"Retry-After": "3600"})
        ear = SessionEar()
        tasks.start(adapter.join(JoinRequest(link, "Ada"), ear), name="join")
        await until(lambda: bool(ear.events), "waiting")
        await tasks.close()
        assert ear.events == [LobbyEntered()]
    await until(lambda: len(asyncio.all_tasks()) <= before, "no task left")


async def test_relays_named_with_the_answer_are_used_where_there_is_no_other_way_and_remembered() -> None:
    for relay_only in (True, False):
        made: list[PeerOptions] = []

        def make(options: PeerOptions, listener: PeerListener, made: list[PeerOptions] = made) -> PeerConnection:
            made.append(options)
            return PeerConnection(PeerOptions(host_addresses=HOSTS), listener)

        async with whip_peer(late_relays=('<turn:127.0.0.1:9>; rel="ice-server"',)) as served:
            network = partial(NetworkOptions, relay_only=relay_only)
            adapter = OneWayAdapter("whip", make_peer=make, network=network)
            link = adapter.recognise(f"whip+{served.url}")
            assert link is not None
            for _ in range(2):
                session = await adapter.join(JoinRequest(link, "Ada"), SessionEar())
                await session.leave()
            assert [bool(options.ice_servers) for options in made] == [False, *([True] * (1 + relay_only))]
            assert len(served.of("DELETE")) == len(made)


async def test_a_link_of_another_kind_is_refused() -> None:
    with pytest.raises(JoinError) as caught:
        await OneWayAdapter("whip").join(JoinRequest(MeetingLink("whip", "https://h/x", "h"), "Ada"), SessionEar())
    assert caught.value.problem.code is ProblemCode.LINK_UNKNOWN_KIND

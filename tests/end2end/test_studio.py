"""Sending to a real WHIP endpoint, watching at real WHEP endpoints: bar code and tone arrive, and it ends in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import pytest

from tests.contract.house import CAMERA, MICROPHONE, SCREEN
from tests.helpers.clock_media import ClockCamera, ClockViewer, ToneListener, ToneMicrophone, until
from tests.helpers.session_ear import SessionEar
from tests.helpers.studio import TOKEN, WHEP_PORT, WHIP_PORT, Studio, feeds, reached, send_to, studio_server, watch_at
from visio_desktop.meeting.events import Joined
from visio_desktop.meeting.hops import HopState
from visio_desktop.meeting.values import MeetingLink, ProblemCode, Source
from visio_desktop.servers.catalog import Catalog
from visio_desktop.servers.port import Credentials, JoinError, JoinRequest, RequestFailed, Session
from visio_desktop.servers.whip.adapter import OneWayAdapter
from visio_desktop.system.tasks import Tasks


@pytest.fixture(scope="module")
def studio() -> Iterator[Studio]:
    with studio_server() as there:
        yield there


class Visitors:
    """People who send to or watch at the studio; all leave in the end."""

    def __init__(self, there: Studio, whip: str, whep: str, stack: AsyncExitStack) -> None:
        self.there = there
        self.hosts = {"whip": whip, "whep": whep}
        self._stack = stack
        self.tasks = Tasks("studio")
        stack.push_async_callback(self.tasks.close)

    def adapter(self, kind: str) -> OneWayAdapter:
        return OneWayAdapter(kind, host_addresses=(self.there.outside,))

    def request(self, kind: str, name: str, token: str = TOKEN) -> JoinRequest:
        link = self.adapter(kind).recognise(f"{kind}+http://{self.hosts[kind]}/{kind}/endpoint/{name}")
        assert link is not None
        return JoinRequest(link, "Ada", Credentials(token=token))

    async def join(self, kind: str, name: str, token: str = TOKEN) -> tuple[Session, SessionEar]:
        ear = SessionEar()
        session = await self.adapter(kind).join(self.request(kind, name, token), ear)
        self._stack.push_async_callback(session.leave)
        return session, ear


@pytest.fixture
async def visitors(studio: Studio) -> AsyncIterator[Visitors]:
    async with AsyncExitStack() as stack:
        whip = await stack.enter_async_context(reached(studio.inside, WHIP_PORT))
        whep = await stack.enter_async_context(reached(studio.inside, WHEP_PORT))
        yield Visitors(studio, whip, whep, stack)


async def watched(ear: SessionEar) -> tuple[ClockViewer, ToneListener]:
    """Picture and sound of the one stream there is."""
    await until(lambda: len(ear.streams) == 2, "both streams")
    pictures = next(stream for stream in ear.streams.values() if stream.is_video)
    sound = next(stream for stream in ear.streams.values() if not stream.is_video)
    return ClockViewer(pictures), ToneListener(sound)


async def test_what_is_sent_is_seen_and_heard_by_those_who_watch(visitors: Visitors) -> None:
    send_to(visitors.there, "main", token=TOKEN)
    sender, ear = await visitors.join("whip", "main")
    first = ear.events[0]
    assert isinstance(first, Joined)
    assert first.capabilities == visitors.adapter("whip").capabilities
    camera = ClockCamera(await sender.publish(CAMERA), visitors.tasks)
    ToneMicrophone(await sender.publish(MICROPHONE), visitors.tasks, hz=440)
    await until(lambda: ear.marks == ["signalling_open", "first_ice_connected"], "media connected")
    await until(lambda: len(feeds(visitors.there)) == 1, "published in the room")
    watch_at(visitors.there, "plain", token=TOKEN)
    watch_at(visitors.there, "counter", feed=feeds(visitors.there)[0], token=TOKEN)
    for name in ("plain", "counter"):
        session, eye = await visitors.join("whep", name)
        viewer, listener = await watched(eye)
        await until(lambda v=viewer: len(v.codes) >= 5, f"five pictures at {name}", timeout_s=30)  # type: ignore[misc]
        await until(lambda h=listener: abs(h.hz - 440) < 12, f"440 Hz at {name}", timeout_s=30)  # type: ignore[misc]
        assert (viewer.size, viewer.errors) == ((320, 180), 0)
        assert eye.others == [f"whep/endpoint/{name}"]
        await session.leave()
    camera.task.cancel()
    await sender.unpublish(Source.CAMERA)
    _, eye = await visitors.join("whep", "counter")
    viewer, _ = await watched(eye)
    ClockCamera(await sender.publish(SCREEN), visitors.tasks)
    await until(lambda: len(viewer.codes) >= 3, "the screen on the same line", timeout_s=30)
    assert viewer.errors == 0
    with pytest.raises(RequestFailed):
        await sender.publish(CAMERA)
    await sender.leave()
    await until(lambda: feeds(visitors.there) == [], "taken off the room")


async def test_leaving_frees_the_endpoint_and_a_taken_one_says_so(visitors: Visitors) -> None:
    send_to(visitors.there, "single")
    for _ in range(3):
        session, ear = await visitors.join("whip", "single", token="")
        await until(lambda ear=ear: "first_ice_connected" in ear.marks, "media")  # type: ignore[misc]
        with pytest.raises(JoinError) as caught:
            await visitors.join("whip", "single", token="")
        assert caught.value.problem.code is ProblemCode.ENDPOINT_TAKEN
        await session.leave()


async def test_refusals_and_the_check(visitors: Visitors) -> None:
    send_to(visitors.there, "guarded", token=TOKEN)
    found = {}
    for kind, name, token in (
        ("whip", "guarded", ""),
        ("whip", "guarded", "wrong"),
        ("whip", "nowhere", ""),
        ("whep", "nowhere", TOKEN),
    ):
        with pytest.raises(JoinError) as caught:
            await visitors.join(kind, name, token)
        found[kind, name, token] = caught.value.problem.code
    assert list(found.values()) == [
        ProblemCode.TOKEN_MISSING,
        ProblemCode.TOKEN_REFUSED,
        ProblemCode.ROOM_NOT_FOUND,
        ProblemCode.ROOM_NOT_FOUND,
    ]
    for kind in ("whip", "whep"):
        hops = [hop async for hop in visitors.adapter(kind).check(visitors.request(kind, "guarded"))]
        assert [hop.state for hop in hops if hop.name in ("link", "signalling", "media")] == [
            HopState.PASSED,
            HopState.PASSED,
            HopState.SKIPPED,
        ]


async def test_web_links_of_both_are_recognised(visitors: Visitors) -> None:
    adapters = [visitors.adapter(kind) for kind in ("whip", "whep")]
    send_to(visitors.there, "found")
    from visio_desktop.net import Web  # noqa: PLC0415

    catalog = Catalog([], adapters, web=Web())
    for kind in ("whip", "whep"):
        _, link = await catalog.identify(f"http://{visitors.hosts[kind]}/{kind}/endpoint/found")
        assert isinstance(link, MeetingLink)
        assert (link.kind, link.sends, link.receives) == (kind, kind == "whip", kind == "whep")


async def test_a_studio_that_dies_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("visio_desktop.servers.whip.session.GIVE_UP_S", 2.0)
    with studio_server() as there:
        async with AsyncExitStack() as stack:
            whip = await stack.enter_async_context(reached(there.inside, WHIP_PORT))
            visitors = Visitors(there, whip, "", stack)
            send_to(there, "main")
            before = len(asyncio.all_tasks())
            session, ear = await visitors.join("whip", "main")
            await until(lambda: "first_ice_connected" in ear.marks, "media")
            there.crash()
            await until(lambda: ear.dropped is not None, "noticed", timeout_s=60)
            assert ear.dropped is not None
            assert (ear.dropped.problem.code, ear.dropped.may_retry) == (ProblemCode.CONNECTION_LOST, True)
            await session.leave()
            await until(lambda: len(asyncio.all_tasks()) <= before, "no task left")

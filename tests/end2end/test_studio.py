"""Sending to a real WHIP endpoint, watching at real WHEP endpoints: bar code and tone arrive, and it ends in order."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import pytest

from tests.contract.house import CAMERA, LONG_S, MICROPHONE, SCREEN
from tests.helpers.certificates import Authority
from tests.helpers.chromium_peer import ChromiumPeer
from tests.helpers.clock_media import ClockCamera, ClockViewer, ToneListener, ToneMicrophone, until
from tests.helpers.session_ear import SessionEar
from tests.helpers.studio import TOKEN, WHEP_PORT, WHIP_PORT, Studio, feeds, reached, send_to, studio_server, watch_at
from tests.helpers.turn_server import TurnServer
from tools.web import ONE_WAY_BUNDLE
from visio_desktop.meeting.events import Joined
from visio_desktop.meeting.hops import HopState
from visio_desktop.meeting.values import MeetingLink, ProblemCode, Source
from visio_desktop.rtc.ice.network import NetworkOptions
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

    def adapter(self, kind: str, *, relay_only: bool = False) -> OneWayAdapter:
        network = partial(NetworkOptions, relay_only=relay_only)
        return OneWayAdapter(kind, host_addresses=(self.there.outside,), network=network)

    def request(self, kind: str, name: str, token: str = TOKEN) -> JoinRequest:
        link = self.adapter(kind).recognise(f"{kind}+http://{self.hosts[kind]}/{kind}/endpoint/{name}")
        assert link is not None
        return JoinRequest(link, "Ada", Credentials(token=token))

    async def join(
        self, kind: str, name: str, token: str = TOKEN, *, relay_only: bool = False
    ) -> tuple[Session, SessionEar]:
        ear = SessionEar()
        session = await self.adapter(kind, relay_only=relay_only).join(self.request(kind, name, token), ear)
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


async def test_a_browser_watches_what_we_send_and_we_watch_what_it_sends(visitors: Visitors) -> None:
    for name in ("ours", "theirs"):
        send_to(visitors.there, name, token=TOKEN)
    watch_at(visitors.there, "of-theirs", token=TOKEN)
    async with ChromiumPeer(bundle=ONE_WAY_BUNDLE, flags=("--disable-web-security",)) as browser:
        sender, _ = await visitors.join("whip", "ours")
        ClockCamera(await sender.publish(CAMERA), visitors.tasks)
        ToneMicrophone(await sender.publish(MICROPHONE), visitors.tasks, hz=440)
        await until(lambda: len(feeds(visitors.there)) == 1, "published in the room")
        watch_at(visitors.there, "of-ours", feed=feeds(visitors.there)[0], token=TOKEN)
        await browser.call("watch", f"http://{visitors.hosts['whep']}/whep/endpoint/of-ours", TOKEN)
        await browser.until(lambda state: state.meets({"stream": 440}), LONG_S)
        await browser.leave()
        await sender.leave()
        await browser.call("publish", f"http://{visitors.hosts['whip']}/whip/endpoint/theirs", TOKEN, 660)
        _, eye = await visitors.join("whep", "of-theirs")
        viewer, listener = await watched(eye)
        await until(lambda: len(viewer.codes) >= 5, "five pictures", timeout_s=LONG_S)
        await until(lambda: abs(listener.hz - 660) < 12, "660 Hz", timeout_s=LONG_S)
        assert viewer.errors == 0
        await browser.leave()


async def test_media_goes_by_the_relay_an_endpoint_names(visitors: Visitors, tmp_path: Path) -> None:
    with TurnServer(Authority(tmp_path), address=visitors.there.outside) as relay:
        send_to(visitors.there, "relayed", token=TOKEN, relays=relay.servers("udp"))
        sender, ear = await visitors.join("whip", "relayed", relay_only=True)
        ClockCamera(await sender.publish(CAMERA), visitors.tasks)
        ToneMicrophone(await sender.publish(MICROPHONE), visitors.tasks, hz=550)
        await until(lambda: "first_ice_connected" in ear.marks, "media connected", timeout_s=LONG_S)
        assert sender.path()["candidate"] == "relay"
        # What this server names it names with its answer alone.
        watch_at(visitors.there, "of-relayed", feed=feeds(visitors.there)[0], token=TOKEN, relays=relay.servers("udp"))
        watcher, eye = await visitors.join("whep", "of-relayed", relay_only=True)
        viewer, listener = await watched(eye)
        await until(lambda: len(viewer.codes) >= 5, "five pictures", timeout_s=LONG_S)
        await until(lambda: abs(listener.hz - 550) < 12, "550 Hz", timeout_s=LONG_S)
        assert watcher.path()["candidate"] == "relay"
        await sender.leave()


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
    ):
        with pytest.raises(JoinError) as caught:
            await visitors.join(kind, name, token)
        found[kind, name, token] = caught.value.problem.code
    assert list(found.values()) == [
        ProblemCode.TOKEN_MISSING,
        ProblemCode.TOKEN_REFUSED,
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

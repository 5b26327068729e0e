"""Interruptions on real servers: signalling cut, the address changed, the server started anew. Others see nothing."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.helpers.clock_media import ToneMicrophone, until
from tests.helpers.engines import running_engine
from tests.helpers.link import Link
from tests.helpers.livekit_server import VERSIONS, LiveKitServer
from tests.helpers.relay import Relay
from tests.helpers.session_ear import SessionEar
from tests.helpers.sessions import Sessions, stream_of
from visio_desktop.diagnostics.report import Marks, Report
from visio_desktop.meeting.events import ChatReceived, Dropped, ParticipantChanged, ParticipantLeft, Restored
from visio_desktop.meeting.intents import Join, OpenLink, SetHand, SetSourceOn
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import Source
from visio_desktop.rtc.frames import Codec, EncodedFrame, InboundStream
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.port import Credentials, PublishRequest, Session
from visio_desktop.system.clock import monotonic_ms
from visio_desktop.system.tasks import Tasks

MICROPHONE = PublishRequest(Source.MICROPHONE, (Codec.OPUS,))


class Arrivals:
    """When frames of a stream came."""

    def __init__(self, stream: InboundStream) -> None:
        self.at_ms: list[float] = []
        stream.on_frame(self._take)

    def _take(self, _frame: EncodedFrame) -> None:
        self.at_ms.append(monotonic_ms())

    def longest_ms(self, since_ms: float) -> float:
        """The longest silence after a moment."""
        times = [since_ms, *(at for at in self.at_ms if at > since_ms), monotonic_ms()]
        return max(after - before for before, after in pairwise(times))


@dataclass
class Person:
    """One of us in the room, who talks all the while."""

    session: Session
    ear: SessionEar

    async def hear(self, name: str) -> Arrivals:
        arrivals = Arrivals(await stream_of(self.ear, name, Source.MICROPHONE))
        await until(lambda: len(arrivals.at_ms) > 20, f"{name} speaks")
        return arrivals


@pytest.fixture(params=VERSIONS)
def server(request: pytest.FixtureRequest) -> Iterator[LiveKitServer]:
    with LiveKitServer(request.param) as running:
        yield running


async def join(sessions: Sessions, url: str, name: str, tasks: Tasks) -> Person:
    ear = SessionEar()
    session = await sessions.join(f"livekit+{url}?room=tea", ear, name=name)
    ToneMicrophone(await session.publish(MICROPHONE), tasks, hz=440)
    return Person(session, ear)


@asynccontextmanager
async def two(server: LiveKitServer, tasks: Tasks) -> AsyncIterator[tuple[Person, Person, Relay]]:
    """Ada, whose signalling can be cut, and Bob."""
    at = urlsplit(server.url)
    async with Relay(at.hostname or "", at.port or 0) as relay, Sessions() as sessions:
        yield await join(sessions, relay.url, "Ada", tasks), await join(sessions, server.url, "Bob", tasks), relay


def comings(ear: SessionEar) -> list[object]:
    """Who came and went."""
    return [event for event in ear.events if isinstance(event, ParticipantLeft | ParticipantChanged)]


async def test_signalling_that_is_cut_costs_no_media(server: LiveKitServer, tasks: Tasks) -> None:
    async with two(server, tasks) as (ada, bob, relay):
        from_bob, from_ada = await ada.hear("Bob"), await bob.hear("Ada")
        before = comings(bob.ear)
        for times in range(1, 4):
            cut_ms = monotonic_ms()
            relay.cut()
            await until(lambda times=times: len(_restored(ada)) == times, "restored", timeout_s=5)  # type: ignore[misc]
            await asyncio.sleep(0.5)
            assert from_bob.longest_ms(cut_ms) < 700
            assert from_ada.longest_ms(cut_ms) < 700
        assert all(event.cause == "signalling" and event.media_gap_ms < 700 for event in _restored(ada))
        await ada.session.set_muted(Source.MICROPHONE, muted=True)
        await until(lambda: bool(_muted(bob)), "signalling works")
        await ada.session.send_chat("1", "still here")
        await until(lambda: any(isinstance(e, ChatReceived) for e in bob.ear.events), "the channel works")
        assert comings(bob.ear) == before
        assert not any(isinstance(e, Dropped) for e in ada.ear.events)


class Elsewhere:
    """One of us in a network namespace (`tests.helpers.stayer`)."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.events: list[dict[str, Any]] = []

    async def until(self, what: str) -> None:
        """Read on until a line holds this."""
        assert self._process.stdout is not None
        async with asyncio.timeout(20):
            while what not in (line := (await self._process.stdout.readline()).decode()):
                assert line, "it ended"
                if line.startswith("{"):
                    self.events.append(json.loads(line))
        if line.startswith("{"):
            self.events.append(json.loads(line))

    async def arrivals_ms(self) -> list[float]:
        """When sound came in; it leaves."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self.until("arrivals_ms")
        found: list[float] = self.events.pop()["arrivals_ms"]
        return found


@asynccontextmanager
async def elsewhere(prefix: list[str], server: LiveKitServer, name: str) -> AsyncIterator[Elsewhere]:
    """Somebody of ours in a namespace."""
    process = await asyncio.create_subprocess_exec(
        *prefix,
        *(sys.executable, "-m", "tests.helpers.stayer", server.url.removeprefix("ws://"), "tea", name),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1_000_000,
        env={**os.environ, **server.environment},
    )
    try:
        yield Elsewhere(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.mark.parametrize("version", VERSIONS)
async def test_another_address_costs_less_than_two_seconds(version: str) -> None:
    with Link(delay_ms=10) as link, LiveKitServer(version, address=link.a.address, prefix=link.a.prefix) as server:
        async with elsewhere(link.a.prefix, server, "Bob") as bob, elsewhere(link.b.prefix, server, "Ada") as ada:
            await asyncio.gather(ada.until("ready"), bob.until("ready"))
            await asyncio.sleep(1)
            moved_ms = monotonic_ms()
            await asyncio.to_thread(link.move, "10.9.0.3")
            await ada.until("Restored")
            await asyncio.sleep(1)
            at_ada, at_bob = await asyncio.gather(ada.arrivals_ms(), bob.arrivals_ms())
    for arrivals_ms in (at_ada, at_bob):
        times = [moved_ms, *(at for at in arrivals_ms if at > moved_ms)]
        assert max(after - before for before, after in pairwise(times)) < 2_000
        assert len(times) > 20
    assert "network" in ada.events[-1]["told"]
    assert [event["event"] for event in bob.events if event["at_ms"] > moved_ms] in ([], ["ParticipantLeft"])


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_server_that_starts_anew_is_joined_anew(version: str) -> None:
    credentials = Credentials(api_key=LiveKitServer.key, api_secret=LiveKitServer.secret)
    with (
        LiveKitServer(version) as server,
        running_engine(adapters=[LiveKitAdapter()], credentials=credentials, name="Ada", camera="none") as (ada, seen),
        running_engine(adapters=[LiveKitAdapter()], credentials=credentials, name="Bob", camera="none") as (bob, heard),
    ):
        for engine, watcher in ((ada, seen), (bob, heard)):
            engine.post(OpenLink(server.link("tea")))
            watcher.wait_for(lambda m: m.page is Page.PREJOIN)
            engine.post(Join())
        for watcher in (seen, heard):
            await asyncio.to_thread(watcher.wait_for, _hears)
        ada.post(SetSourceOn(Source.MICROPHONE, on=False))
        ada.post(SetHand(raised=True))
        await asyncio.to_thread(heard.wait_for, lambda m: m.participants[1].hand_raised_at_ms is not None)
        server.kill()
        await asyncio.to_thread(seen.wait_for, lambda m: m.restoring or m.reconnecting)
        await asyncio.sleep(1)
        server.start()
        started_ms = monotonic_ms()
        for watcher in (seen, heard):
            await asyncio.to_thread(watcher.wait_for, lambda m: not m.reconnecting and not m.restoring and _hears(m))
        back_ms = monotonic_ms() - started_ms
        meeting = await asyncio.to_thread(heard.wait_for, lambda m: m.participants[1].hand_raised_at_ms is not None)
        voice = meeting.participants[1].publication(Source.MICROPHONE)
        assert voice is None or voice.muted
        assert back_ms < 5_000
        report = Report(Marks())
        ada.fill(report)
        assert report.reconnects[0].cause in {"signalling", "server"}


def _hears(meeting: Meeting) -> bool:
    """Somebody else is there, and can be heard unless muted."""
    return meeting.page is Page.ROOM and len(meeting.participants) == 2


def _restored(person: Person) -> list[Restored]:
    return [event for event in person.ear.events if isinstance(event, Restored)]


def _muted(person: Person) -> list[str]:
    return [p.id for p in person.ear.publications.values() if p.muted]

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from livekit.protocol.rtc import SignalTarget

from tests.helpers.clock_media import until
from visio_desktop.rtc import PeerState
from visio_desktop.servers.livekit import watch as module
from visio_desktop.servers.livekit.watch import MediaWatch
from visio_desktop.system.tasks import Tasks

OURS, THEIRS = SignalTarget.PUBLISHER, SignalTarget.SUBSCRIBER


class Bench:
    """A watch and what it told."""

    def __init__(self, tasks: Tasks) -> None:
        self.now_ms = 0.0
        self.told: list[str] = []
        self.watch = MediaWatch(
            clock=lambda: self.now_ms,
            tasks=tasks,
            on_silent=lambda: self.told.append("silent"),
            on_lost=lambda: self.told.append("lost"),
        )


@pytest.fixture
async def bench(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    monkeypatch.setattr(module, "_WATCH_INTERVAL_S", 0.001)
    monkeypatch.setattr(module, "_GOODBYE_GRACE_S", 0.001)
    tasks = Tasks("test")
    yield Bench(tasks)
    await tasks.close()


async def test_media_that_never_comes_about_is_told(bench: Bench) -> None:
    bench.watch.begin()
    await asyncio.sleep(0.01)
    assert bench.told == []
    bench.now_ms = 16_000.0
    await until(lambda: "lost" in bench.told, "told")


async def test_media_that_came_about_is_not_waited_for(bench: Bench) -> None:
    bench.watch.begin()
    bench.watch.changed(THEIRS, PeerState.CONNECTED)
    bench.now_ms = 16_000.0
    await asyncio.sleep(0.01)
    assert bench.told == []
    assert bench.watch.has_connected


async def test_silence_is_told_at_once_and_failure_after_a_moment(bench: Bench) -> None:
    bench.watch.changed(OURS, PeerState.CONNECTED)
    bench.watch.changed(OURS, PeerState.DISCONNECTED)
    assert bench.told == ["silent"]
    assert bench.watch.is_silent
    assert bench.watch.state(OURS) is PeerState.DISCONNECTED
    assert bench.watch.state(THEIRS) is PeerState.NEW
    bench.watch.changed(OURS, PeerState.FAILED)
    assert bench.told == ["silent"]
    await until(lambda: bench.told == ["silent", "lost"], "told")
    assert not bench.watch.is_silent

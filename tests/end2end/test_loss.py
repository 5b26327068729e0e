"""Packets lost in both directions, at random or all for a moment: pictures go on and sound has no holes."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.helpers.link import Link
from tests.helpers.livekit_server import LiveKitServer
from tests.helpers.native_peer import NativePeer
from visio_desktop.system.clock import monotonic_ms

LASTING_S = 20
FPS = 15
ROOM = "poor"
MOMENT_MS = 150
MOMENTS = 3
BETWEEN_S = 4


@asynccontextmanager
async def our_client(link: Link, server: LiveKitServer, address: str = "") -> AsyncIterator[asyncio.subprocess.Process]:
    """Our client in the other namespace, joined; its media leaves from `address`, else from the namespace's first."""
    process = await asyncio.create_subprocess_exec(
        *link.b.prefix,
        sys.executable,
        "-m",
        "tests.helpers.headless",
        server.url.removeprefix("ws://"),
        address or link.b.address,
        ROOM,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, **server.environment},
    )
    try:
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), 30) == b"ready\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def ended(process: asyncio.subprocess.Process) -> dict[str, Any]:
    """What our client tells at its end."""
    out, _ = await asyncio.wait_for(process.communicate(b""), 20)
    told: dict[str, Any] = json.loads(out)
    return told


@asynccontextmanager
async def meeting(link: Link) -> AsyncIterator[tuple[NativePeer, str, asyncio.subprocess.Process]]:
    """Both see each other; the native client, our name there, and our client's process."""
    with LiveKitServer(address=link.a.address, prefix=link.a.prefix) as server:
        async with NativePeer(link.a.prefix) as native, our_client(link, server) as ours:
            await native.join(server.url, server.token(ROOM, "bob", name="Bob"))
            await native.publish_video(fps=FPS)
            await native.publish_tone(660)
            state = await native.until(lambda s: any(s.sees(who, "camera", codes=5) for who in s.people))
            (me,) = state.people
            yield native, me, ours


@pytest.mark.parametrize(("loss", "longest_ms", "longest_gap_ms"), [(0.02, 1_000, 60), (0.1, 1_500, 100)])
async def test_pictures_and_sound_at_random_loss(loss: float, longest_ms: float, longest_gap_ms: float) -> None:
    with Link(delay_ms=20) as link:
        async with meeting(link) as (native, me, ours):
            link.change(loss=loss)
            before = native.state.publication(me, "camera")["frames"]
            until_ms = monotonic_ms() + LASTING_S * 1_000
            await native.until(lambda _: monotonic_ms() > until_ms, timeout_s=LASTING_S + 5)
            seen = (await native.look()).publication(me, "camera")
            told = await ended(ours)
    (picture,) = told["pictures"]
    (voice,) = told["voices"]
    lost = sum(row["packets_lost"] for row in told["streams"])
    recovered = sum(row["packets_recovered"] for row in told["streams"])
    assert lost + recovered > LASTING_S * 30 * loss, told
    assert picture["longest_ms"] <= longest_ms, told
    assert picture["count"] > LASTING_S * FPS * 0.8, told
    assert voice["played_ms"] > LASTING_S * 900, told
    assert voice["concealed_ratio"] <= 0.05, told
    assert voice["longest_gap_ms"] <= longest_gap_ms, told
    assert seen["frames"] - before > LASTING_S * FPS * 0.8, (seen, told)
    # Of pictures that come in a bunch the SDK gives out the last alone.
    assert seen["decoded"] > told["sent"]["camera"] * 0.8, (seen, told)
    assert seen["frames"] > told["sent"]["camera"] * 0.5, (seen, told)


async def test_moments_without_any_packet_are_soon_over() -> None:
    with Link(delay_ms=20) as link:
        async with meeting(link) as (_, _, ours):
            for _ in range(MOMENTS):
                await asyncio.sleep(BETWEEN_S)
                link.lose(MOMENT_MS)
            await asyncio.sleep(BETWEEN_S)
            told = await ended(ours)
    (picture,) = told["pictures"]
    (voice,) = told["voices"]
    (row,) = [row for row in told["streams"] if row["source"] == "camera"]
    assert row["packets_recovered"] > 3 * MOMENTS, told
    assert picture["longest_ms"] <= MOMENT_MS + 700, told
    assert voice["playout_delay_ms"] <= voice["target_delay_ms"] + 40, told
    assert voice["concealed_ms"] <= MOMENTS * (MOMENT_MS + 150) + 500, told

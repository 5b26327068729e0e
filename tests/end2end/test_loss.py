"""Two of a hundred packets lost in each direction: pictures go on and sound has no holes, at both ends."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.helpers.link import Link
from tests.helpers.livekit_server import LiveKitServer
from tests.helpers.native_peer import NativePeer
from visio_desktop.system.clock import monotonic_ms

LASTING_S = 20
FPS = 15
ROOM = "poor"


@asynccontextmanager
async def our_client(link: Link, server: LiveKitServer) -> AsyncIterator[asyncio.subprocess.Process]:
    """Our client in the other namespace, joined."""
    process = await asyncio.create_subprocess_exec(
        *link.b.prefix,
        sys.executable,
        "-m",
        "tests.helpers.headless",
        server.url.removeprefix("ws://"),
        link.b.address,
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


async def test_pictures_and_sound_at_two_percent_loss() -> None:
    with Link(delay_ms=20) as link, LiveKitServer(address=link.a.address, prefix=link.a.prefix) as server:
        async with NativePeer(link.a.prefix) as native, our_client(link, server) as ours:
            await native.join(server.url, server.token(ROOM, "bob", name="Bob"))
            await native.publish_video(fps=FPS)
            await native.publish_tone(660)
            state = await native.until(lambda s: any(s.sees(who, "camera", codes=5) for who in s.people))
            (me,) = state.people
            link.change(loss=0.02)
            before = state.publication(me, "camera")["frames"]
            until_ms = monotonic_ms() + LASTING_S * 1_000
            state = await native.until(lambda _: monotonic_ms() > until_ms, timeout_s=LASTING_S + 5)
            seen = state.publication(me, "camera")["frames"] - before
            told = await ended(ours)
    (picture,) = told["pictures"]
    (voice,) = told["voices"]
    lost = sum(row["packets_lost"] for row in told["streams"])
    recovered = sum(row["packets_recovered"] for row in told["streams"])
    assert lost + recovered > 10, told
    assert picture["longest_ms"] <= 1_000, told
    assert picture["count"] > LASTING_S * FPS * 0.7, told  # of a bunch that a late packet frees, the last is shown
    assert voice["played_ms"] > LASTING_S * 900, told
    assert voice["concealed_ratio"] <= 0.05, told
    assert voice["longest_gap_ms"] <= 60, told
    assert seen > LASTING_S * FPS * 0.8, (seen, told)

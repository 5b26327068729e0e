from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

from visio_desktop.servers.livekit.renewing import Renewal
from visio_desktop.servers.port import SessionClosed
from visio_desktop.system.tasks import Tasks


async def test_each_time_something_else_is_told_although_little() -> None:
    told: list[Any] = []

    async def send(**request: Any) -> None:
        told.append(request["update_video_track"])

    tasks = Tasks("test")
    renewal = Renewal(send, tasks, "TR_c", 1280, 720)
    for _ in range(4):
        renewal.ask()
        await asyncio.sleep(0)
    assert [(each.track_sid, each.height) for each in told] == [("TR_c", 720)] * 4
    assert all(one.width != other.width for one, other in pairwise(told))
    assert all(1280 - each.width <= 2 for each in told)
    await tasks.close()


async def test_nothing_is_told_of_a_session_that_is_over() -> None:
    asked, crashed = asyncio.Event(), list[str]()

    async def send(**_request: Any) -> None:
        asked.set()
        raise SessionClosed("over")

    tasks = Tasks("test", lambda name, _: crashed.append(name))
    Renewal(send, tasks, "TR_c", 1280, 720).ask()
    await asked.wait()
    while len(tasks):
        await asyncio.sleep(0)
    assert crashed == []

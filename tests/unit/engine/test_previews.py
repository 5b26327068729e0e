"""Screens, looked at before they are shared."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import cast

import pytest

from tests.helpers.fakes import FakeKit
from tests.helpers.sinks import CountingSink
from visio_desktop.engine.mediakit import MediaKit
from visio_desktop.engine.previews import Previews
from visio_desktop.system.tasks import Tasks


class Bench:
    def __init__(self) -> None:
        self.kit = FakeKit()
        self.tasks = Tasks("test")
        self.previews = Previews(
            lambda: cast("MediaKit", self.kit), lambda name, work: cast("None", self.tasks.start(work, name=name))
        )

    async def settle(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.kit.previews) != count:
                await asyncio.sleep(0.005)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    made = Bench()
    yield made
    await made.tasks.close()


async def test_a_screen_is_shown_until_nobody_looks(bench: Bench) -> None:
    sink = CountingSink()
    bench.previews.attach("screen:1", sink)
    await bench.settle(1)
    (capture,) = bench.kit.captures
    assert (str(capture.spec), capture.running) == ("screen:1", True)
    assert bench.kit.previews[0][1] is sink
    bench.previews.detach("screen:1", CountingSink())
    assert capture.running
    bench.previews.detach("screen:1", sink)
    assert not capture.running


async def test_a_screen_that_opens_too_late_is_not_shown(bench: Bench) -> None:
    sink = CountingSink()
    bench.previews.attach("screen:slow", sink)
    await asyncio.sleep(0)
    bench.previews.detach("screen:slow", sink)
    bench.kit.captures[0].let.set()
    bench.previews.attach("screen:2", sink)
    await bench.settle(1)
    assert bench.kit.previews[0][0] is bench.kit.captures[1]


async def test_a_screen_that_cannot_be_opened_shows_nothing(bench: Bench) -> None:
    bench.previews.attach("screen:broken", CountingSink())
    bench.previews.attach("screen:1", CountingSink())
    await bench.settle(1)
    bench.previews.stop()
    assert not any(capture.running for capture in bench.kit.captures)

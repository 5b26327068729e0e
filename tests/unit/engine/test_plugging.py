from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any, cast

import pytest

from tests.helpers.fakes import DEVICES, FakeKit
from tests.helpers.rtc_pair import until
from visio_desktop.engine import plugging as module
from visio_desktop.engine.plugging import Plugging
from visio_desktop.meeting.events import DevicesListed, Event
from visio_desktop.meeting.values import Device, DeviceKind

HEADSET = Device(DeviceKind.MICROPHONE, "head", "Headset")


class Bench:
    def __init__(self) -> None:
        self.kit = FakeKit()
        self.events: list[Event] = []
        self.tasks: list[asyncio.Task[None]] = []
        self.plugging = Plugging(cast("Any", lambda: self.kit), self.events.append, self._start)

    def _start(self, _name: str, work: Coroutine[Any, Any, None]) -> None:
        self.tasks.append(asyncio.get_running_loop().create_task(work))


@pytest.fixture
async def bench(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    monkeypatch.setattr(module, "SETTLED_S", 0.0)
    made = Bench()
    yield made
    for task in made.tasks:
        task.cancel()
    await asyncio.gather(*made.tasks, return_exceptions=True)


async def test_devices_are_told_whenever_asked_and_watched_from_the_first_time_on(bench: Bench) -> None:
    await bench.plugging.look()
    await bench.plugging.look()
    assert bench.events == [DevicesListed(DEVICES)] * 2
    assert len(bench.tasks) == 2, "watched once"
    await until(lambda: bench.kit.changed is not None)
    bench.kit.present = (*DEVICES, HEADSET)
    cast("Any", bench.kit.changed)()
    await until(lambda: len(bench.events) == 3)
    assert bench.events[-1] == DevicesListed((*DEVICES, HEADSET))


async def test_a_change_that_is_none_is_not_told(bench: Bench) -> None:
    await bench.plugging.look()
    await until(lambda: bench.kit.changed is not None)
    cast("Any", bench.kit.changed)()
    await until(lambda: not bench.plugging._changed.is_set())
    bench.kit.present = ()
    cast("Any", bench.kit.changed)()
    await until(lambda: len(bench.events) > 1)
    assert bench.events == [DevicesListed(DEVICES), DevicesListed(())]

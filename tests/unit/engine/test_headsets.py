from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine, Iterator
from contextlib import closing

import pytest

from tests.helpers.headsets import HEADSETS, AnyHeadset
from tests.helpers.rtc_pair import until
from visio_desktop.engine.headsets import Headsets
from visio_desktop.media.headset import listener
from visio_desktop.meeting.events import Event, HeadsetPressed, HeadsetSeen
from visio_desktop.meeting.values import HeadsetButton, HeadsetLights, HeadsetState
from visio_desktop.system.clock import monotonic_ms

WAIT_S = 60.0


@pytest.fixture(params=HEADSETS)
def headset(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[AnyHeadset]:
    begin = listener.HeadsetListener.__init__
    with closing(request.param()) as made:

        def begun(*arguments: object, **named: object) -> None:
            begin(*arguments, **named, find=made.find, open_device=made.open)  # type: ignore[arg-type] # passed on

        monkeypatch.setattr(listener.HeadsetListener, "__init__", begun)
        yield made


async def test_elsewhere_than_on_linux_nothing_is_begun(headset: AnyHeadset, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []
    headsets = Headsets(monotonic_ms, lambda _: None, lambda name, _work: begun.append(name))
    monkeypatch.setattr(sys, "platform", "win32")
    headsets.show(HeadsetLights(in_call=True, muted=False))
    assert (begun, headset.opened) == ([], 0)
    await headsets.close()


async def test_a_headset_is_used_while_there_is_something_to_show(headset: AnyHeadset) -> None:
    events: list[Event] = []
    tasks: list[asyncio.Task[object]] = []

    def start(_name: str, work: Coroutine[object, object, None]) -> None:
        tasks.append(asyncio.get_running_loop().create_task(work))

    headsets = Headsets(monotonic_ms, events.append, start)
    headsets.show(None)
    await asyncio.gather(*tasks)
    assert headset.opened == 0
    headsets.show(HeadsetLights(in_call=True, muted=False))
    await until(lambda: HeadsetSeen(HeadsetState("Made headset")) in events, WAIT_S)
    assert await asyncio.to_thread(headset.lit) == bytes([2, 0b001])
    headsets.show(HeadsetLights(in_call=True, muted=True))
    assert await asyncio.to_thread(headset.lit) == bytes([2, 0b011])
    headset.report(bytes([2, 0b100]))
    await until(lambda: HeadsetPressed(HeadsetButton.MUTE) in events, WAIT_S)
    await headsets.close()
    await asyncio.gather(*tasks)
    assert [headset.lit(), headset.lit()] == [bytes([2, 0]), b""]

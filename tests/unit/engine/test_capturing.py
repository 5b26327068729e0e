"""Opening and closing our devices."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from tests.helpers.fakes import BROKEN, FakeCapture, FakeKit, FakeShare
from tests.helpers.rtc_pair import until
from visio_desktop.engine.capturing import Capturing
from visio_desktop.meeting.events import DeviceFailed, DeviceOpened, Event, ScreenFailed, ScreenSoundFailed
from visio_desktop.meeting.values import DeviceKind, Problem, ProblemCode, Source


class Bench:
    def __init__(self) -> None:
        self.kit = FakeKit()
        self.events: list[Event] = []
        self.used: list[tuple[Source, FakeCapture | None]] = []
        self.shares: list[FakeShare | None] = []
        self.capturing = Capturing(
            cast("Any", lambda: self.kit),
            self.events.append,
            lambda s, c: self.used.append((s, cast("Any", c))),
            use_share=cast("Any", self.shares.append),
        )


@pytest.fixture
async def bench() -> Bench:
    return Bench()


@pytest.mark.parametrize("kind", [DeviceKind.MICROPHONE, DeviceKind.SPEAKER])
async def test_sound_devices_are_opened_and_closed_by_the_sound_path(bench: Bench, kind: DeviceKind) -> None:
    await bench.capturing.open(kind, "default")
    assert bench.kit.sound.opened == {kind: "default"}
    await bench.capturing.close(kind)
    assert bench.kit.sound.opened == {}
    assert bench.events == [DeviceOpened(kind, "the default")]


async def test_an_open_camera_is_put_to_use_and_another_takes_its_place(bench: Bench) -> None:
    await bench.capturing.open(DeviceKind.CAMERA, "test:1")
    await bench.capturing.open(DeviceKind.CAMERA, "test:2")
    first, second = bench.kit.captures
    assert bench.used == [(Source.CAMERA, first), (Source.CAMERA, None), (Source.CAMERA, second)]
    assert (first.running, second.running) == (False, True)
    await bench.capturing.close(DeviceKind.CAMERA)
    assert not second.running
    assert bench.used[-1] == (Source.CAMERA, None)
    assert bench.events == [DeviceOpened(DeviceKind.CAMERA, f"the test:{n}") for n in (1, 2)]


@pytest.mark.parametrize("kind", list(DeviceKind))
async def test_a_device_that_cannot_be_opened_is_told_and_another_can_be_tried(bench: Bench, kind: DeviceKind) -> None:
    await bench.capturing.open(kind, "broken")
    assert bench.events == [DeviceFailed(kind, BROKEN)]
    await bench.capturing.close(kind)
    await bench.capturing.open(kind, "other")
    assert bench.events[1:] == [DeviceOpened(kind, "the other")]


async def test_a_camera_that_stops_working_is_told(bench: Bench) -> None:
    await bench.capturing.open(DeviceKind.CAMERA, "test")
    problem = Problem(ProblemCode.CAMERA_BUSY, "cam")
    bench.kit.captures[0].failed(problem)
    assert bench.events[-1] == DeviceFailed(DeviceKind.CAMERA, problem)


async def test_a_screen_is_captured_without_a_word_and_its_failure_told(bench: Bench) -> None:
    await bench.capturing.open_screen("")
    (screen,) = bench.kit.captures
    assert str(screen.spec) == "screen:1"
    assert bench.used == [(Source.SCREEN, screen)]
    await bench.capturing.close_screen()
    assert not screen.running
    assert bench.events == []
    await bench.capturing.open_screen("screen:broken")
    assert bench.events == [ScreenFailed(BROKEN)]


async def test_whoever_gives_up_a_slow_camera_can_stop_it(bench: Bench) -> None:
    opening = asyncio.get_running_loop().create_task(bench.capturing.open(DeviceKind.CAMERA, "slow"))
    await until(lambda: bool(bench.kit.captures))
    (slow,) = bench.kit.captures
    await asyncio.sleep(0)
    opening.cancel()
    await asyncio.gather(opening, return_exceptions=True)
    await bench.capturing.stop()
    assert slow.let.is_set()
    assert bench.used == [(Source.CAMERA, None)]


async def test_closing_waits_for_the_opening_before_it(bench: Bench) -> None:
    loop = asyncio.get_running_loop()
    opening = loop.create_task(bench.capturing.open(DeviceKind.CAMERA, "slow"))
    await until(lambda: bool(bench.kit.captures))
    closing = loop.create_task(bench.capturing.close(DeviceKind.CAMERA))
    await asyncio.sleep(0)
    assert not closing.done()
    bench.kit.captures[0].let.set()
    await asyncio.gather(opening, closing)
    assert not bench.kit.captures[0].running


async def test_a_screen_is_shared_with_the_sound_of_programs_on_wish(bench: Bench) -> None:
    await bench.capturing.open_screen("screen:1", sound=True)
    (share,) = bench.kit.shares
    assert share.running
    assert bench.shares == [share]
    problem = Problem(ProblemCode.SCREEN_SOUND_FAILED)
    share.failed(problem)
    assert bench.events == [ScreenSoundFailed(problem)]
    await bench.capturing.close_screen()
    assert not share.running
    assert bench.shares == [share, None]


async def test_a_screen_goes_on_without_the_sound_that_cannot_be_had(bench: Bench) -> None:
    bench.kit.without_sound = True
    await bench.capturing.open_screen("screen:1", sound=True)
    assert bench.events == [ScreenSoundFailed(BROKEN)]
    assert bench.kit.captures[0].running
    assert bench.shares == []
    await bench.capturing.open_screen("screen:2")
    assert len(bench.kit.shares) == 1, "not asked for"

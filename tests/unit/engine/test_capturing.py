"""Opening and closing our devices."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from tests.helpers.fakes import BROKEN, FakeCapture, FakeKit, FakeShare
from tests.helpers.rtc_pair import until
from visio_desktop.engine.capturing import Capturing
from visio_desktop.meeting.events import (
    DeviceFailed,
    DeviceOpened,
    Event,
    LookTroubled,
    StillFailed,
)
from visio_desktop.meeting.look import BLUR, Look, PictureQuality
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


async def test_a_camera_wears_the_look_before_it_is_started(bench: Bench) -> None:
    bench.capturing.wear(Look(BLUR))
    await bench.capturing.open(DeviceKind.CAMERA, "test:1")
    await bench.capturing.open(DeviceKind.CAMERA, "broken")
    await bench.capturing.open(DeviceKind.CAMERA, "test:2")
    assert [str(capture.spec) for capture in bench.kit.captures] == ["test:1", "broken", "broken", "test:2"]
    assert all(capture.looks == [Look(BLUR)] for capture in bench.kit.captures)


async def test_a_camera_films_until_the_next_one_does(bench: Bench) -> None:
    await bench.capturing.open(DeviceKind.CAMERA, "test:1")
    opening = asyncio.get_running_loop().create_task(bench.capturing.open(DeviceKind.CAMERA, "slow"))
    await until(lambda: len(bench.kit.captures) > 1)
    first, second = bench.kit.captures
    assert first.running
    bench.capturing.wear(Look(BLUR))
    second.let.set()
    await opening
    assert (first.running, second.running) == (False, True)
    assert second.looks[-1] == Look(BLUR)
    # Of one and the same camera there is only one.
    await bench.capturing.open(DeviceKind.CAMERA, "slow")
    assert not second.running
    assert len(bench.kit.captures) == 3


async def test_a_camera_that_is_opened_beside_another_one_is_given_up_with_it(bench: Bench) -> None:
    await bench.capturing.open(DeviceKind.CAMERA, "test:1")
    opening = asyncio.get_running_loop().create_task(bench.capturing.open(DeviceKind.CAMERA, "slow"))
    await until(lambda: len(bench.kit.captures) > 1)
    await bench.capturing.stop()
    await opening
    assert not bench.kit.captures[0].running


async def test_another_look_takes_back_what_is_under_way(bench: Bench) -> None:
    await bench.capturing.open(DeviceKind.CAMERA, "test")
    (capture,) = bench.kit.captures
    bench.used.clear()
    bench.capturing.wear(Look(BLUR))
    assert capture.looks[-1] == Look(BLUR)
    assert bench.used == [(Source.CAMERA, None), (Source.CAMERA, capture)]


async def test_a_look_of_another_size_is_used_once_the_camera_is_opened_anew(bench: Bench) -> None:
    await bench.capturing.open(DeviceKind.CAMERA, "test")
    bench.used.clear()
    bench.capturing.wear(Look(quality=PictureQuality.SMALL))
    assert bench.used == [(Source.CAMERA, None)]
    await bench.capturing.open(DeviceKind.CAMERA, "test")
    assert [capture.asked.height_px for capture in bench.kit.captures] == [720, 360]
    assert bench.used[-1] == (Source.CAMERA, bench.kit.captures[-1])


async def test_a_camera_being_opened_wears_the_look_chosen_meanwhile_and_is_used_once(bench: Bench) -> None:
    opening = asyncio.get_running_loop().create_task(bench.capturing.open(DeviceKind.CAMERA, "slow"))
    await until(lambda: bool(bench.kit.captures))
    (slow,) = bench.kit.captures
    bench.capturing.wear(Look(BLUR))
    assert bench.used == []
    assert slow.looks[-1] == Look(BLUR)
    slow.let.set()
    await opening
    assert bench.used == [(Source.CAMERA, slow)]


async def test_what_troubles_a_look_is_told(bench: Bench) -> None:
    await bench.capturing.open(DeviceKind.CAMERA, "test")
    problem = Problem(ProblemCode.BACKGROUND_FAILED)
    bench.kit.captures[0].troubled(BLUR, problem)
    assert bench.events[-1] == LookTroubled(BLUR, problem)


async def test_a_look_is_tried_where_no_camera_shows_it(bench: Bench) -> None:
    await bench.capturing.try_look(Look("file:fine.png"))
    assert bench.events == []
    await bench.capturing.try_look(Look("file:broken.png"))
    told = LookTroubled("file:broken.png", Problem(ProblemCode.BACKGROUND_IMAGE, "file:broken.png"))
    assert bench.events == [told]
    await bench.capturing.open(DeviceKind.CAMERA, "test")
    await bench.capturing.try_look(Look("file:broken.png"))
    assert bench.events[1:] == [DeviceOpened(DeviceKind.CAMERA, "the test")]


async def test_a_still_picture_stands_where_no_camera_is_open_and_goes_when_one_is(bench: Bench) -> None:
    await bench.capturing.show_still("file:me.png")
    (still,) = bench.kit.captures
    assert (still.is_still, still.running, still.looks) == (True, True, [])
    assert bench.used == [(Source.CAMERA, still)]
    bench.capturing.wear(Look(BLUR))
    assert still.looks == [], "it hides nobody's room"
    await bench.capturing.open(DeviceKind.CAMERA, "test")
    camera = bench.kit.captures[-1]
    assert (still.running, camera.running) == (False, True)
    for picture in ("file:me.png", ""):
        await bench.capturing.show_still(picture)
        assert camera.running
    await bench.capturing.close(DeviceKind.CAMERA)
    await bench.capturing.show_still("file:me.png")
    assert bench.kit.captures[-1].running
    await bench.capturing.show_still("")
    assert not any(capture.running for capture in bench.kit.captures)
    assert bench.events == [DeviceOpened(DeviceKind.CAMERA, "the test")]


async def test_a_still_picture_that_cannot_be_shown_is_told(bench: Bench) -> None:
    await bench.capturing.show_still("broken")
    assert bench.events == [StillFailed("broken", BROKEN)]
    await bench.capturing.try_still("fine")
    await bench.capturing.try_still("broken")
    assert bench.events[1:] == [StillFailed("broken", Problem(ProblemCode.STILL_IMAGE, "broken"))]

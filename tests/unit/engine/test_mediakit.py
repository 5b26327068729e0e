"""The media classes the engine is given: real ones."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.helpers.fakes import FakeInbound, FakeOutbound
from tests.helpers.looks import papers, shows_papers
from tests.helpers.rtc_pair import until
from tests.helpers.sinks import CountingSink
from visio_desktop.engine.mediakit import MOTION_ENCODING, SCREEN_ENCODING, MediaKit, publication
from visio_desktop.media.qualities import CAMERA_ENCODING
from visio_desktop.media.raw import RawFrame
from visio_desktop.media.sources.held import Hold
from visio_desktop.media.specs import Spec, SpecKind
from visio_desktop.meeting.look import Look, PictureQuality
from visio_desktop.meeting.values import DeviceKind, Problem, ProblemCode, Source
from visio_desktop.rtc.frames import Codec
from visio_desktop.system.clock import monotonic_ms


@pytest.fixture
async def kit() -> AsyncIterator[MediaKit]:
    made = MediaKit(asyncio.get_running_loop(), clock=monotonic_ms)
    yield made
    await made.close()


async def test_what_is_captured_is_shown_sent_and_decoded(kit: MediaKit) -> None:
    failures: list[Problem] = []
    spec = kit.spec("test", DeviceKind.CAMERA)
    assert spec == Spec(SpecKind.TEST)
    capture = kit.capture(spec, failures.append)
    own, theirs, out, back = CountingSink(), CountingSink(), FakeOutbound(Codec.VP8), FakeInbound("s1")
    publisher, subscription = kit.publisher(capture, out, Source.CAMERA), kit.subscription(back)
    subscription.set_sink(theirs)
    assert await asyncio.to_thread(capture.start) == "test"
    stop_preview = kit.preview(capture, own)
    publisher.start()
    await until(lambda: own.pictures > 0 and len(out.frames) > 0)
    back.deliver(out.frames[0])
    await until(lambda: theirs.pictures > 0)
    sent = publisher.statistics()
    assert (sent.width_px, sent.height_px) == (CAMERA_ENCODING.width_px, CAMERA_ENCODING.height_px)
    stop_preview()
    publisher.stop()
    subscription.stop()
    capture.stop()
    assert failures == []


async def test_a_captures_failure_comes_on_the_loop(kit: MediaKit) -> None:
    threads: list[int] = []
    spec = kit.spec("none such", DeviceKind.CAMERA)
    capture = kit.capture(spec, lambda _: threads.append(threading.get_ident()))
    problem = Problem(ProblemCode.CAMERA_FAILED, "none such")
    await asyncio.to_thread(capture._on_failed, problem)
    await until(lambda: bool(threads))
    assert threads == [threading.get_ident()]


async def test_screens_are_captured_and_sent_larger_and_slower_than_cameras(kit: MediaKit) -> None:
    for motion, encoding in ((False, SCREEN_ENCODING), (True, MOTION_ENCODING)):
        screen = kit.share(kit.spec("test", DeviceKind.CAMERA), lambda _: None, Hold(), motion=motion)
        assert (screen.asked.width_px, screen.asked.fps) == (encoding.width_px, encoding.fps)
        assert kit.publisher(screen, FakeOutbound(Codec.VP8), Source.SCREEN)._simulcast._settings == encoding


async def test_what_is_shared_can_be_held(kit: MediaKit) -> None:
    hold = Hold()
    screen = kit.share(kit.spec("test", DeviceKind.CAMERA), lambda _: None, hold, motion=True)
    frames: list[RawFrame] = []
    screen.add_tap(frames.append)
    await asyncio.to_thread(screen.start)
    await until(lambda: len(frames) > 2)
    hold.hold(on=True)
    seen = len(frames)
    await until(lambda: len(frames) > seen + 2)
    held = frames[-1]
    assert all(np.array_equal(frame.y, held.y) for frame in frames[seen + 1 :])
    hold.hold(on=False)
    await until(lambda: not np.array_equal(frames[-1].y, held.y))
    screen.stop()


def test_a_camera_is_published_in_layers_and_a_screen_whole() -> None:
    camera, screen = publication(Source.CAMERA, (1280, 720)), publication(Source.SCREEN, (1280, 720))
    assert [(layer.rid, layer.scale_down) for layer in camera.layers] == [("q", 4), ("h", 2), ("f", 1)]
    assert camera.layers[-1].bitrate_bps == camera.bitrate_bps == CAMERA_ENCODING.bitrate_bps
    assert len(screen.layers) == 1
    assert (screen.width_px, screen.height_px, screen.fps) == (1280, 720, 15)
    assert screen.bitrate_bps < SCREEN_ENCODING.bitrate_bps


def test_what_is_published_is_the_size_that_is_sent() -> None:
    large, small = publication(Source.CAMERA, (1920, 1080)), publication(Source.CAMERA, (640, 480))
    assert (large.width_px, large.height_px) == (1280, 720)
    assert (small.width_px, small.height_px) == (640, 480)
    assert [layer.rid for layer in small.layers] == ["q", "h"]


async def test_devices_are_listed(kit: MediaKit) -> None:
    devices = await asyncio.to_thread(kit.devices)
    assert all(device.key and device.name for device in devices)


async def test_once_it_is_closed_no_thread_of_it_is_left() -> None:
    kit = MediaKit(asyncio.get_running_loop(), clock=monotonic_ms)
    capture = kit.capture(kit.spec("test", DeviceKind.CAMERA), lambda _: None)
    out = FakeOutbound(Codec.VP8)
    publisher = kit.publisher(capture, out, Source.CAMERA)
    await asyncio.to_thread(capture.start)
    publisher.start()
    await until(lambda: bool(out.frames))
    publisher.stop()
    capture.stop()
    await kit.close()
    assert capture.join(0)
    assert publisher.join(0)


async def test_a_dressed_camera_never_shows_the_room_and_tells_of_trouble_on_the_loop(kit: MediaKit) -> None:
    told: list[tuple[str, Problem, int]] = []
    capture = kit.capture(kit.spec("test", DeviceKind.CAMERA), lambda _: None)
    background = "file:none.png"
    kit.dress(capture, Look(background), lambda b, p: told.append((b, p, threading.get_ident())))
    seen: list[RawFrame] = []
    capture.add_tap(seen.append)
    await asyncio.to_thread(capture._deliver, papers(160, 90))
    await until(lambda: bool(told))
    assert told == [(background, Problem(ProblemCode.BACKGROUND_IMAGE, "none.png"), threading.get_ident())]
    assert capture.dress_ms is not None
    assert kit.publisher(capture, FakeOutbound(Codec.VP8), Source.CAMERA).look_ms == capture.dress_ms
    kit.dress(capture, Look(), lambda *_: None)
    assert capture.dress_ms is None
    await asyncio.to_thread(capture._deliver, papers(160, 90))
    assert [shows_papers(frame) for frame in seen] == [False, True]


async def test_a_camera_is_asked_for_and_published_in_the_quality_chosen(kit: MediaKit) -> None:
    spec = kit.spec("test", DeviceKind.CAMERA)
    for quality, height_px, layers in ((PictureQuality.FULL_HD, 1080, 3), (PictureQuality.SMALL, 360, 2)):
        capture = kit.capture(spec, lambda _: None, quality)
        sent = publication(Source.CAMERA, capture.size_px, capture.asked)
        assert (capture.asked.height_px, sent.height_px, len(sent.layers)) == (height_px, height_px, layers)
        settings = kit.publisher(capture, FakeOutbound(Codec.VP8, sent.layers), Source.CAMERA)._simulcast._settings
        assert settings.height_px == height_px


async def test_a_background_is_tried(kit: MediaKit) -> None:
    assert kit.try_background("image:hills") is None
    assert kit.try_background("file:") == Problem(ProblemCode.BACKGROUND_IMAGE)


async def test_a_still_picture_is_tried_and_captured_as_large_as_a_camera(kit: MediaKit, tmp_path: Path) -> None:
    assert kit.try_still("file:") == Problem(ProblemCode.STILL_IMAGE)
    path = tmp_path / "me.png"
    cv2.imwrite(str(path), np.full((90, 90, 3), 200, np.uint8))
    assert kit.try_still(f"file:{path}") is None
    capture = kit.still(f"file:{path}", lambda _: None, Look(quality=PictureQuality.SMALL))
    assert capture.is_still
    await asyncio.to_thread(capture.start)
    assert capture.size_px == (640, 360)
    capture.stop()

"""Cameras of the kernel's own (its module vivid), found, opened, read, refused, silent and pulled out."""

from __future__ import annotations

import itertools
import queue
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from tests.helpers.kernel import bind, loaded, somebody_else, turn
from visio_desktop.media.cameras import Camera, find_cameras
from visio_desktop.media.capture import CaptureSize, VideoCapture
from visio_desktop.media.decode import Decoder, raw_frame
from visio_desktop.media.device_watch import cameras_there
from visio_desktop.media.encoders import EncodeSettings, open_encoder
from visio_desktop.media.errors import DeviceError
from visio_desktop.media.opencv import cv2
from visio_desktop.media.raw import Plane, RawFrame
from visio_desktop.media.sources.camera import CameraSource, open_camera
from visio_desktop.media.specs import Spec, SpecKind
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.rtc.frames import Codec
from visio_desktop.system.clock import monotonic_ms

WAIT_S = 60.0
NAMES = ["vivid-000-vid-cap", "vivid-001-vid-cap"]
ONLY_PICTURES, WEBCAM = "0x1,0x1", "0,0"
# As a chip gives them, packed and in planes, grey, of 16 and of 10 bits, in a mosaic.
FORMATS = ("YUYV", "UYVY", "RGB3", "BGR3", "XR24", "NV12", "NV21", "YU12", "YV12", "GREY", "Y16 ", "Y10 ", "BA81")
UNREADABLE = "422P"


@pytest.fixture(scope="module", autouse=True)
def _two_cameras() -> Iterator[None]:
    with loaded("vivid", n_devs=2, node_types=ONLY_PICTURES, num_inputs="1,1", input_types=WEBCAM):
        show_bars_only()
        yield


def show_bars_only() -> None:
    """No text over the picture."""
    for each in find_cameras():
        turn(each.path, "OSD Text Mode", 2)


def named(name: str) -> Spec:
    return Spec(SpecKind.DEVICE, name)


def standing() -> float:
    """A clock by which nothing takes too long: this machine is slow."""
    return 0.0


def patient(spec: Spec, size: CaptureSize, failed: Callable[[Problem], None]) -> VideoCapture:
    """A capture that gives a camera all the time it wants."""
    wait_ms = WAIT_S * 1_000
    return VideoCapture(spec, size, clock=standing, on_failed=failed, open_timeout_ms=wait_ms, silence_ms=wait_ms)


def camera() -> Camera:
    return find_cameras()[0]


def assert_bars(luma: Plane) -> None:
    """White, yellow, cyan, green, magenta, red, blue, black, each darker than the one before."""
    columns = luma[luma.shape[0] * 3 // 5].astype(int).reshape(8, -1)
    bars = columns[:, columns.shape[1] // 2]
    assert (np.diff(bars) < -5).all(), bars


def test_they_have_names_that_stay_and_the_watch_sees_the_same() -> None:
    found = find_cameras()
    assert [each.device.name for each in found] == [name for _, name in cameras_there()] == NAMES
    assert [each.device.key for each in found] == [f"0000:0000:{name}" for name in NAMES]


def test_the_picture_is_in_what_the_others_get() -> None:
    pictures: queue.Queue[RawFrame] = queue.Queue()
    capture = patient(named(NAMES[1]), CaptureSize(), lambda _: None)
    assert capture.start() == NAMES[1]
    capture.add_tap(pictures.put)
    frame = pictures.get(timeout=WAIT_S)
    capture.stop()
    assert capture.join(WAIT_S)
    assert (frame.width_px, frame.height_px) == (1280, 720)
    encoder = open_encoder(Codec.VP8, EncodeSettings(width_px=1280, height_px=720, fps=30, bitrate_bps=1_700_000))
    encoded = encoder.encode(frame, key=True)
    encoder.close()
    assert encoded is not None
    decoded = Decoder(Codec.VP8).decode(encoded.payload)
    assert decoded is not None
    assert_bars(raw_frame(decoded, 0.0).y)


@pytest.mark.parametrize("size", [CaptureSize(640, 360), CaptureSize(333, 111), CaptureSize(1, 1)])
def test_it_gives_the_nearest_of_the_sizes_it_has(size: CaptureSize) -> None:
    source = open_camera(named(NAMES[0]), size, standing)
    frame = source.read()
    source.close()
    assert (frame.width_px, frame.height_px) in {(320, 180), (640, 360)}
    assert_bars(frame.y)


def test_whatever_format_it_speaks_the_picture_is_the_same_or_there_is_none() -> None:
    device = cv2.VideoCapture(0, cv2.CAP_V4L2)
    clock = itertools.count(step=100)
    source = CameraSource(device, camera(), CaptureSize(640, 360), clock=lambda: next(clock), sleep=lambda _: None)
    for name in FORMATS:
        assert device.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*name)), name
        assert_bars(source.read().y)
    device.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*UNREADABLE))
    with pytest.raises(DeviceError) as caught:
        source.read()
    assert caught.value.problem.code is ProblemCode.CAMERA_FAILED
    source.close()


def test_one_that_somebody_else_has_open_is_busy_and_free_again_after_that() -> None:
    other = cv2.VideoCapture(0, cv2.CAP_V4L2)  # the kernel tells open files apart, not programs
    assert other.isOpened()
    assert refused_with(named(NAMES[0])) == Problem(ProblemCode.CAMERA_BUSY, NAMES[0])
    other.release()
    open_camera(named(NAMES[0]), CaptureSize(), monotonic_ms).close()


def test_one_the_system_keeps_from_us_is_told_so() -> None:
    with somebody_else():
        assert refused_with(named(NAMES[0])) == Problem(ProblemCode.CAMERA_REFUSED, NAMES[0])
        assert [each.device.name for each in find_cameras()] == NAMES


def test_one_that_gives_nothing_is_told_and_let_go_of() -> None:
    path = camera().path
    turn(path, "Percentage of Dropped Buffers", 100)
    try:
        capture = VideoCapture(named(NAMES[0]), CaptureSize(640, 360), clock=monotonic_ms, on_failed=lambda _: None)
        with pytest.raises(DeviceError) as caught:
            capture.start()
        assert caught.value.problem == Problem(ProblemCode.CAMERA_FAILED, NAMES[0])
        assert capture.join(WAIT_S)
    finally:
        turn(path, "Percentage of Dropped Buffers", 0)
    source = open_camera(named(NAMES[0]), CaptureSize(640, 360), standing)
    assert_bars(source.read().y)
    source.close()


def test_one_pulled_out_is_told_at_once_and_found_again_by_its_key() -> None:
    key, told = camera().device.key, queue.Queue[Problem]()
    capture = patient(named(key), CaptureSize(640, 360), told.put)
    assert capture.start() == NAMES[0]
    bind("vivid", "vivid.0", to=False)
    assert told.get(timeout=WAIT_S) == Problem(ProblemCode.CAMERA_GONE, NAMES[0])
    assert capture.join(WAIT_S)
    assert (find_cameras(), cameras_there()) == ((), ())
    assert refused_with(named(key)).code is ProblemCode.CAMERA_MISSING
    bind("vivid", "vivid.0", to=True)
    show_bars_only()
    again = open_camera(named(key), CaptureSize(640, 360), standing)
    assert again.name == NAMES[0]
    assert_bars(again.read().y)
    again.close()


def refused_with(spec: Spec) -> Problem:
    with pytest.raises(DeviceError) as caught:
        open_camera(spec, CaptureSize(), monotonic_ms)
    return caught.value.problem

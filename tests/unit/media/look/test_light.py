from __future__ import annotations

import numpy as np

from visio_desktop.media.look.light import Light
from visio_desktop.media.raw import RawFrame, blank


def room(brightness: int) -> RawFrame:
    frame = blank(320, 180, 3.0)
    frame.y[:] = brightness
    frame.y[:20, :20] = 235
    frame.u[:], frame.v[:] = 120, 130
    return frame


def test_a_dark_room_is_lifted_step_by_step_and_white_stays_white() -> None:
    light, seen = Light(), []
    for _ in range(200):
        shown = light.lift(room(45))
        seen.append(int(shown.y[100, 100]))
    assert seen == sorted(seen)
    assert max(np.diff(seen)) <= 3
    assert 75 <= seen[-1] <= 120
    assert shown.y[5, 5] == 235
    assert (shown.capture_ms, shown.u[0, 0], shown.v[0, 0]) == (3.0, 120, 130)


def test_a_bright_room_is_left_alone() -> None:
    light = Light()
    for _ in range(50):
        frame = room(130)
        assert light.lift(frame) is frame


def test_it_goes_back_when_the_lamp_is_lit() -> None:
    light = Light()
    for _ in range(100):
        light.lift(room(40))
    for _ in range(300):
        frame = room(140)
        shown = light.lift(frame)
    assert shown is frame


def test_pictures_are_not_written_to() -> None:
    light, frame = Light(), room(45)
    for _ in range(60):
        light.lift(frame)
    assert frame.y[100, 100] == 45

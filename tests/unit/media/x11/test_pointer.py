from __future__ import annotations

import struct
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.xvfb import Xvfb
from visio_desktop.media.x11.display import Display
from visio_desktop.media.x11.pointer import Pointer, draw_pointer, find_pointer, parse_pointer
from visio_desktop.media.x11.wire import X11Error
from visio_desktop.meeting.areas import Area

WHITE = np.full((2, 2, 4), 255, np.uint8)


def test_the_mouse_is_found(screen: Xvfb, display: Display) -> None:
    pointer = find_pointer(display)
    assert pointer is not None
    assert not pointer.area.within(Area(0, 0, 640, 400)).is_empty
    again = find_pointer(display)
    assert again is not None
    assert again.looks_like(pointer)
    assert not again.looks_like(None)


def test_it_is_drawn_where_it_is_and_as_far_as_it_is_there() -> None:
    picture = np.zeros((4, 4, 4), np.uint8)
    draw_pointer(picture, Area(10, 10, 4, 4), Pointer(Area(13, 9, 2, 2), 1, WHITE))
    assert picture[:, :, 0].tolist() == [[0, 0, 0, 255], [0] * 4, [0] * 4, [0] * 4]
    draw_pointer(picture, Area(10, 10, 4, 4), Pointer(Area(20, 20, 2, 2), 1, WHITE))
    assert picture[:, :, 0].sum() == 255


def test_what_shines_through_is_mixed() -> None:
    half = np.full((1, 1, 4), 64, np.uint8)
    half[:, :, 3] = 128
    picture = np.full((1, 1, 4), 100, np.uint8)
    draw_pointer(picture, Area(0, 0, 1, 1), Pointer(Area(0, 0, 1, 1), 1, half))
    assert picture[0, 0, 0] == 64 + 100 * 127 // 255


def answer(width: int, height: int, pixels: bytes) -> bytes:
    return bytes(8) + struct.pack("<hhHHHHI", 5, 6, width, height, 1, 2, 77) + bytes(8) + pixels


def test_an_answer_is_read() -> None:
    pointer = parse_pointer(answer(1, 2, bytes(range(8))))
    assert pointer is not None
    assert (pointer.area, pointer.serial) == (Area(4, 4, 1, 2), 77)
    assert pointer.pixels.reshape(-1).tolist() == list(range(8))
    assert parse_pointer(answer(0, 0, b"")) is None


@pytest.mark.parametrize("cut", [answer(2, 2, bytes(15)), answer(600, 1, bytes(2400)), b"", bytes(20)])
def test_a_broken_answer_is_an_error(cut: bytes) -> None:
    with pytest.raises(X11Error):
        parse_pointer(cut)


@given(st.binary(max_size=200))
def test_no_answer_does_harm(data: bytes) -> None:
    with suppress(X11Error):
        pointer = parse_pointer(data)
        if pointer is not None:
            draw_pointer(np.zeros((9, 9, 4), np.uint8), Area(0, 0, 9, 9), pointer)

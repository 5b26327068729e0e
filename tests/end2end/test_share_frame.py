"""The frame around what is shared, on a real display: where it stands, also where the screen is scaled."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.needs import need_program
from tests.helpers.x11_window import OtherWindow
from tests.helpers.xvfb import Xvfb
from visio_desktop.media.x11.display import Display
from visio_desktop.media.x11.grabbing import Grabber
from visio_desktop.media.x11.windows import list_windows
from visio_desktop.meeting.areas import Area
from visio_desktop.ui.windows.share_frame import THICK_PX

ROOT = Path(__file__).parents[2]
SCREEN = Area(0, 0, 800, 600)
SHARED = Area(200, 150, 300, 200)
RED = (0x32, 0x36, 0xCA)
QUERY_POINTER, WARP_POINTER = 38, 41


@contextmanager
def framed(display: Xvfb, scale: int) -> Iterator[OtherWindow]:
    command = [sys.executable, "-m", "tests.helpers.framed"]
    command += [str(each) for each in (SHARED.left, SHARED.top, SHARED.width, SHARED.height)]
    environment = {**os.environ, **display.environment, "QT_SCALE_FACTOR": str(scale)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        try:
            yield OtherWindow(program)
        finally:
            program.kill()


@pytest.mark.parametrize("scale", [1, 2])
def test_it_stands_around_what_is_shared_and_the_mouse_goes_through(
    monkeypatch: pytest.MonkeyPatch, scale: int
) -> None:
    need_program("Xvfb")
    with Xvfb(SCREEN.width, SCREEN.height) as screen:
        monkeypatch.setenv("DISPLAY", screen.name)
        display = Display()
        with framed(screen, scale) as frame:
            assert red(display) == ring(SHARED, THICK_PX * scale)
            assert under_the_mouse(display, SHARED.left - 2, SHARED.top + 50) == 0, "through the line"
            assert [w.area for w in list_windows(display, frame.pid)] == [], "nothing that could be shared"
            frame.tell("move 100 120")
            moved = Area(100, 120, SHARED.width, SHARED.height)
            assert red(display) == ring(moved, THICK_PX * scale)
        display.close()


def red(display: Display) -> set[tuple[int, int]]:
    """Where the frame's colour is."""
    pixels = Grabber(display).grab(display.root, SCREEN)[:, :, :3]
    rows, columns = np.nonzero((pixels == RED).all(axis=2))
    return set(zip(columns.tolist(), rows.tolist(), strict=True))


def ring(area: Area, thick: int) -> set[tuple[int, int]]:
    """The pixels around an area."""
    outer = Area(area.left - thick, area.top - thick, area.width + 2 * thick, area.height + 2 * thick)
    inside = {(x, y) for x in _across(area) for y in _down(area)}
    return {(x, y) for x in _across(outer) for y in _down(outer)} - inside


def _across(area: Area) -> range:
    return range(area.left, area.left + area.width)


def _down(area: Area) -> range:
    return range(area.top, area.top + area.height)


def under_the_mouse(display: Display, left: int, top: int) -> int:
    """The window on the root that the mouse would press there; 0 for none."""
    display.wire.demand(WARP_POINTER, struct.pack("<IIhhHHhh", 0, display.root, 0, 0, 0, 0, left, top))
    answer = display.wire.ask(QUERY_POINTER, struct.pack("<I", display.root))
    return int(struct.unpack_from("<I", answer, 12)[0])

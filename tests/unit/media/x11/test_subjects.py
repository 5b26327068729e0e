from __future__ import annotations

import struct

from tests.helpers.x11_window import other_window
from tests.helpers.xvfb import Xvfb
from visio_desktop.media.x11.display import Changes, Display
from visio_desktop.media.x11.subjects import OneWindow, Subject, WholeScreen
from visio_desktop.media.x11.windows import list_windows
from visio_desktop.meeting.areas import Area


def look(display: Display, subject: Subject) -> Changes:
    display.children(display.root)  # what has happened until it is answered is told before
    return subject.look()


RED, GREEN = [0, 0, 255], [0, 255, 0]
CHANGE_PROPERTY, CARDINAL = 18, 6


def test_a_screen_is_told_of_by_its_own_corner(screen: Xvfb, display: Display) -> None:
    right_half = WholeScreen(display, Area(320, 0, 320, 400))
    look(display, right_half)
    with other_window(screen, place=(100, 60, 300, 200)):
        painted = look(display, right_half).painted
        assert painted is not None
        assert painted.within(Area(0, 60, 80, 200)) == Area(0, 60, 80, 200)
        assert painted.within(Area(0, 0, 320, 400)) == painted
        assert right_half.grab(Area(79, 100, 2, 1))[0, :, :3].tolist()[0] == RED
        assert right_half.grab(Area(79, 100, 2, 1))[0, :, :3].tolist()[1] != RED
    left_half = WholeScreen(display, Area(0, 0, 50, 400))
    look(display, left_half)
    with other_window(screen, place=(100, 60, 300, 200)):
        assert look(display, left_half).painted is None, "elsewhere"


def test_nothing_that_lies_over_a_window_is_in_its_picture(screen: Xvfb, display: Display) -> None:
    with other_window(screen) as other:
        (found,) = list_windows(display, 0)
        window = OneWindow(display, found.number)
        with other_window(screen, "#00ff00", (0, 0, 640, 400)):
            assert WholeScreen(display, Area(0, 0, 640, 400)).grab(Area(60, 70, 1, 1))[0, 0, :3].tolist() == GREEN
            picture = window.grab(Area(0, 0, 300, 200))
            assert (picture[:, :, :3] == RED).all()
        other.tell("place 70 80 100 90")
        look(display, window)
        assert window.area == Area(70, 80, 100, 90)
        other.tell("hide")
        look(display, window)
        assert window.area is None
        other.tell("show")
        look(display, window)
        assert window.area is not None
        assert (window.grab(Area(0, 0, 100, 90))[:, :, :3] == RED).all()
        assert window.is_there()
        other.close()
        assert look(display, window).gone
        assert not window.is_there()


def test_the_shadow_around_a_window_is_left_out(screen: Xvfb, display: Display) -> None:
    with other_window(screen) as other:
        (found,) = list_windows(display, 0)
        for edges, area in (
            ((10, 20, 30, 40), Area(60, 90, 270, 130)),
            ((999, 999, 0, 0), Area(50, 60, 300, 200)),
            ((10,), Area(50, 60, 300, 200)),
        ):
            name, values = display.atom("_GTK_FRAME_EXTENTS"), struct.pack(f"<{len(edges)}I", *edges)
            body = struct.pack("<IIIB3xI", found.number, name, CARDINAL, 32, len(edges)) + values
            display.wire.demand(CHANGE_PROPERTY, body)
            window = OneWindow(display, found.number)
            assert window.area == area
        display.wire.demand(
            CHANGE_PROPERTY,
            struct.pack("<IIIB3xI", found.number, name, CARDINAL, 32, 4) + struct.pack("<4I", 10, 20, 30, 40),
        )
        window = OneWindow(display, found.number)
        look(display, window)
        other.tell("colour #00ff00")
        assert look(display, window) == Changes(Area(0, 0, 270, 130))
        assert (window.grab(Area(0, 0, 270, 130))[:, :, :3] == GREEN).all()

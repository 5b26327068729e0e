from __future__ import annotations

import pytest

from tests.helpers.x11_window import OtherWindow, other_window
from tests.helpers.xvfb import Xvfb
from visio_desktop.media.x11.display import Changes, Display
from visio_desktop.media.x11.windows import list_windows
from visio_desktop.media.x11.wire import X11Error
from visio_desktop.meeting.areas import Area


def only_window(display: Display) -> int:
    (window,) = list_windows(display, 0)
    return window.number


def changes(display: Display, window: int) -> Changes:
    display.children(display.root)  # what is answered after it is told comes with it
    return display.changes(window)


def test_a_window_is_described(screen: Xvfb, display: Display) -> None:
    with other_window(screen, title="Lettre à Zoé") as other:
        window = only_window(display)
        assert window in display.children(display.root)
        assert display.place(window) == Area(50, 60, 300, 200)
        assert display.text(window, "_NET_WM_NAME") == "Lettre à Zoé"
        assert display.numbers(window, "_NET_WM_PID") == (other.pid,)
        assert display.text(window, "NO_SUCH_NAME") == ""
        assert display.numbers(window, "NO_SUCH_NUMBERS") == ()
        assert display.is_seen(window)
        assert display.is_plain(window)
        other.tell("hide")
        assert not display.is_seen(window)
        other.close()
        with pytest.raises(X11Error):
            display.place(window)


def test_what_happens_to_a_window_is_told(screen: Xvfb, display: Display) -> None:
    with other_window(screen) as other:
        window = only_window(display)
        assert display.watch(window)
        assert changes(display, window).painted == Area(0, 0, 300, 200), "as it is when it begins"
        assert changes(display, window) == Changes()
        other.tell("colour #00ff00")
        assert changes(display, window) == Changes(Area(0, 0, 300, 200))
        assert changes(display, window) == Changes(), "told once"
        other.tell("place 70 80 200 100")
        assert changes(display, window).moved
        told(display, window, other)


def told(display: Display, window: int, other: OtherWindow) -> None:
    other.tell("hide")
    assert changes(display, window).moved
    other.close()
    assert changes(display, window).gone


def test_a_part_of_the_screen_is_told_apart_from_the_rest(screen: Xvfb, display: Display) -> None:
    assert display.watch(display.root)
    changes(display, display.root)
    with other_window(screen):
        painted = changes(display, display.root).painted
        assert painted is not None
        assert painted.within(Area(50, 60, 300, 200)) == Area(50, 60, 300, 200)
        assert not changes(display, display.root).gone


def test_a_picture_of_a_window_is_to_be_had_while_it_is_seen(screen: Xvfb, display: Display) -> None:
    with other_window(screen) as other:
        window = only_window(display)
        display.draw_aside(window)
        display.give_back(display.picture_of(window))
        other.tell("hide")
        with pytest.raises(X11Error):
            display.picture_of(window)

from __future__ import annotations

import pytest

from tests.helpers.needs import need_program
from tests.helpers.x11_window import PLACE, other_window
from tests.helpers.xvfb import Xvfb
from visio_desktop.media.screens import list_screens
from visio_desktop.media.specs import SpecKind, parse_spec
from visio_desktop.meeting.values import DeviceKind, Screen


def test_a_screen_is_listed_with_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    need_program("Xvfb")
    with Xvfb(640, 400) as display:
        monkeypatch.setenv("DISPLAY", display.name)
        assert list_screens() == (Screen("screen:1", 1, 640, 400),)
        with other_window(display, title="Letter"):
            screen, window = list_screens()
            assert (window.number, window.title) == (0, "Letter")
            assert (window.left_px, window.top_px, window.width_px, window.height_px) == PLACE
            assert parse_spec(window.spec, DeviceKind.CAMERA).kind is SpecKind.WINDOW
            assert screen.number == 1
        monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
        assert list_screens() == ()


def test_without_a_display_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    assert list_screens() == ()

from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.x11_window import other_window
from tests.helpers.xvfb import Xvfb
from visio_desktop.media.x11.display import Display
from visio_desktop.media.x11.grabbing import Grabber
from visio_desktop.media.x11.wire import X11Error
from visio_desktop.meeting.areas import Area

CORNER = Area(40, 50, 20, 20)


def test_pixels_come_blue_first_both_ways(screen: Xvfb, display: Display) -> None:
    with other_window(screen, "#102030"):
        shared, sent = Grabber(display), Grabber(display)
        sent._shares = False
        fast, slow = shared.grab(display.root, CORNER).copy(), sent.grab(display.root, CORNER)
        assert shared._memory is not None
        assert sent._memory is None
        assert np.array_equal(fast, slow)
        assert fast[-1, -1].tolist()[:3] == [0x30, 0x20, 0x10]
        assert fast[0, 0].tolist()[:3] != [0x30, 0x20, 0x10]
        larger = shared.grab(display.root, Area(0, 0, 640, 400))
        assert larger.shape == (400, 640, 4)
        assert np.array_equal(larger[50:70, 40:60], slow)


@pytest.mark.parametrize("area", [Area(0, 0, 0, 10), Area(0, 0, 20_000, 2), Area(600, 0, 80, 10)])
def test_what_cannot_be_fetched_is_an_error(screen: Xvfb, display: Display, area: Area) -> None:
    grabber = Grabber(display)
    with pytest.raises(X11Error):
        grabber.grab(display.root, area)
    assert grabber.grab(display.root, Area(0, 0, 4, 4)).shape == (4, 4, 4)


def test_a_display_far_away_sends_its_pixels(screen: Xvfb, display: Display, monkeypatch: pytest.MonkeyPatch) -> None:
    grabber = Grabber(display)
    demand = display.wire.demand

    def refuse(opcode: int, body: bytes, *, extension: str = "", detail: int = 0, file: int | None = None) -> None:
        if extension == "MIT-SHM":
            raise X11Error("cannot share memory")
        demand(opcode, body, extension=extension, detail=detail, file=file)

    monkeypatch.setattr(display.wire, "demand", refuse)
    assert grabber.grab(display.root, CORNER).shape == (20, 20, 4)
    assert not grabber._shares

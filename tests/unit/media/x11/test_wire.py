from __future__ import annotations

import struct

import pytest

from tests.helpers.xvfb import Xvfb
from visio_desktop.media.x11.wire import Wire, X11Error

GEOMETRY = 14


def test_it_asks_and_is_answered(screen: Xvfb) -> None:
    wire = Wire()
    answer = wire.ask(GEOMETRY, struct.pack("<I", wire.root))
    assert struct.unpack_from("<HH", answer, 16) == (640, 400)
    assert len(answer) == 32
    assert list(wire.events()) == []
    wire.wait(0.0)
    assert wire.new_id() != wire.new_id()
    wire.close()
    wire.close()
    with pytest.raises(X11Error):
        wire.ask(GEOMETRY, struct.pack("<I", 1))


def test_what_is_refused_is_an_error_and_the_wire_goes_on(screen: Xvfb) -> None:
    wire = Wire()
    with pytest.raises(X11Error, match="14"):
        wire.ask(GEOMETRY, struct.pack("<I", 0x7FFFFFFF))
    with pytest.raises(X11Error):
        wire.demand(54, struct.pack("<I", 0x7FFFFFFF))
    assert wire.ask(GEOMETRY, struct.pack("<I", wire.root))
    wire.close()


def test_extensions_are_known_before_they_are_asked(screen: Xvfb) -> None:
    wire = Wire()
    assert [wire.has(name) for name in ("Composite", "DAMAGE", "XFIXES", "NO-SUCH")] == [True, True, True, False]
    assert wire.first_event("DAMAGE") > 63
    wire.close()


def test_without_a_display_there_is_no_wire(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":987")
    with pytest.raises(X11Error):
        Wire()


def test_a_display_that_is_gone_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with Xvfb(320, 200) as display:
        monkeypatch.setenv("DISPLAY", display.name)
        wire = Wire()
    with pytest.raises(X11Error):
        wire.ask(GEOMETRY, struct.pack("<I", wire.root))
    with pytest.raises(X11Error):
        wire.demand(54, struct.pack("<I", 1))
    assert list(wire.events()) == []
    wire.close()

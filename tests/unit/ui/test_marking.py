from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import FakeEngine, ready
from tests.helpers.fake_meeting import meeting_of, person
from tests.helpers.organisation import decided
from visio_desktop.settings.schema import UNKNOWN_MARKING
from visio_desktop.system.colours import contrast
from visio_desktop.system.texts import set_language, tr
from visio_desktop.ui.dialogs.light import LightDialog
from visio_desktop.ui.marking import Marking, MarkingStrip
from visio_desktop.ui.widgets.casting import cast_of
from visio_desktop.ui.widgets.video_surface import WakeUp
from visio_desktop.ui.window import MainWindow, WindowSetup
from visio_desktop.ui.windows.share_bar import ShareBar
from visio_desktop.ui.windows.small import SmallWindow
from visio_desktop.ui.windows.tile_window import TileWindow

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06X}")


@given(COLOURS)
def test_the_text_can_be_read_on_any_colour(colour: str) -> None:
    marking = Marking("x", colour)
    assert contrast(marking.ink, marking.ground) >= 4.5


def main_window() -> QWidget:
    return MainWindow(FakeEngine(ready()), WindowSetup())


def tile_window() -> QWidget:
    return TileWindow(FakeEngine(), WakeUp(), cast_of(meeting_of(person(0), person(1)))[0])


def small_window() -> QWidget:
    return SmallWindow(FakeEngine(), WakeUp(), lambda _intent: None)


WINDOWS = {"main": main_window, "tile": tile_window, "small": small_window, "bar": ShareBar}


@pytest.mark.parametrize("make", [*WINDOWS.values(), lambda: LightDialog("A dialog")], ids=[*WINDOWS, "dialog"])
def test_every_window_is_marked_at_its_top_and_for_screen_readers(qtbot: QtBot, make: Callable[[], QWidget]) -> None:
    with decided(classification="Diffusion restreinte", classification_colour="#FFFF00"):
        window = make()
        qtbot.addWidget(window)
        with qtbot.waitExposed(window):
            window.show()
        strips = window.findChildren(MarkingStrip)
        assert [strip.text() for strip in strips] == ["Diffusion restreinte"]
        place = strips[0].mapTo(window, strips[0].rect().topLeft())
        assert place.y() <= 20
        pixel = strips[0].grab().toImage().pixelColor(2, 2).name().upper()
        assert pixel == "#FFFF00"
        interface = QAccessible.queryAccessibleInterface(strips[0])
        assert interface.text(QAccessible.Text.Name) == tr("support.marking", text="Diffusion restreinte")
        window.close()


def test_what_was_not_understood_is_said_in_the_language_in_use(qtbot: QtBot) -> None:
    with decided(classification=UNKNOWN_MARKING):
        window = MainWindow(FakeEngine(ready()), WindowSetup())
        qtbot.addWidget(window)
        assert window.marking is not None
        assert window.marking.text() == tr("support.marking_unknown")
        set_language("fr")
        window.renew()
        assert window.marking.text() == tr("support.marking_unknown")
        assert window.marking.text().startswith("Mention")
        set_language(None)

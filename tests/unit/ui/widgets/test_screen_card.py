from __future__ import annotations

from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import FakeEngine
from visio_desktop.engine import PREVIEW
from visio_desktop.meeting.areas import Area
from visio_desktop.meeting.frames import Picture
from visio_desktop.meeting.values import Screen
from visio_desktop.ui.widgets.screen_card import ScreenCard


def test_a_screen_shows_its_picture_and_is_named(qtbot: QtBot) -> None:
    engine = FakeEngine()
    card = ScreenCard(Screen("screen:2", 2, 1920, 1080), engine)
    qtbot.addWidget(card)
    with qtbot.waitExposed(card):
        card.show()
    assert card.accessibleName() == "Screen 2, 1920\u00d71080"
    (sink,) = engine.sinks[f"{PREVIEW}screen:2"]
    target = sink.target()
    assert target is not None
    red = bytes((0, 0, 255, 255)) * (target.width_px * target.height_px)
    sink.put(Picture(red, target.width_px, target.height_px, 1920, 1080))
    qtbot.waitUntil(lambda: card.grab().toImage().pixelColor(card.rect().center()).name() == "#ff0000")
    card.click()
    assert card.isChecked()


def test_a_window_is_named_by_its_title(qtbot: QtBot) -> None:
    card = ScreenCard(Screen("window:0x12", 0, 640, 480, "Letter <1>", 10, 20), FakeEngine())
    qtbot.addWidget(card)
    assert card.is_window
    assert card.area == Area(10, 20, 640, 480)
    assert card.accessibleName() == "Window Letter <1>"
    assert card.toolTip() == "Letter &lt;1&gt;", "no markup"

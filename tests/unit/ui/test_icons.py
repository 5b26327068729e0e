from __future__ import annotations

import re

from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon, QImage
from pytestqt.qtbot import QtBot

from visio_desktop.system.paths import resources
from visio_desktop.ui import icons


def colours(image: QImage) -> set[str]:
    every = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {colour.name() for colour in every if colour.alpha() == 255}


def test_an_icon_has_the_colour_and_the_size_asked_for(qtbot: QtBot) -> None:
    drawn = icons.pixmap("mic", "#ff0000", 24, 2.0)
    assert (drawn.width(), drawn.devicePixelRatio()) == (48, 2.0)
    assert colours(drawn.toImage()) == {"#ff0000"}


def test_a_checked_button_has_the_other_colour(qtbot: QtBot) -> None:
    made = icons.icon("mic", "#ffffff", "#000000")
    off = made.pixmap(QSize(24, 24), 1.0, QIcon.Mode.Normal, QIcon.State.Off)
    on = made.pixmap(QSize(24, 24), 1.0, QIcon.Mode.Normal, QIcon.State.On)
    assert colours(off.toImage()) == {"#ffffff"}
    assert colours(on.toImage()) == {"#000000"}


def test_every_icon_can_be_coloured_and_has_its_licence() -> None:
    folder = resources() / "icons"
    assert "Apache" in (folder / "LICENSE").read_text(encoding="utf-8")
    for path in folder.glob("*.svg"):
        assert re.search(r"<path ", path.read_text(encoding="utf-8")), path.name


def test_a_chosen_row_has_its_own_colour(qtbot: QtBot) -> None:
    made = icons.icon("mic", "#ffffff", active_colour="#000000")
    assert colours(made.pixmap(QSize(24, 24), 1.0, QIcon.Mode.Normal).toImage()) == {"#ffffff"}
    assert colours(made.pixmap(QSize(24, 24), 1.0, QIcon.Mode.Active).toImage()) == {"#000000"}

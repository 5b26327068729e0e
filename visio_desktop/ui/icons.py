"""The icons: Material Symbols in any colour and size, drawn once."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from visio_desktop.system.paths import resources


@cache
def pixmap(name: str, colour: str, size_px: int, ratio: float = 1.0) -> QPixmap:
    """The icon `resources/icons/<name>.svg` in one colour; `ratio` is the screen's device pixel ratio."""
    svg = (resources() / "icons" / f"{name}.svg").read_bytes()
    renderer = QSvgRenderer(QByteArray(svg.replace(b"<path ", f'<path fill="{colour}" '.encode())))
    image = QPixmap(QSize(size_px, size_px) * ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image


@cache
def icon(name: str, colour: str, checked_colour: str = "", size_px: int = 24, active_colour: str = "") -> QIcon:
    """An icon; `checked_colour` is used while its button is checked, `active_colour` in the chosen row of a menu."""
    made = QIcon()
    for ratio in (1.0, 2.0):
        made.addPixmap(pixmap(name, colour, size_px, ratio), QIcon.Mode.Normal, QIcon.State.Off)
        if checked_colour:
            made.addPixmap(pixmap(name, checked_colour, size_px, ratio), QIcon.Mode.Normal, QIcon.State.On)
        if active_colour:
            made.addPixmap(pixmap(name, active_colour, size_px, ratio), QIcon.Mode.Active, QIcon.State.Off)
    return made

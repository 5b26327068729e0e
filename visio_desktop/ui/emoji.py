"""The reactions' pictures, drawn once for each size: no font with coloured signs is needed."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from visio_desktop.meeting.rooms import Emoji
from visio_desktop.system.paths import resources
from visio_desktop.system.texts import tr


@cache
def pixmap(emoji: Emoji, size_px: int, ratio: float = 1.0) -> QPixmap:
    """The picture `resources/emoji/<name>.svg`; `ratio` is the screen's device pixel ratio."""
    image = QPixmap(QSize(size_px, size_px) * ratio)
    image.fill(Qt.GlobalColor.transparent)
    renderer = QSvgRenderer(str(resources() / "emoji" / f"{emoji.value}.svg"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(image.rect()))
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image


@cache
def icon(emoji: Emoji, size_px: int) -> QIcon:
    """The picture for a button."""
    made = QIcon()
    for ratio in (1.0, 2.0):
        made.addPixmap(pixmap(emoji, size_px, ratio))
    return made


def spoken(emoji: Emoji) -> str:
    """What a screen reader says of it."""
    return tr(f"reactions.{emoji.value.replace('-', '_')}")

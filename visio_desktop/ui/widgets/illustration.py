"""The drawing on the home page: a meeting, as a few shapes. Decoration only."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QWidget

from visio_desktop.ui import theme

_WIDTH: Final = 440.0
_HEIGHT: Final = 360.0
# Place, ground, body, head: tiles of 150 x 110 around a blob.
_TILES: Final = (
    (50.0, 62.0, "#E3E3FB", "#6A6AF4", "#F2C9A1"),
    (240.0, 40.0, "#FBE3D6", "#CA5B32", "#8D5A3B"),
    (66.0, 196.0, "#D6F0E4", "#1F8A5B", "#5C3A25"),
    (256.0, 174.0, "#F3E1F5", "#8A3FA0", "#E8B58F"),
)


class Illustration(QWidget):
    """Scales with its place, keeping its shape."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumSize(220, 180)
        self.setMaximumSize(880, 720)

    def sizeHint(self) -> QSize:
        """The size it is drawn for."""
        return QSize(round(_WIDTH), round(_HEIGHT))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the blob, four people and a bar with buttons."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scale = min(self.width() / _WIDTH, self.height() / _HEIGHT)
        painter.translate((self.width() - _WIDTH * scale) / 2, (self.height() - _HEIGHT * scale) / 2)
        painter.scale(scale, scale)
        painter.setPen(Qt.PenStyle.NoPen)
        _paint_blob(painter)
        for x, y, ground, body, head in _TILES:
            _paint_person(painter, QRectF(x, y, 150, 110), QColor(ground), QColor(body), QColor(head))
        _paint_bar(painter)
        painter.end()


def _paint_blob(painter: QPainter) -> None:
    blob = QPainterPath(QPointF(24, 190))
    blob.cubicTo(10, 70, 120, 0, 250, 14)
    blob.cubicTo(390, 26, 440, 110, 424, 220)
    blob.cubicTo(408, 330, 290, 356, 190, 348)
    blob.cubicTo(90, 342, 34, 290, 24, 190)
    painter.fillPath(blob, QColor(theme.SOFT_ACTION))


def _paint_person(painter: QPainter, tile: QRectF, ground: QColor, body: QColor, head: QColor) -> None:
    frame = QPainterPath()
    frame.addRoundedRect(tile, 10, 10)
    painter.fillPath(frame, ground)
    shoulders = QPainterPath()
    shoulders.addEllipse(QPointF(tile.center().x(), tile.bottom() + 16), 46, 50)
    painter.fillPath(shoulders.intersected(frame), body)
    painter.setBrush(head)
    painter.drawEllipse(QPointF(tile.center().x(), tile.top() + 46), 22, 24)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QColor(theme.PAPER))
    painter.drawPath(frame)
    painter.setPen(Qt.PenStyle.NoPen)


def _paint_bar(painter: QPainter) -> None:
    painter.setBrush(QColor(theme.ROOM))
    painter.drawRoundedRect(QRectF(150, 318, 150, 30), 8, 8)
    for place, colour in enumerate((theme.SELECTED, theme.SELECTED, theme.SELECTED, "#EF6A66")):
        painter.setBrush(QColor(colour))
        painter.drawRoundedRect(QRectF(164 + place * 33, 326, 22, 14), 4, 4)

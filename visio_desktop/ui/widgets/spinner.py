"""A turning arc: something is under way."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QWidget

from visio_desktop.ui import theme

_SIZE_PX: Final = 50
_EVERY_MS: Final = 40
_STEP_DEGREES: Final = 14


class Spinner(QWidget):
    """Turns only while it is seen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._angle = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self._turn)
        self.setFixedSize(_SIZE_PX, _SIZE_PX)

    @property
    def turning(self) -> bool:
        """Whether it turns now."""
        return self._timer.isActive()

    def showEvent(self, event: QShowEvent) -> None:
        """Begin."""
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop."""
        super().hideEvent(event)
        self._timer.stop()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ring and the arc on it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring = QRectF(self.rect()).adjusted(4, 4, -4, -4)
        for colour, start, span in ((theme.SOFT_ACTION, 0, 360), (theme.ACTION, -self._angle, 100)):
            painter.setPen(QPen(QColor(colour), 5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawArc(ring, start * 16, span * 16)
        painter.end()

    def _turn(self) -> None:
        self._angle = (self._angle + _STEP_DEGREES) % 360
        self.update()

"""How loud the microphone is, as a row of lamps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from visio_desktop.system.texts import tr
from visio_desktop.ui import theme

LAMPS: Final = 12
_QUIET_DB: Final = -55.0
_LOUD_DB: Final = -7.0
_EVERY_MS: Final = 50
_GAP_PX: Final = 3
_OFF: Final = "#DDDDDD"


class LevelMeter(QWidget):
    """Asks `read` for dBFS 20 times a second, only while it is seen."""

    def __init__(self, read: Callable[[], float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._read = read
        self._lit = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.poll)
        self.setAccessibleName(tr("pages.level"))
        self.setToolTip(tr("pages.level"))
        self.setMinimumWidth(80)
        self.setFixedHeight(12)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def lit(self) -> int:
        """How many lamps are lit, 0 to `LAMPS`."""
        return self._lit

    def poll(self) -> None:
        """Look once."""
        lit = lamps_lit(self._read())
        if lit != self._lit:
            self._lit = lit
            self.setAccessibleDescription(f"{lit}/{LAMPS}")
            self.update()

    def sizeHint(self) -> QSize:
        """A slim row."""
        return QSize(180, 12)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to look."""
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Look no more."""
        super().hideEvent(event)
        self._timer.stop()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the lamps."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        step = (self.width() + _GAP_PX) / LAMPS
        for lamp in range(LAMPS):
            painter.setBrush(QColor(theme.ACTION if lamp < self._lit else _OFF))
            painter.drawRoundedRect(QRectF(lamp * step, 0, step - _GAP_PX, self.height()), 3, 3)
        painter.end()


def lamps_lit(level_db: float) -> int:
    """The number of lamps for a level in dBFS."""
    share = (level_db - _QUIET_DB) / (_LOUD_DB - _QUIET_DB)
    return round(LAMPS * min(1.0, max(0.0, share)))

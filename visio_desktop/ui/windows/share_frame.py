"""A line around what is shared, over all other windows; the mouse goes through it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QWidget

from visio_desktop.ui import theme

THICK_PX: Final = 4
_FLAGS: Final = (
    Qt.WindowType.Tool
    | Qt.WindowType.FramelessWindowHint
    | Qt.WindowType.WindowStaysOnTopHint
    | Qt.WindowType.WindowTransparentForInput
    | Qt.WindowType.WindowDoesNotAcceptFocus
    | Qt.WindowType.X11BypassWindowManagerHint
)


class ShareFrame(QWidget):
    """Seen from `frame` to `hide`. Of a window it stands around it, of a screen on its edge, within it."""

    def __init__(self) -> None:
        super().__init__(None, _FLAGS)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, on=False)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._colour = theme.LEAVE

    def frame(self, area: QRect, screen: QRect, *, paused: bool) -> None:
        """Stand around an area of this screen; another colour says that it is paused."""
        self._colour = theme.HAND if paused else theme.LEAVE
        outer, ring = ring_around(area, screen)
        if self.geometry() != outer or self.mask() != ring:
            self.setGeometry(outer)
            self.setMask(ring)
        self.show()
        self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """All in one colour; the mask leaves the line."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(self._colour))
        painter.end()


def ring_around(area: QRect, screen: QRect) -> tuple[QRect, QRegion]:
    """Where the frame's window stands, and what of it is left: a line around the area, on the screen everywhere."""
    thick = THICK_PX
    outer = area.adjusted(-thick, -thick, thick, thick).intersected(screen)
    inner = outer.adjusted(thick, thick, -thick, -thick)
    ring = QRegion(outer).subtracted(QRegion(inner))
    return outer, ring.translated(-outer.topLeft())

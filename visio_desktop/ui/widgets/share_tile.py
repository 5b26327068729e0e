"""The tile of a shared screen: small, a click brings it to the front; large, it can be zoomed and moved.

Ctrl and the wheel, or + and -, zoom; dragging or the arrows move; 0 or a double click go between whole and actual size.
What is zoomed is asked for in that size, so that it is sharp as far as the sender's pixels go.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QMenu

from visio_desktop.meeting.frames import PictureTarget
from visio_desktop.system.texts import tr
from visio_desktop.ui import theme
from visio_desktop.ui.widgets.video_tile import VideoTile
from visio_desktop.ui.widgets.zoom import STEP, Zoom, actual_size

LARGEST_PX: Final = (3840, 2160)
_MOVE_PX: Final = 60.0
_KEYS: Final = {Qt.Key.Key_Plus: STEP, Qt.Key.Key_Equal: STEP, Qt.Key.Key_Minus: 1 / STEP}
_ARROWS: Final = {
    Qt.Key.Key_Left: (_MOVE_PX, 0.0),
    Qt.Key.Key_Right: (-_MOVE_PX, 0.0),
    Qt.Key.Key_Up: (0.0, _MOVE_PX),
    Qt.Key.Key_Down: (0.0, -_MOVE_PX),
}


class ShareTile(VideoTile):
    """As any tile, and more while it is large."""

    _large = False
    _zoom = Zoom()
    _dragged_from: QPointF | None = None

    def set_large(self, *, large: bool) -> None:
        """Whether it is the one looked at; small again it shows the whole picture."""
        self._large = large
        if not large:
            self._set_zoom(Zoom())

    @property
    def zoom(self) -> Zoom:
        """What is seen of the picture."""
        return self._zoom

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Larger or smaller, about a point of the tile, its middle without one."""
        self._zoom_to(self._zoom.factor * factor, at)

    def toggle_actual_size(self, at: QPointF | None = None) -> None:
        """Between the whole picture and one pixel for each of its pixels."""
        whole = not self._zoom.is_whole
        self._zoom_to(1.0 if whole else actual_size(self._area(), self._shared_px()), at)

    def zoom_key(self, event: QKeyEvent) -> bool:
        """Zoom or move by a key; whether it was one of these."""
        key = Qt.Key(event.key())
        if not self._large or event.modifiers() & ~(
            Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
        ):
            return False
        if key in _KEYS:
            self.zoom_by(_KEYS[key])
        elif key is Qt.Key.Key_0:
            self.toggle_actual_size()
        elif key in _ARROWS and not self._zoom.is_whole:
            self._set_zoom(self._zoom.moved(_ARROWS[key], self._area(), self._shared_px()))
        else:
            return False
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom and move; the rest is any tile's."""
        if not self.zoom_key(event):
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """With Ctrl the wheel zooms where the mouse is."""
        turned = event.angleDelta().y()
        if self._large and turned and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(STEP if turned > 0 else 1 / STEP, event.position())
            event.accept()
        else:
            super().wheelEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """What is zoomed can be taken hold of."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._dragged_from = event.position()
        super().mousePressEvent(event)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what is zoomed."""
        if self._dragged_from is not None and not self._zoom.is_whole:
            moved, self._dragged_from = event.position() - self._dragged_from, event.position()
            self._set_zoom(self._zoom.moved((moved.x(), moved.y()), self._area(), self._shared_px()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on a small one brings it to the front."""
        pressed, self._dragged_from = self._dragged_from is not None, None
        if pressed and not self._large and self.rect().contains(event.position().toPoint()):
            self.pin_asked.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Between whole and actual size."""
        if self._large:
            self.toggle_actual_size(event.position())
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stay within the picture."""
        self._zoom = self._zoom.held(self._area(), self._shared_px())
        super().resizeEvent(event)

    def _fill_menu(self, menu: QMenu) -> None:
        """What keys and wheel do, for those who use neither."""
        super()._fill_menu(menu)
        if self._large:
            menu.addAction(tr("stage.zoom_in")).triggered.connect(lambda: self.zoom_by(STEP))
            menu.addAction(tr("stage.zoom_out")).triggered.connect(lambda: self.zoom_by(1 / STEP))
            whole = "stage.zoom_actual" if self._zoom.is_whole else "stage.zoom_whole"
            menu.addAction(tr(whole)).triggered.connect(lambda: self.toggle_actual_size())  # noqa: PLW0108 - not checked

    def _zoom_to(self, factor: float, at: QPointF | None) -> None:
        area = self._area()
        point = (at.x(), at.y()) if at is not None else (area[0] / 2, area[1] / 2)
        self._set_zoom(self._zoom.to(factor, area, self._shared_px(), point))

    def _set_zoom(self, zoom: Zoom) -> None:
        if zoom != self._zoom:
            self._zoom = zoom
            self.setCursor(Qt.CursorShape.ArrowCursor if zoom.is_whole else Qt.CursorShape.OpenHandCursor)
            self._aim()
            self.update()

    def _area(self) -> tuple[float, float]:
        return max(1.0, self.width()), max(1.0, self.height())

    def _shared_px(self) -> tuple[float, float]:
        """The size of what is shared in the window's px, as far as it is known."""
        picture, ratio = self.mailbox.latest(), self.devicePixelRatioF()
        if picture is None:
            return self._area()
        return max(1.0, picture.source_width_px / ratio), max(1.0, picture.source_height_px / ratio)

    def _target(self) -> PictureTarget:
        whole, factor = super()._target(), self._zoom.factor
        scale = min(factor, *(most / max(1, side) for most, side in zip(LARGEST_PX, _sides(whole), strict=True)))
        scale = max(1.0, scale)
        return PictureTarget(round(whole.width_px * scale), round(whole.height_px * scale), cover=whole.cover)

    def _paint_picture(self, painter: QPainter, image: QImage) -> None:
        if self._zoom.is_whole:
            super()._paint_picture(painter, image)
            return
        image.setDevicePixelRatio(1.0)
        painter.fillRect(self.rect(), QColor(theme.TILE))
        box = self._zoom.box(self._area(), (image.width(), image.height()))
        place = QRectF(box.x, box.y, box.width, box.height)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, image)


def _sides(target: PictureTarget) -> tuple[int, int]:
    return target.width_px, target.height_px

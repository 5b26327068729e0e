"""A drop-down list in the light pages' look: a chevron, and long texts ended by an ellipsis instead of cut."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QStyle, QStyleOptionComboBox, QStylePainter, QWidget

from visio_desktop.ui import icons, theme

ICON_PX: Final = 18
_CHEVRON_PX: Final = 20
_AROUND_TEXT_PX: Final = 48


class DropDown(QComboBox):
    """Scrolling the page over it changes nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setMinimumHeight(40)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave it to the page."""
        event.ignore()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the field, the text as far as it fits, the chevron."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        has_icon = not self.itemIcon(self.currentIndex()).isNull()
        room_px = self.width() - _AROUND_TEXT_PX - (ICON_PX + 8 if has_icon else 0)
        option.currentText = self.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideRight, room_px)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        chevron = icons.pixmap("keyboard_arrow_down", theme.INK, _CHEVRON_PX, self.devicePixelRatioF())
        painter.drawPixmap(QPoint(self.width() - _CHEVRON_PX - 8, (self.height() - _CHEVRON_PX) // 2), chevron)
        painter.end()

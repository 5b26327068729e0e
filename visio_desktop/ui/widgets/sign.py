"""The sign at the head of the pages outside the meeting: the organisation's logo, or the program's own."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QLabel

from visio_desktop.ui import brand, icons, theme

_OWN_PX = 30


class Sign(QLabel):
    """Changes by itself when the logo was read."""

    def __init__(self) -> None:
        super().__init__()
        brand.LOGO.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        image = brand.LOGO.image
        if image is None:
            self.setPixmap(icons.pixmap("videocam_fill", theme.ACTION, _OWN_PX, self.devicePixelRatioF()))
            return
        picture = QPixmap.fromImage(image)
        size = QSize(image.width(), image.height())
        ratio = max(size.width() / brand.LOGO_PX.width(), size.height() / brand.LOGO_PX.height(), 1.0)
        picture.setDevicePixelRatio(ratio)
        self.setPixmap(picture)

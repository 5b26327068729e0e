"""A button that copies a text and says that it has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from visio_desktop.system.texts import tr
from visio_desktop.ui import theme
from visio_desktop.ui.announce import announce

COPIED_MS: Final = 3_000


class CopyButton(QPushButton):
    """Copies what `given` gives, and says so for a while, also to a screen reader."""

    def __init__(self, text: str, given: Callable[[], str]) -> None:
        super().__init__()
        self._said = text
        self._given = given
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(lambda: self.setText(self._said))
        self.setText(text)
        self.setMinimumHeight(theme.BUTTON_PX)
        self.setAutoDefault(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        widest = max((text, tr("invitation.copied")), key=self.fontMetrics().horizontalAdvance)
        self.setMinimumWidth(self.fontMetrics().horizontalAdvance(widest) + 48)
        self.clicked.connect(self._copy)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._given())
        self.setText(tr("invitation.copied"))
        self._rest.start(COPIED_MS)
        announce(self, tr("invitation.copied"))

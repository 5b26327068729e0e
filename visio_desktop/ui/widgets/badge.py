"""A count on the corner of a button."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QToolButton, QWidget

from visio_desktop.ui.widgets.buttons import set_property

_MOST_COUNTED = 99
_SIZE_PX = (24, 18)


class Badge(QLabel):
    """Yellow where it is about something to be looked at."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("badge")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFixedSize(*_SIZE_PX)
        self.hide()

    def count(self, number: int, *, urgent: bool) -> None:
        """Show a number, 99 at most."""
        self.setText(str(min(number, _MOST_COUNTED)))
        set_property(self, "urgent", value=urgent)

    def sit_on(self, button: QToolButton) -> None:
        """On the upper right corner of a button of the same parent."""
        parent = self.parentWidget()
        if parent is not None:
            corner = button.mapTo(parent, button.rect().topRight())
            self.move(corner.x() - 16, corner.y() - 4)
            self.raise_()

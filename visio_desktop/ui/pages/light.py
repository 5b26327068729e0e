"""What the pages outside the room share: paper, the header, room to scroll when the window is small."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from visio_desktop.meeting.state import Meeting
from visio_desktop.system.texts import tr
from visio_desktop.ui import brand, theme
from visio_desktop.ui.widgets.controls import icon_button, label
from visio_desktop.ui.widgets.sign import Sign

HEADER_PX: Final = 76


class LightPage(QWidget):
    """A page on paper. `body` is what scrolls; `intent` and `settings_asked` go to the window.

    `details_asked` wants to see the connection test, `rooms_asked` the list of rooms of the server at this address.
    """

    intent = Signal(object)
    settings_asked = Signal()
    details_asked = Signal()
    rooms_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet(theme.style("page"))
        self.body = QWidget()
        self.body.setObjectName("body")
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self.body)
        column = self._whole = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header())
        column.addWidget(self._scroll, 1)

    def show_meeting(self, meeting: Meeting) -> None:
        """Show a snapshot."""

    def take_focus(self) -> None:
        """The page has just come: put the keyboard where work begins."""

    def put_on_top(self, bar: QWidget) -> None:
        """Put something above the page's head."""
        self._whole.insertWidget(0, bar)
        bar.show()

    def forgo_settings(self) -> None:
        """There are none here."""
        self.gear.hide()

    def _header(self) -> QWidget:
        header = QWidget()
        header.setFixedHeight(HEADER_PX)
        across = QHBoxLayout(header)
        across.setContentsMargins(36, 0, 24, 0)
        across.setSpacing(10)
        across.addWidget(Sign())
        across.addWidget(label(brand.product(), "product", wrap=False))
        across.addStretch(1)
        self.gear = icon_button("settings", tr("pages.settings"))
        self.gear.clicked.connect(self.settings_asked)
        across.addWidget(self.gear)
        return header

"""Says that one's own screen is shared, and stops it. The screen itself is not shown: it would show itself again."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from visio_desktop.meeting.intents import SetSourceOn
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Source
from visio_desktop.system.texts import tr
from visio_desktop.ui import icons, theme
from visio_desktop.ui.widgets.controls import push_button


class ShareCard(QFrame):
    """Floats at the top of the stage while one shares."""

    intent = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("hint")
        self.setAccessibleName(tr("stage.you_share"))
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 6, 6)
        sign = QLabel()
        sign.setPixmap(icons.pixmap("screen_share", theme.TEXT_ON_DARK, theme.ICON_PX, self.devicePixelRatioF()))
        row.addWidget(sign)
        row.addWidget(QLabel(tr("stage.you_share")))
        self.stop = push_button(tr("stage.stop_share"))
        self.stop.clicked.connect(lambda: self.intent.emit(SetSourceOn(Source.SCREEN, on=False)))
        row.addWidget(self.stop)
        self.hide()

    def show_meeting(self, meeting: Meeting) -> None:
        """Show a snapshot."""
        self.setVisible(meeting.screen_on)

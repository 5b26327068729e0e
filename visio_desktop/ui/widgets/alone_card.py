"""Says that nobody else has been here for long, and how soon the meeting will be left."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from visio_desktop.meeting.intents import Leave, StayAlone
from visio_desktop.meeting.state import Meeting
from visio_desktop.system.clock import Clock
from visio_desktop.system.texts import tr
from visio_desktop.ui.widgets.controls import push_button

WIDTH_PX = 380


class AloneCard(QFrame):
    """In the middle of the stage while the time runs; `now` is epoch time."""

    intent = Signal(object)

    def __init__(self, parent: QWidget, *, now: Clock) -> None:
        super().__init__(parent)
        self.setObjectName("hint")
        self.setFixedWidth(WIDTH_PX)
        self._now = now
        self._leave_at_ms: float | None = None
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stay = push_button(tr("stage.alone_stay"))
        self.stay.clicked.connect(lambda: self.intent.emit(StayAlone()))
        self.leave = push_button(tr("stage.alone_leave"))
        self.leave.clicked.connect(lambda: self.intent.emit(Leave()))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(self.text)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.stay)
        row.addWidget(self.leave)
        row.addStretch(1)
        column.addLayout(row)
        self._ticks = QTimer(self)
        self._ticks.setInterval(1000)
        self._ticks.timeout.connect(self._count)
        self.hide()

    def show_meeting(self, meeting: Meeting) -> None:
        """Come and go with the warning; it is said once, the seconds are not."""
        before, self._leave_at_ms = self._leave_at_ms, meeting.room.leave_at_ms
        if self._leave_at_ms is None:
            self._ticks.stop()
            self.hide()
        elif before is None:
            self._count()
            self._ticks.start()
            self.show()
            self.raise_()
            self.stay.setFocus(Qt.FocusReason.OtherFocusReason)
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.text.text()))

    def _count(self) -> None:
        seconds = max(0, round(((self._leave_at_ms or 0.0) - self._now()) / 1000))
        self.text.setText(tr("stage.alone", time=f"{seconds // 60}:{seconds % 60:02}"))
        self.adjustSize()

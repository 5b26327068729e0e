"""Asks those who speak with their hand raised whether to lower it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from visio_desktop.meeting.intents import SetHand
from visio_desktop.meeting.state import Meeting
from visio_desktop.system.texts import tr
from visio_desktop.ui.widgets.controls import push_button

AFTER_MS: Final = 1_500
"""A cough is no speech."""


class HandHint(QFrame):
    """Comes once for each time the hand is raised; `changed` when it comes or goes."""

    intent = Signal(object)
    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("hint")
        self._refused = False
        self._raised = False
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 6, 6)
        row.addWidget(QLabel(tr("reactions.hand_question")))
        self.lower_button = push_button(tr("reactions.hand_lower"))
        self.lower_button.clicked.connect(lambda: self.intent.emit(SetHand(raised=False)))
        self.keep_button = push_button(tr("reactions.hand_keep"))
        self.keep_button.clicked.connect(self._keep)
        row.addWidget(self.lower_button)
        row.addWidget(self.keep_button)
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(AFTER_MS)
        self.timer.timeout.connect(self._ask)
        self.hide()

    def show_meeting(self, meeting: Meeting) -> None:
        """Watch oneself."""
        me = meeting.me
        self._raised = me is not None and me.hand_raised_at_ms is not None
        speaks = me is not None and me.speaking and meeting.microphone_on
        if not self._raised:
            self._refused = False
            self.timer.stop()
            self._set_shown(shown=False)
        elif speaks and not self._refused and self.isHidden():
            if not self.timer.isActive():
                self.timer.start()
        elif not speaks:
            self.timer.stop()

    def _ask(self) -> None:
        self._set_shown(shown=True)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, tr("reactions.hand_question")))

    def _keep(self) -> None:
        self._refused = True
        self._set_shown(shown=False)

    def _set_shown(self, *, shown: bool) -> None:
        if shown == self.isHidden():
            self.setVisible(shown)
            self.adjustSize()
            self.changed.emit()

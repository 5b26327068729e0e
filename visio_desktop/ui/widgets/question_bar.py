"""A question across the top of the window, beside whatever goes on below it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy

from visio_desktop.system.texts import tr
from visio_desktop.ui import theme
from visio_desktop.ui.widgets.controls import push_button


class QuestionBar(QFrame):
    """`answered` comes once, False for Escape too."""

    answered = Signal(bool)

    def __init__(self, question: str, yes: str, no: str = "") -> None:
        super().__init__()
        self.setObjectName("page")
        self.setStyleSheet(theme.style("page"))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.question = QLabel(question)
        self.question.setWordWrap(True)
        self.question.setTextFormat(Qt.TextFormat.PlainText)
        self.yes = push_button(yes, primary=True)
        self.no = push_button(no or tr("pages.cancel"))
        self.yes.clicked.connect(lambda: self.answered.emit(True))
        self.no.clicked.connect(lambda: self.answered.emit(False))
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 8)
        row.addWidget(self.question, 1)
        row.addWidget(self.no)
        row.addWidget(self.yes)

    def ask(self) -> None:
        """Take the focus, the harmless answer first, and tell screen readers."""
        self.no.setFocus(Qt.FocusReason.PopupFocusReason)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.question.text()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape stays."""
        if event.key() == Qt.Key.Key_Escape:
            self.answered.emit(False)
        else:
            super().keyPressEvent(event)

"""Short notices at the corner of the stage; each goes by itself after a while, or by its cross."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from visio_desktop.meeting.intents import DismissToast
from visio_desktop.meeting.values import Toast
from visio_desktop.system.texts import tr
from visio_desktop.ui import icons, theme
from visio_desktop.ui.widgets.problem_box import sentence

SHOWN_MS = 5_000
PROBLEM_SHOWN_MS = 12_000
WIDTH_PX = 350
_MOST = 3


class Toasts(QWidget):
    """The notices of a snapshot, the newest at the bottom."""

    intent = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addStretch(1)
        self._shown: dict[int, QFrame] = {}
        self.setFixedWidth(WIDTH_PX)
        self.hide()

    def show_toasts(self, toasts: tuple[Toast, ...]) -> None:
        """Show the first few of these and no others; the rest follow as those go."""
        toasts = toasts[:_MOST]
        wanted = {toast.id for toast in toasts}
        for toast_id in [i for i in self._shown if i not in wanted]:
            frame = self._shown.pop(toast_id)
            frame.hide()
            frame.deleteLater()
        for toast in toasts:
            if toast.id not in self._shown:
                self._add(toast)
        self.setVisible(bool(self._shown))
        self.adjustSize()

    def _add(self, toast: Toast) -> None:
        text = text_of(toast)
        frame = QFrame()
        frame.setObjectName("toast")
        row = QHBoxLayout(frame)
        label = QLabel(text)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        row.addWidget(label, 1)
        close = QToolButton()
        close.setIcon(icons.icon("close", theme.TEXT_ON_DARK, size_px=18))
        close.setProperty("bare", True)
        close.setAccessibleName(tr("room.toast_close"))
        close.setToolTip(tr("room.toast_close"))
        close.clicked.connect(lambda: self._dismiss(toast.id))
        row.addWidget(close, alignment=Qt.AlignmentFlag.AlignTop)
        self._column.addWidget(frame)
        self._shown[toast.id] = frame
        QTimer.singleShot(PROBLEM_SHOWN_MS if toast.problem else SHOWN_MS, frame, lambda: self._dismiss(toast.id))
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def _dismiss(self, toast_id: int) -> None:
        self.intent.emit(DismissToast(toast_id))


def text_of(toast: Toast) -> str:
    """The notice's text."""
    if toast.problem is not None:
        return sentence(toast.problem)
    return tr(f"room.toast_{toast.key}", **dict(toast.arguments))

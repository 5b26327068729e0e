"""Short notices at the corner of the stage; each goes by itself after a while, or by its cross."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from visio_desktop.meeting.intents import DismissToast
from visio_desktop.meeting.values import Capability, Toast
from visio_desktop.system.texts import tr
from visio_desktop.ui import icons, theme
from visio_desktop.ui.announce import announce
from visio_desktop.ui.widgets.controls import push_button
from visio_desktop.ui.widgets.problem_box import sentence
from visio_desktop.ui.widgets.side_panel import tamed
from visio_desktop.ui.widgets.toast_actions import ToastAction, action_of

SHOWN_MS = 5_000
PROBLEM_SHOWN_MS = 12_000
WIDTH_PX = 350
_MOST = 3
_ON_THE_CARD = ("knock", "knocks")
"""Who waits is shown by the lobby's card, longer than a notice would."""


class Toasts(QWidget):
    """The notices of a snapshot, the newest at the bottom; `recording_asked` comes with what is to be recorded."""

    intent = Signal(object)
    recording_asked = Signal(object)
    settings_asked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addStretch(1)
        self._shown: dict[int, QFrame] = {}
        self._capabilities = Capability.NONE
        self._passed_over = -1
        self.setFixedWidth(WIDTH_PX)
        self.hide()

    def show_toasts(self, toasts: tuple[Toast, ...], capabilities: Capability = Capability.NONE) -> None:
        """Show the first few of these and no others; the rest follow as those go. Only what one may do is offered."""
        self._capabilities = capabilities
        for toast in toasts:
            self._pass_over(toast)
        toasts = tuple(toast for toast in toasts if toast.key not in _ON_THE_CARD)[:_MOST]
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
        action = action_of(toast, self._capabilities)
        frame = QFrame()
        frame.setObjectName("toast")
        row = QHBoxLayout(frame)
        label = QLabel(text)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        said = QVBoxLayout()
        said.addWidget(label)
        if action is not None:
            said.addWidget(self._action_button(action, toast.id), alignment=Qt.AlignmentFlag.AlignLeft)
        row.addLayout(said, 1)
        close = QToolButton()
        close.setIcon(icons.icon("close", theme.TEXT_ON_DARK, size_px=18))
        close.setProperty("bare", True)
        close.setAccessibleName(tr("room.toast_close"))
        close.setToolTip(tr("room.toast_close"))
        close.clicked.connect(lambda: self._dismiss(toast.id))
        row.addWidget(close, alignment=Qt.AlignmentFlag.AlignTop)
        self._column.addWidget(frame)
        self._shown[toast.id] = frame
        asks = toast.problem is not None or action is not None
        QTimer.singleShot(PROBLEM_SHOWN_MS if asks else SHOWN_MS, frame, lambda: self._dismiss(toast.id))
        announce(self, text)

    def _pass_over(self, toast: Toast) -> None:
        """What is shown elsewhere goes after the same time as if it were here."""
        if toast.key in _ON_THE_CARD and toast.id > self._passed_over:
            self._passed_over = toast.id
            QTimer.singleShot(SHOWN_MS, self, lambda: self._dismiss(toast.id))

    def _action_button(self, action: ToastAction, toast_id: int) -> QPushButton:
        button = push_button(action.text)
        button.clicked.connect(lambda: self._carry_out(action, toast_id))
        return button

    def _carry_out(self, action: ToastAction, toast_id: int) -> None:
        self._dismiss(toast_id)
        if action.errand is not None:
            self.intent.emit(action.errand)
        elif action.settings:
            self.settings_asked.emit()
        else:
            self.recording_asked.emit(action.records)

    def _dismiss(self, toast_id: int) -> None:
        self.intent.emit(DismissToast(toast_id))


def text_of(toast: Toast) -> str:
    """The notice's text; what others wrote in it stays on its line and turns nothing around."""
    if toast.problem is not None:
        return sentence(toast.problem)
    arguments = {name: " ".join(tamed(text).split()) for name, text in toast.arguments}
    return tr(f"room.toast_{toast.key}", **arguments)

"""The notice everybody must see while a meeting is recorded or transcribed: a red sign with words, never covered."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from visio_desktop.meeting.rooms import Recording, RecordingKind, RecordingState
from visio_desktop.system.texts import tr
from visio_desktop.ui import icons, theme
from visio_desktop.ui.announce import announce

HEIGHT_PX = 22
_ICON_PX = 14
_ICONS = {RecordingKind.SCREEN: "fiber_manual_record_fill", RecordingKind.TRANSCRIPT: "description"}


class RecordingNotice(QFrame):
    """Fits into the room's upper margin. Hidden while nothing is recorded; every change is announced."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("recording")
        self.setFixedHeight(HEIGHT_PX)
        self._recording: Recording | None = None
        self._sign = QLabel()
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        across = QHBoxLayout(self)
        across.setContentsMargins(8, 0, 10, 0)
        across.setSpacing(6)
        across.addWidget(self._sign)
        across.addWidget(self._text)
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.text() if self._recording is not None else ""

    def show_recording(self, recording: Recording | None) -> None:
        """Show what is being made of the meeting."""
        if recording == self._recording:
            return
        self._recording = recording
        if recording is not None:
            self._show(recording)
        self.setVisible(recording is not None)

    def _show(self, recording: Recording) -> None:
        said = tr(f"recording.notice_{recording.kind.value}_{recording.state.value}")
        failed = recording.state is RecordingState.FAILED
        icon = "warning" if failed else _ICONS[recording.kind]
        self._sign.setPixmap(icons.pixmap(icon, theme.TEXT_ON_DARK, _ICON_PX, self.devicePixelRatioF()))
        self._text.setText(said)
        self.setAccessibleName(said)
        self.adjustSize()
        announce(self, said, urgent=True)

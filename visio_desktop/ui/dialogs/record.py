"""Recording and transcript: start them, stop them, ask for them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from visio_desktop.meeting.rooms import RecordingKind
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.system.texts import tr
from visio_desktop.ui.dialogs.light import LightDialog
from visio_desktop.ui.widgets.controls import label
from visio_desktop.ui.widgets.recording_controls import RecordingControls


class RecordDialog(LightDialog):
    """Beside the meeting; closes with it. `kind` is asked about at once, where it can be started."""

    intent = Signal(object)

    def __init__(self, kind: RecordingKind | None = None, parent: QWidget | None = None) -> None:
        super().__init__(tr("recording.title"), parent)
        self._kind = kind
        self.controls = RecordingControls()
        self.controls.intent.connect(self.intent)
        column = QVBoxLayout(self.body)
        column.setContentsMargins(4, 0, 12, 0)
        column.setSpacing(16)
        column.addWidget(label(tr("recording.title"), "subheading"))
        column.addWidget(self.controls)
        column.addStretch(1)
        self.resize(560, 420)

    def show_meeting(self, meeting: Meeting) -> None:
        """Show what may be done now."""
        self.controls.show_meeting(meeting)
        if self._kind is not None:
            kind, self._kind = self._kind, None
            self.controls.begin(kind)
        if meeting.page is not Page.ROOM:
            self.close()

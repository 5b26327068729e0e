"""The settings' part on one's own picture: background, quality, light, what stands for it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from visio_desktop.meeting.intents import ChooseLook
from visio_desktop.meeting.look import Look
from visio_desktop.meeting.state import Meeting
from visio_desktop.system.texts import tr
from visio_desktop.ui.widgets.controls import label
from visio_desktop.ui.widgets.decided import show_decided
from visio_desktop.ui.widgets.look_picker import BackgroundPicker, QualityPicker
from visio_desktop.ui.widgets.still_picker import StillPicker


class LookChoices(QWidget):
    """Every choice holds at once; emits `ChooseLook`."""

    intent = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = Look()
        self.background, self.quality, self.still = BackgroundPicker(), QualityPicker(), StillPicker()
        self.brighten = QCheckBox(tr("settings.camera_brighten"))
        self.brighten.setAccessibleDescription(tr("settings.camera_brighten.help"))
        self.brighten.clicked.connect(lambda on: self.intent.emit(ChooseLook(replace(self._look, brighten=on))))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for text, picker in (
            ("settings.camera_background", self.background),
            ("settings.camera_quality", self.quality),
            ("settings.camera_still", self.still),
        ):
            picker.intent.connect(self.intent)
            picker.setAccessibleDescription(tr(f"{text}.help"))
            name = label(tr(text))
            name.setBuddy(picker)
            column.addWidget(name)
            column.addWidget(picker)
        column.addWidget(self.brighten)

    def show_meeting(self, meeting: Meeting) -> None:
        """Show the look of a snapshot."""
        self._look = meeting.look
        self.background.show_meeting(meeting)
        self.quality.show_meeting(meeting)
        self.still.show_meeting(meeting)
        self.brighten.setChecked(meeting.look.brighten)
        for key in ("background", "quality", "brighten", "still"):
            show_decided(meeting, f"camera_{key}", getattr(self, key))
        if meeting.stills_off:
            self.still.setEnabled(False)

"""What the organisation has decided of a snapshot: its controls are shown, not offered, and said to be so."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from visio_desktop.meeting.state import Meeting
from visio_desktop.system.texts import tr


def show_decided(meeting: Meeting, key: str, control: QWidget) -> None:
    """Take the control of this setting out of the person's hands where it is locked; else it is left as it is."""
    if key in meeting.locked:
        control.setEnabled(False)
        control.setToolTip(tr("settings.managed"))
        control.setAccessibleDescription(tr("settings.managed"))


class DecidedNote(QLabel):
    """Names those of a dialog's settings that are locked; hidden where none is."""

    def __init__(self, *keys: str) -> None:
        super().__init__()
        self._keys = keys
        self.setObjectName("soft")
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self.hide()

    def show_meeting(self, meeting: Meeting) -> None:
        """Show what a snapshot has locked."""
        names = [tr(f"settings.{key}") for key in self._keys if key in meeting.locked]
        self.setText(tr("settings.managed_these", names=", ".join(names)) if names else "")
        self.setVisible(bool(names))

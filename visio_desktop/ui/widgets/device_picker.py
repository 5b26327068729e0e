"""A drop-down of the devices of one kind."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QWidget

from visio_desktop.meeting.intents import ChooseDevice
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import DeviceKind
from visio_desktop.system.texts import tr
from visio_desktop.ui import icons, theme
from visio_desktop.ui.widgets.decided import show_decided
from visio_desktop.ui.widgets.device_menu import device_choices
from visio_desktop.ui.widgets.drop_down import ICON_PX, DropDown

ICONS: Final = {DeviceKind.CAMERA: "videocam", DeviceKind.MICROPHONE: "mic", DeviceKind.SPEAKER: "volume_up"}


class DevicePicker(DropDown):
    """Emits `ChooseDevice`; `opening` comes before the list opens, so that it can be looked up anew."""

    intent = Signal(object)
    opening = Signal()

    def __init__(self, kind: DeviceKind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = kind
        self._shown: list[tuple[str, str]] = []
        self.setAccessibleName(tr(f"room.device_{kind.value}"))
        self.setIconSize(QSize(ICON_PX, ICON_PX))
        self.activated.connect(self._choose)

    def show_meeting(self, meeting: Meeting) -> None:
        """Show the devices of a snapshot, the chosen one selected."""
        choices = device_choices(meeting, self.kind)
        if choices != self._shown:
            self._shown = choices
            self.clear()
            for spec, name in choices:
                self.addItem(icons.icon(ICONS[self.kind], theme.INK, size_px=ICON_PX), name, spec)
        self.setCurrentIndex(self.findData(meeting.device(self.kind).spec))
        self.setToolTip(self.currentText())
        show_decided(meeting, self.kind.value, self)

    def showPopup(self) -> None:
        """The list opens."""
        self.opening.emit()
        super().showPopup()

    def _choose(self, index: int) -> None:
        self.intent.emit(ChooseDevice(self.kind, str(self.itemData(index))))

"""The chevron beside microphone and camera: which device to use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton

from visio_desktop.meeting.intents import ChooseDevice, SetSound
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import DeviceKind
from visio_desktop.system.texts import tr
from visio_desktop.ui.widgets.buttons import set_meaning, tool_button
from visio_desktop.ui.widgets.look_picker import fill_look_menu


class DeviceMenu(QToolButton):
    """A menu of devices, filled when it opens."""

    def __init__(self, kinds: tuple[DeviceKind, ...], text: str, emit: Callable[[object], None]) -> None:
        super().__init__()
        template = tool_button("keyboard_arrow_up", text)
        self.setFixedHeight(template.maximumHeight())
        self.setFocusPolicy(template.focusPolicy())
        set_meaning(self, "keyboard_arrow_up", text)
        self._kinds = kinds
        self._emit = emit
        self._meeting = Meeting()
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill)
        self.setMenu(self._menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def show_meeting(self, meeting: Meeting) -> None:
        """Know the devices of a snapshot."""
        self._meeting = meeting

    def _fill(self) -> None:
        self._menu.clear()
        for kind in self._kinds:
            self._menu.addSection(tr(f"room.device_{kind.value}"))
            group = QActionGroup(self._menu)
            for spec, name in device_choices(self._meeting, kind):
                action = self._menu.addAction(name)
                action.setCheckable(True)
                action.setChecked(self._meeting.device(kind).spec == spec)
                action.setEnabled(kind.value not in self._meeting.locked)
                action.triggered.connect(lambda _=False, kind=kind, spec=spec: self._emit(ChooseDevice(kind, spec)))
                group.addAction(action)
        if DeviceKind.MICROPHONE in self._kinds:
            self._add_original()
        if DeviceKind.CAMERA in self._kinds:
            fill_look_menu(
                self._menu,
                lambda: self._meeting.look,
                self.window(),
                self._emit,
                self._meeting.locked,
                images=not self._meeting.images_off,
            )

    def _add_original(self) -> None:
        self._menu.addSeparator()
        original = self._menu.addAction(tr("sound.original_menu"))
        original.setCheckable(True)
        original.setChecked(self._meeting.sound.original)
        original.setEnabled("original_sound" not in self._meeting.locked)
        original.triggered.connect(lambda on: self._emit(SetSound(replace(self._meeting.sound, original=on))))


def device_choices(meeting: Meeting, kind: DeviceKind) -> list[tuple[str, str]]:
    """The specs and names to choose from: the default, the devices there are, and the one chosen if it is gone."""
    choices = [("default", tr("room.device_default"))]
    choices += [(device.key, device.name) for device in meeting.devices if device.kind is kind]
    chosen = meeting.device(kind)
    if chosen.spec not in [spec for spec, _ in choices]:
        choices.append((chosen.spec, chosen.opened_name or chosen.spec))
    return choices

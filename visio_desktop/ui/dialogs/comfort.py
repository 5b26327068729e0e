"""Settings of how a meeting looks and sounds: subtitles, movement, sounds, the small window."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from visio_desktop.settings.schema import Kind, section
from visio_desktop.system.texts import tr
from visio_desktop.ui.choices import Choices
from visio_desktop.ui.dialogs.light import LightDialog
from visio_desktop.ui.widgets.setting_controls import add_setting, of_kind, setting_list, setting_switch


class ComfortDialog(LightDialog):
    """Every choice holds at once; `chosen` after each, so that what is on the screen can follow."""

    chosen = Signal()

    def __init__(self, choices: Choices, parent: QWidget | None = None) -> None:
        super().__init__(tr("settings.comfort"), parent)
        keys, chosen = [each.key for each in section("comfort")], self.chosen.emit
        self.lists = {key: setting_list(key, choices, chosen) for key in of_kind(keys, Kind.CHOICE)}
        self.switches = {key: setting_switch(key, choices, chosen) for key in of_kind(keys, Kind.SWITCH)}
        column = QVBoxLayout(self.body)
        column.setContentsMargins(4, 0, 12, 0)
        column.setSpacing(6)
        for key, control in (self.lists | self.switches).items():
            add_setting(column, key, control, choices)
        column.addStretch(1)
        self.resize(560, 620)

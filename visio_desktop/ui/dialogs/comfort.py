"""Settings of how a meeting looks and sounds: subtitles, movement, sounds, the small window."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from visio_desktop.settings.schema import SCHEMA
from visio_desktop.system.texts import tr
from visio_desktop.ui.choices import Choices
from visio_desktop.ui.dialogs.light import LightDialog
from visio_desktop.ui.widgets.controls import label
from visio_desktop.ui.widgets.drop_down import DropDown

_LISTS: Final = ("captions_size", "captions_colours", "captions_place")
_SWITCHES: Final = ("sounds", "small_window", "reduce_motion")


class ComfortDialog(LightDialog):
    """Every choice holds at once; `chosen` after each, so that what is on the screen can follow."""

    chosen = Signal()

    def __init__(self, choices: Choices, parent: QWidget | None = None) -> None:
        super().__init__(tr("settings.comfort"), parent)
        self._choices = choices
        self.lists = {key: self._make_list(key) for key in _LISTS}
        self.switches = {key: self._make_switch(key) for key in _SWITCHES}
        column = QVBoxLayout(self.body)
        column.setContentsMargins(4, 0, 12, 0)
        column.setSpacing(6)
        for key, drop_down in self.lists.items():
            name = label(tr(f"settings.{key}"))
            name.setBuddy(drop_down)
            column.addSpacing(6)
            column.addWidget(name)
            column.addWidget(drop_down)
        for key, switch in self.switches.items():
            column.addSpacing(6)
            column.addWidget(switch)
            column.addWidget(label(tr(f"settings.{key}.help"), "soft"))
        column.addStretch(1)
        self.resize(560, 620)

    def _make_list(self, key: str) -> DropDown:
        made = DropDown()
        for choice in SCHEMA[key].choices:
            made.addItem(tr(f"settings.{key}.{choice}"), choice)
        made.setCurrentIndex(made.findData(self._choices.get(key)))
        made.setAccessibleName(tr(f"settings.{key}"))
        made.setAccessibleDescription(tr(f"settings.{key}.help"))
        made.activated.connect(lambda: self._choose(key, str(made.currentData())))
        return made

    def _make_switch(self, key: str) -> QCheckBox:
        made = QCheckBox(tr(f"settings.{key}"))
        made.setChecked(self._choices.get(key) is True)
        made.setAccessibleDescription(tr(f"settings.{key}.help"))
        made.clicked.connect(lambda on: self._choose(key, "true" if on else "false"))
        return made

    def _choose(self, key: str, text: str) -> None:
        self._choices.choose(key, text)
        self.chosen.emit()

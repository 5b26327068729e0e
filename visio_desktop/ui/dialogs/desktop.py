"""Settings of this computer: the background, notices, shortcuts that work while another program is in front."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from visio_desktop.meeting.state import Meeting
from visio_desktop.system.texts import tr
from visio_desktop.ui.choices import DesktopChoices
from visio_desktop.ui.dialogs.light import LightDialog
from visio_desktop.ui.widgets.controls import label
from visio_desktop.ui.widgets.problem_box import ProblemBox
from visio_desktop.ui.widgets.setting_field import SettingField

_SWITCHES: Final = ("background", "autostart", "notifications", "notification_content", "global_shortcuts")
_KEYS: Final = ("shortcut_mute", "shortcut_talk")


class DesktopDialog(LightDialog):
    """Every choice is made at once; beside one that is made and does nothing here stands why."""

    def __init__(self, choices: DesktopChoices, parent: QWidget | None = None) -> None:
        super().__init__(tr("settings.desktop"), parent)
        self._choices = choices
        self.switches = {key: QCheckBox(tr(f"settings.{key}")) for key in _SWITCHES}
        self.reasons = {key: ProblemBox() for key in _SWITCHES}
        self.problem = ProblemBox()
        self.fields = {key: SettingField(key, choices, self.problem) for key in _KEYS}
        self._prepare()
        self._lay_out()
        self._show_reasons()
        self.resize(600, 720)

    def show_meeting(self, meeting: Meeting) -> None:  # noqa: ARG002 - as `LightDialog`
        """Show what is known now of what works here."""
        self._show_reasons()

    def _prepare(self) -> None:
        for key, switch in self.switches.items():
            switch.setChecked(self._choices.get(key) is True)
            switch.setAccessibleDescription(tr(f"settings.{key}.help"))
            switch.clicked.connect(lambda on, key=key: self._switch(key, on=on))

    def _switch(self, key: str, *, on: bool) -> None:
        self._choices.choose(key, "true" if on else "false")
        self._show_reasons()

    def _show_reasons(self) -> None:
        for key, told in self.reasons.items():
            told.show_text(self._choices.why(key) if self.switches[key].isChecked() else "")
        for key in ("shortcut_mute", "shortcut_talk"):
            self.fields[key].setEnabled(self.switches["global_shortcuts"].isChecked())
        self.switches["notification_content"].setEnabled(self.switches["notifications"].isChecked())

    def _lay_out(self) -> None:
        column = QVBoxLayout(self.body)
        column.setContentsMargins(4, 0, 12, 0)
        column.setSpacing(6)
        column.addWidget(self.problem)
        for key, switch in self.switches.items():
            column.addSpacing(6)
            column.addWidget(switch)
            column.addWidget(label(tr(f"settings.{key}.help"), "soft"))
            column.addWidget(self.reasons[key])
        for key, field in self.fields.items():
            name = label(tr(f"settings.{key}"))
            name.setBuddy(field)
            column.addSpacing(6)
            column.addWidget(name)
            column.addWidget(field)
        column.addStretch(1)

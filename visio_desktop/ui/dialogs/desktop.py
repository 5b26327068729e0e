"""Settings of this computer: the background, notices, shortcuts that work while another program is in front."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from visio_desktop.meeting.state import Meeting
from visio_desktop.settings.schema import Kind, section
from visio_desktop.system.texts import tr
from visio_desktop.ui.choices import DesktopChoices
from visio_desktop.ui.dialogs.light import LightDialog
from visio_desktop.ui.widgets.problem_box import ProblemBox
from visio_desktop.ui.widgets.setting_controls import add_setting, lock, of_kind, setting_switch
from visio_desktop.ui.widgets.setting_field import SettingField


class DesktopDialog(LightDialog):
    """Every choice is made at once; beside one that is made and does nothing here stands why."""

    def __init__(self, choices: DesktopChoices, parent: QWidget | None = None) -> None:
        super().__init__(tr("settings.desktop"), parent)
        self._choices = choices
        keys = [each.key for each in section("desktop")]
        self.switches = {key: setting_switch(key, choices, self._show_reasons) for key in of_kind(keys, Kind.SWITCH)}
        self.reasons = {key: ProblemBox() for key in self.switches}
        self.problem = ProblemBox()
        self.fields = {key: SettingField(key, choices, self.problem) for key in of_kind(keys, Kind.KEYS)}
        for key, field in self.fields.items():
            lock(field, choices, key)
        self._lay_out()
        self._show_reasons()
        self.resize(600, 720)

    def show_meeting(self, meeting: Meeting) -> None:  # noqa: ARG002 - as `LightDialog`
        """Show what is known now of what works here."""
        self._show_reasons()

    def _show_reasons(self) -> None:
        for key, told in self.reasons.items():
            told.show_text(self._choices.why(key) if self.switches[key].isChecked() else "")
        for key, field in self.fields.items():
            self._enable(key, field, on=self.switches["global_shortcuts"].isChecked())
        content = "notification_content"
        self._enable(content, self.switches[content], on=self.switches["notifications"].isChecked())

    def _enable(self, key: str, control: QWidget, *, on: bool) -> None:
        control.setEnabled(on and not self._choices.is_locked(key))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self.body)
        column.setContentsMargins(4, 0, 12, 0)
        column.setSpacing(6)
        column.addWidget(self.problem)
        for key, switch in self.switches.items():
            add_setting(column, key, switch, self._choices)
            column.addWidget(self.reasons[key])
        for key, field in self.fields.items():
            add_setting(column, key, field, self._choices)
        column.addStretch(1)

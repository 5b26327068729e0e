"""The settings that have no dialog of their own, made from their declarations."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from visio_desktop.settings.schema import section
from visio_desktop.system.texts import tr
from visio_desktop.ui.choices import Choices
from visio_desktop.ui.dialogs.light import LightDialog
from visio_desktop.ui.widgets.controls import label
from visio_desktop.ui.widgets.problem_box import ProblemBox
from visio_desktop.ui.widgets.setting_controls import add_setting, setting_control


class FurtherDialog(LightDialog):
    """Every choice is kept at once; most hold from the next start on."""

    def __init__(self, choices: Choices, parent: QWidget | None = None) -> None:
        super().__init__(tr("settings.further"), parent)
        self.problem = ProblemBox()
        self.controls = {each.key: setting_control(each.key, choices, self.problem) for each in section("further")}
        column = QVBoxLayout(self.body)
        column.setContentsMargins(4, 0, 12, 0)
        column.setSpacing(6)
        column.addWidget(self.problem)
        column.addWidget(label(tr("settings.further.hint"), "soft"))
        for key, control in self.controls.items():
            add_setting(column, key, control, choices)
        column.addStretch(1)
        self.resize(600, 760)

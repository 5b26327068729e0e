"""Settings of the network: proxy, certificates, the ways media may take. Each choice holds from the next join on."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget

from visio_desktop.settings.schema import SCHEMA
from visio_desktop.system.texts import tr
from visio_desktop.ui.choices import NetworkChoices
from visio_desktop.ui.dialogs.light import LightDialog
from visio_desktop.ui.widgets.controls import label, push_button
from visio_desktop.ui.widgets.drop_down import DropDown
from visio_desktop.ui.widgets.problem_box import ProblemBox
from visio_desktop.ui.widgets.setting_field import SettingField

_TEXTS: Final = ("proxy_url", "extra_ca_file", "udp_ports")
_SWITCHES: Final = ("relay_only", "mark_packets")
_LONGEST_SECRET: Final = 200


class NetworkDialog(LightDialog):
    """Every choice is made at once; one that does not fit is put back, and told with what would fit."""

    def __init__(self, choices: NetworkChoices, parent: QWidget | None = None) -> None:
        super().__init__(tr("settings.network"), parent)
        self._choices = choices
        self.mode = DropDown()
        self.switches = {key: QCheckBox(tr(f"settings.{key}")) for key in _SWITCHES}
        self.name, self.password = QLineEdit(), QLineEdit()
        self.problem = ProblemBox()
        self.fields = {key: SettingField(key, choices, self.problem) for key in _TEXTS}
        self.keep = push_button(tr("settings.keep_login"))
        self._by_hand: list[QWidget] = []
        self._prepare()
        self._lay_out()
        self._show_mode()
        self.resize(600, 820)

    def _prepare(self) -> None:
        for choice in SCHEMA["proxy_mode"].choices:
            self.mode.addItem(tr(f"settings.proxy_mode.{choice}"), choice)
        self.mode.setCurrentIndex(self.mode.findData(self._choices.get("proxy_mode")))
        self.mode.setAccessibleName(tr("settings.proxy_mode"))
        self.mode.activated.connect(self._choose_mode)
        for key, switch in self.switches.items():
            switch.setChecked(self._choices.get(key) is True)
            switch.setAccessibleDescription(tr(f"settings.{key}.help"))
            switch.clicked.connect(lambda on, key=key: self._choices.choose(key, "true" if on else "false"))
        for field, said in ((self.name, "settings.proxy_name"), (self.password, "settings.proxy_password")):
            field.setAccessibleName(tr(said))
            field.setMaxLength(_LONGEST_SECRET)
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.keep.setAutoDefault(False)
        self.keep.clicked.connect(self._keep_login)

    def _choose_mode(self) -> None:
        self._choices.choose("proxy_mode", str(self.mode.currentData()))
        self._show_mode()

    def _show_mode(self) -> None:
        for part in self._by_hand:
            part.setVisible(self.mode.currentData() == "manual")

    def _keep_login(self) -> None:
        """Hand the login on; the window keeps none of it."""
        name, password = self.name.text().strip(), self.password.text()
        if name:
            self._choices.keep_login(name, password)
        self.name.clear()
        self.password.clear()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self.body)
        column.setContentsMargins(4, 0, 12, 0)
        column.setSpacing(6)
        column.addWidget(self.problem)
        _add(column, "settings.proxy_mode", self.mode)
        self._by_hand += _add(column, "settings.proxy_url", self.fields["proxy_url"])
        self._by_hand += _add(column, "settings.proxy_name", self.name)
        self._by_hand += _add(column, "settings.proxy_password", self.password)
        column.addWidget(self.keep, 0, Qt.AlignmentFlag.AlignLeft)
        self._by_hand.append(self.keep)
        _add(column, "settings.extra_ca_file", self.fields["extra_ca_file"])
        _add(column, "settings.udp_ports", self.fields["udp_ports"])
        column.addWidget(label(tr("settings.udp_ports.help"), "soft"))
        for key, switch in self.switches.items():
            column.addSpacing(6)
            column.addWidget(switch)
            column.addWidget(label(tr(f"settings.{key}.help"), "soft"))
        column.addStretch(1)


def _add(column: QVBoxLayout, key: str, control: QWidget) -> list[QWidget]:
    name = label(tr(key))
    name.setBuddy(control)
    column.addSpacing(6)
    column.addWidget(name)
    column.addWidget(control)
    return [name, control]

"""Settings of the network: proxy, certificates, the ways media may take. Each choice holds from the next join on."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget

from visio_desktop.settings.schema import section
from visio_desktop.system.texts import tr
from visio_desktop.ui.choices import NetworkChoices
from visio_desktop.ui.dialogs.light import LightDialog
from visio_desktop.ui.widgets.controls import label, push_button
from visio_desktop.ui.widgets.problem_box import ProblemBox
from visio_desktop.ui.widgets.setting_controls import add_setting, setting_control, setting_list
from visio_desktop.ui.widgets.setting_field import SettingField

_PROXY: Final = ("proxy_mode", "proxy_url", "proxy_pac_url")
_LONGEST_SECRET: Final = 200


class NetworkDialog(LightDialog):
    """Every choice is made at once; one that does not fit is put back, and told with what would fit.

    `connections_asked`: show whom this program talked to.
    """

    connections_asked = Signal()

    def __init__(self, choices: NetworkChoices, parent: QWidget | None = None) -> None:
        super().__init__(tr("settings.network"), parent)
        self._choices = choices
        self.mode = setting_list("proxy_mode", choices, self._show_mode)
        self.name, self.password = QLineEdit(), QLineEdit()
        self.problem = ProblemBox()
        keys = [each.key for each in section("network") if each.key != "proxy_mode"]
        self._controls = {key: setting_control(key, choices, self.problem) for key in keys}
        self.switches = {key: made for key, made in self._controls.items() if isinstance(made, QCheckBox)}
        self.fields = {key: made for key, made in self._controls.items() if isinstance(made, SettingField)}
        self.keep = push_button(tr("settings.keep_login"))
        self.connections = push_button(tr("connections.open"))
        self._by_hand: list[QWidget] = []
        self._by_script: list[QWidget] = []
        self._prepare()
        self._lay_out()
        self._show_mode()
        self.resize(600, 820)

    def _prepare(self) -> None:
        for field, said in ((self.name, "settings.proxy_name"), (self.password, "settings.proxy_password")):
            field.setAccessibleName(tr(said))
            field.setMaxLength(_LONGEST_SECRET)
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.keep.setAutoDefault(False)
        self.keep.clicked.connect(self._keep_login)
        self.connections.setAutoDefault(False)
        self.connections.clicked.connect(self.connections_asked)

    def _show_mode(self) -> None:
        for mode, parts in (("manual", self._by_hand), ("pac", self._by_script)):
            for part in parts:
                part.setVisible(self.mode.currentData() == mode)

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
        add_setting(column, "proxy_mode", self.mode, self._choices)
        self._by_hand += add_setting(column, "proxy_url", self._controls["proxy_url"], self._choices)
        self._by_hand += _add(column, "settings.proxy_name", self.name)
        self._by_hand += _add(column, "settings.proxy_password", self.password)
        column.addWidget(self.keep, 0, Qt.AlignmentFlag.AlignLeft)
        self._by_hand.append(self.keep)
        self._by_script += add_setting(column, "proxy_pac_url", self._controls["proxy_pac_url"], self._choices)
        for key, control in self._controls.items():
            if key not in _PROXY:
                add_setting(column, key, control, self._choices)
        column.addSpacing(8)
        column.addWidget(self.connections, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)


def _add(column: QVBoxLayout, key: str, control: QWidget) -> list[QWidget]:
    name = label(tr(key))
    name.setBuddy(control)
    column.addSpacing(6)
    column.addWidget(name)
    column.addWidget(control)
    return [name, control]

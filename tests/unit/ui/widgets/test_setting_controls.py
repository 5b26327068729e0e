from __future__ import annotations

import pytest
from PySide6.QtWidgets import QCheckBox, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from visio_desktop.settings.policies import Found, given, resolve
from visio_desktop.settings.schema import SCHEMA, Kind, Value
from visio_desktop.system.texts import tr
from visio_desktop.ui.choices import Choices
from visio_desktop.ui.widgets.drop_down import DropDown
from visio_desktop.ui.widgets.problem_box import ProblemBox
from visio_desktop.ui.widgets.setting_controls import (
    add_setting,
    lock,
    of_kind,
    setting_control,
    setting_list,
    setting_switch,
)
from visio_desktop.ui.widgets.setting_field import SettingField


class Kept:
    """Settings in memory, some of them decided by others."""

    def __init__(self, **decided: object) -> None:
        self.values: dict[str, Value] = {}
        self.policies = resolve((Found(tuple(given(name, raw, "file") for name, raw in decided.items())),))
        self.then = 0

    def get(self, key: str) -> Value:
        return self.values.get(key, SCHEMA[key].default)

    def choose(self, key: str, text: str) -> None:
        self.values[key] = SCHEMA[key].parse(text)

    def choices(self) -> Choices:
        return Choices(self.get, self.choose, policies=lambda: self.policies)

    def chosen(self) -> None:
        self.then += 1


def test_a_switch_and_a_list_choose_at_once(qtbot: QtBot) -> None:
    kept = Kept()
    switch = setting_switch("sounds", kept.choices(), kept.chosen)
    drop_down = setting_list("log_level", kept.choices(), kept.chosen)
    qtbot.addWidget(switch)
    qtbot.addWidget(drop_down)
    assert switch.isChecked()
    assert drop_down.currentData() == "info"
    switch.click()
    drop_down.setCurrentIndex(drop_down.findData("debug"))
    drop_down.activated.emit(drop_down.currentIndex())
    assert kept.values == {"sounds": False, "log_level": "debug"}
    assert kept.then == 2


@pytest.mark.parametrize(
    ("key", "kind"),
    [("sounds", QCheckBox), ("log_level", DropDown), ("dscp", SettingField), ("allowed_servers", SettingField)],
)
def test_every_setting_has_a_control(qtbot: QtBot, key: str, kind: type[QWidget]) -> None:
    made = setting_control(key, Kept().choices(), ProblemBox())
    qtbot.addWidget(made)
    assert isinstance(made, kind)
    assert made.isEnabled()
    assert tr("settings.managed") not in made.accessibleDescription()


@pytest.mark.parametrize("key", ["sounds", "log_level", "dscp", "allowed_servers"])
def test_what_is_locked_is_shown_and_not_offered(qtbot: QtBot, key: str) -> None:
    kept = Kept(**{SCHEMA[key].policy: {"Value": None, "Locked": True}})
    made = setting_control(key, kept.choices(), ProblemBox())
    qtbot.addWidget(made)
    assert not made.isEnabled()
    assert made.accessibleDescription().startswith(tr("settings.managed"))
    assert tr(f"settings.{key}.help") in made.accessibleDescription()
    assert made.toolTip() == tr("settings.managed")


def test_a_default_of_the_organisation_can_be_changed(qtbot: QtBot) -> None:
    made = setting_control("sounds", Kept(Sounds={"Value": False, "Locked": False}).choices(), ProblemBox())
    qtbot.addWidget(made)
    assert made.isEnabled()


def test_a_locked_setting_says_so_beside_it(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    choices = Kept(Dscp=10).choices()
    added = add_setting(QVBoxLayout(page), "dscp", setting_control("dscp", choices, ProblemBox()), choices)
    said = [part.text() for part in added if isinstance(part, QLabel)]
    assert said == [tr("settings.dscp"), tr("settings.dscp.help"), tr("settings.managed")]


def test_other_controls_can_be_locked_too(qtbot: QtBot) -> None:
    made = QCheckBox()
    qtbot.addWidget(made)
    lock(made, Kept(Dscp=10).choices(), "sounds")
    assert made.isEnabled()
    lock(made, Kept(Dscp=10).choices(), "dscp")
    assert not made.isEnabled()


def test_lists_and_numbers_are_written_by_hand(qtbot: QtBot) -> None:
    kept = Kept()
    problem = ProblemBox()
    qtbot.addWidget(problem)
    for key, written, value in (
        ("allowed_servers", "A.example *.b.example", ("a.example", "*.b.example")),
        ("dscp", "46", 46),
    ):
        field = setting_control(key, kept.choices(), problem)
        qtbot.addWidget(field)
        assert isinstance(field, SettingField)
        field.setText(written)
        field.editingFinished.emit()
        assert kept.values[key] == value
        field.setText("no such thing!")
        field.editingFinished.emit()
        assert kept.values[key] == value
        assert field.text() == written.lower()
        assert "no such thing!" in problem.text()


def test_keys_by_kind() -> None:
    assert of_kind(("sounds", "dscp", "login"), Kind.SWITCH) == ("sounds", "login")

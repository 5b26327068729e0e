"""The controls of settings, made from their declaration; what the organisation has decided is shown, not offered."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from visio_desktop.settings.schema import SCHEMA, Kind
from visio_desktop.system.texts import tr
from visio_desktop.ui.choices import Choices
from visio_desktop.ui.widgets.controls import label
from visio_desktop.ui.widgets.drop_down import DropDown
from visio_desktop.ui.widgets.problem_box import ProblemBox
from visio_desktop.ui.widgets.setting_field import SettingField

type Then = Callable[[], None]


def setting_switch(key: str, choices: Choices, then: Then = lambda: None) -> QCheckBox:
    """A switch, chosen at once; `then` is called after each choice."""
    made = QCheckBox(tr(f"settings.{key}"))
    made.setChecked(choices.get(key) is True)
    made.setAccessibleDescription(tr(f"settings.{key}.help"))
    made.clicked.connect(lambda on: _choose(choices, key, "true" if on else "false", then))
    lock(made, choices, key)
    return made


def setting_list(key: str, choices: Choices, then: Then = lambda: None) -> DropDown:
    """A list of choices, as `setting_switch`."""
    made = DropDown()
    for choice in SCHEMA[key].choices:
        made.addItem(tr(f"settings.{key}.{choice}"), choice)
    made.setCurrentIndex(made.findData(choices.get(key)))
    made.setAccessibleName(tr(f"settings.{key}"))
    made.setAccessibleDescription(tr(f"settings.{key}.help"))
    made.activated.connect(lambda: _choose(choices, key, str(made.currentData()), then))
    lock(made, choices, key)
    return made


def setting_control(key: str, choices: Choices, problem: ProblemBox) -> QWidget:
    """The control that fits the setting; what is written and does not fit is told in `problem`."""
    match SCHEMA[key].kind:
        case Kind.SWITCH:
            return setting_switch(key, choices)
        case Kind.CHOICE:
            return setting_list(key, choices)
        case _:
            field = SettingField(key, choices, problem)
            lock(field, choices, key)
            return field


def lock(control: QWidget, choices: Choices, key: str) -> None:
    """Take a control out of the person's hands where the organisation has decided, and say so."""
    if choices.is_locked(key):
        control.setEnabled(False)
        control.setToolTip(tr("settings.managed"))
        control.setAccessibleDescription(f"{tr('settings.managed')}. {control.accessibleDescription()}".strip())


def add_setting(column: QVBoxLayout, key: str, control: QWidget, choices: Choices) -> list[QWidget]:
    """Lay out a setting: its name, its control, what it does, and whether it is decided. What was added."""
    added: list[QWidget] = []
    if not isinstance(control, QCheckBox):
        name = label(tr(f"settings.{key}"))
        name.setBuddy(control)
        added.append(name)
    added.append(control)
    if not isinstance(control, DropDown):
        added.append(label(tr(f"settings.{key}.help"), "soft"))
    if choices.is_locked(key):
        added.append(label(tr("settings.managed"), "soft"))
    column.addSpacing(6)
    for widget in added:
        column.addWidget(widget)
    return added


def of_kind(keys: Iterable[str], *kinds: Kind) -> tuple[str, ...]:
    """Those of these settings that are of one of the kinds."""
    return tuple(key for key in keys if SCHEMA[key].kind in kinds)


def _choose(choices: Choices, key: str, text: str, then: Then) -> None:
    choices.choose(key, text)
    then()

"""A setting that is written by hand."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit

from visio_desktop.settings.schema import SCHEMA, Value, ValueRefused
from visio_desktop.system.texts import tr
from visio_desktop.ui.choices import Choices
from visio_desktop.ui.widgets.problem_box import ProblemBox


class SettingField(QLineEdit):
    """Chosen when the writing ends; what does not fit is put back, and told in `problem` with what would fit."""

    def __init__(self, key: str, choices: Choices, problem: ProblemBox) -> None:
        super().__init__()
        self._key, self._choices, self._problem = key, choices, problem
        self.setText(_text(choices.get(key)))
        self.setAccessibleName(tr(f"settings.{key}"))
        self.setAccessibleDescription(tr(f"settings.{key}.help"))
        self.editingFinished.connect(self._take)

    def _take(self) -> None:
        key, written = self._key, self.text().strip()
        try:
            value = SCHEMA[key].parse(written)
        except ValueRefused:
            told = tr("settings.refused", name=tr(f"settings.{key}"), text=written, help=tr(f"settings.{key}.help"))
            self._problem.show_text(told)
            self.setText(_text(self._choices.get(key)))
            return
        self._problem.show_text("")
        self.setText(_text(value))
        if value != self._choices.get(key):
            self._choices.choose(key, _text(value))


def _text(value: Value) -> str:
    """A value as it is written: the entries of a list side by side."""
    return " ".join(value) if isinstance(value, tuple) else str(value)

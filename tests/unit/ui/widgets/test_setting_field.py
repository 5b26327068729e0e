"""A setting written by hand."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from visio_desktop.settings.schema import SCHEMA, Value
from visio_desktop.ui.choices import Choices
from visio_desktop.ui.widgets.problem_box import ProblemBox
from visio_desktop.ui.widgets.setting_field import SettingField


def test_what_fits_is_chosen_once_and_what_does_not_is_put_back_and_told(qtbot: QtBot) -> None:
    kept: dict[str, Value] = {"udp_ports": SCHEMA["udp_ports"].check("50000-50100")}
    chosen: list[str] = []

    def choose(key: str, text: str) -> None:
        kept[key] = SCHEMA[key].check(text)
        chosen.append(text)

    problem = ProblemBox()
    field = SettingField("udp_ports", Choices(lambda key: kept[key], choose), problem)
    qtbot.addWidget(problem)
    qtbot.addWidget(field)
    assert field.accessibleName()
    assert field.accessibleDescription()
    for written, shown, told in (
        ("  50000-50200 ", "50000-50200", False),
        ("many", "50000-50200", True),
        ("50000-50200", "50000-50200", False),
    ):
        field.setText(written)
        field.editingFinished.emit()
        assert (field.text(), not problem.isHidden()) == (shown, told)
    assert chosen == ["50000-50200"]

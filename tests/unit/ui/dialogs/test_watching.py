from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QPushButton, QTableWidget, QWidget
from pytestqt.qtbot import QtBot

from visio_desktop.ui import theme
from visio_desktop.ui.dialogs.watching import WatchingDialog, ask_where, in_a_row
from visio_desktop.ui.widgets.controls import label, push_button
from visio_desktop.ui.widgets.copy_button import CopyButton


class Looks(WatchingDialog):
    """Counts how often it looked."""

    def __init__(self) -> None:
        super().__init__("Now", QTableWidget(0, 2))
        self.looked = 0
        self.copy, self.other = CopyButton("Copy", lambda: ""), push_button("Other")
        self._lay_out(label("above"), (label("below"),), (self.copy, self.other))

    def look(self) -> None:
        self.looked += 1


def test_it_looks_while_it_is_seen_and_no_longer(qtbot: QtBot) -> None:
    dialog = Looks()
    qtbot.addWidget(dialog)
    assert dialog.looked == 0
    with qtbot.waitExposed(dialog):
        dialog.show()
    assert dialog.looked == 1
    assert dialog.view.accessibleName() == "Now"
    dialog._timer.timeout.emit()
    assert dialog.looked == 2
    assert dialog._timer.isActive()
    dialog.close()
    assert not dialog._timer.isActive()


def test_buttons_in_a_row_are_of_one_height(qtbot: QtBot) -> None:
    dialog = Looks()
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    assert dialog.copy.height() == dialog.other.height() >= theme.BUTTON_PX
    assert dialog.copy.y() == dialog.other.y()
    row = in_a_row(QPushButton(), QPushButton())
    assert row.count() == 3


def test_where_to_save_is_asked_without_waiting(qtbot: QtBot, tmp_path: Path) -> None:
    parent, chosen = QWidget(), list[Path]()
    qtbot.addWidget(parent)
    ask_where(parent, "Save", str(tmp_path / "list.csv"), "CSV (*.csv);;JSON (*.json)", chosen.append)
    (dialog,) = parent.findChildren(QFileDialog)
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    assert dialog.defaultSuffix() == "csv"
    dialog.filterSelected.emit("JSON (*.json)")
    assert dialog.defaultSuffix() == "json"
    dialog.fileSelected.emit(str(tmp_path / "other.json"))
    assert chosen == [tmp_path / "other.json"]
    dialog.close()

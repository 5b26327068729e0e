"""For those who help: what is known of this computer, to be read, left out in part, copied, and saved as a file.

Nothing leaves the computer: the file lies where the person puts it.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

from PySide6.QtCore import Qt, Signal, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from visio_desktop.diagnostics.bundle import Part, write
from visio_desktop.meeting.state import Meeting
from visio_desktop.system.texts import tr
from visio_desktop.ui.announce import announce
from visio_desktop.ui.dialogs.light import LightDialog
from visio_desktop.ui.dialogs.watching import ask_where, in_a_row
from visio_desktop.ui.widgets.controls import label, push_button
from visio_desktop.ui.widgets.copy_button import CopyButton
from visio_desktop.ui.widgets.problem_box import ProblemBox

FACTS: Final = "diagnostics.txt"
FILE: Final = "visio-desktop-logs.zip"
_FILES_PX: Final = 230


class Gathers(Protocol):
    """What gathers the texts: `engine.support.Support`."""

    def parts(self, seen: Mapping[str, str], meeting: Meeting, *, hosts: bool) -> tuple[Part, ...]:
        """The texts of a bundle. May take long."""


class SupportDialog(LightDialog):
    """Every text is shown before it is saved; each can be left out by its tick. `saved` gives the file."""

    saved = Signal(object)
    _gathered = Signal(int, object)

    def __init__(self, support: Gathers, meeting: Meeting, parent: QWidget | None = None) -> None:
        super().__init__(tr("support.title"), parent)
        self._support = support
        self._meeting = meeting
        self._asked = 0
        self.parts: tuple[Part, ...] = ()
        self._left_out: set[str] = set()
        self.files = QListWidget()
        self.text = QPlainTextEdit()
        self.hosts = QCheckBox(tr("support.hosts"))
        self.copy = CopyButton(tr("support.copy"), self._facts)
        self.save = push_button(tr("support.save"), primary=True)
        self.problem = ProblemBox()
        self.told = label("", "soft")
        self._prepare()
        self._lay_out()
        self.resize(900, 680)
        self.gather()

    def gather(self) -> None:
        """Ask for the texts anew, in a thread: logs may be long."""
        self._asked += 1
        number, hosts, seen = self._asked, self.hosts.isChecked(), _seen()
        self.save.setEnabled(False)
        self.copy.setEnabled(False)
        support, meeting = self._support, self._meeting

        def run() -> None:
            parts = support.parts(seen, meeting, hosts=hosts)
            with suppress(RuntimeError):  # the dialog was closed meanwhile
                self._gathered.emit(number, parts)

        threading.Thread(target=run, name="support", daemon=True).start()

    def chosen(self) -> tuple[Part, ...]:
        """What would be saved."""
        return tuple(part for part in self.parts if part.name not in self._left_out)

    def save_to(self, path: Path) -> None:
        """Save what is ticked."""
        try:
            write(path, self.chosen())
        except OSError as error:
            self.problem.show_text(tr("support.not_saved", detail=error.strerror or str(error)))
            return
        self.problem.show_text("")
        said = tr("support.saved", path=path)
        self.told.setText(said)
        announce(self, said)
        self.saved.emit(path)

    def _take(self, number: int, parts: tuple[Part, ...]) -> None:
        if number != self._asked:
            return
        before = self.files.currentRow()
        self.parts = parts
        self.files.blockSignals(True)
        self.files.clear()
        for part in parts:
            item = QListWidgetItem(part.name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(_state(part.name not in self._left_out))
            self.files.addItem(item)
        self.files.blockSignals(False)
        self.files.setCurrentRow(max(0, min(before, len(parts) - 1)))
        self._show()
        self.copy.setEnabled(True)
        self.save.setEnabled(bool(self.chosen()))

    def _show(self) -> None:
        row = self.files.currentRow()
        self.text.setPlainText(self.parts[row].text if 0 <= row < len(self.parts) else "")

    def _ticked(self, item: QListWidgetItem) -> None:
        change = self._left_out.discard if item.checkState() is Qt.CheckState.Checked else self._left_out.add
        change(item.text())
        self.save.setEnabled(bool(self.chosen()))

    def _facts(self) -> str:
        return next((part.text for part in self.parts if part.name == FACTS), "")

    def _ask_where(self) -> None:
        ask_where(self, tr("support.save"), str(Path.home() / FILE), "ZIP (*.zip)", self.save_to)

    def _prepare(self) -> None:
        self._gathered.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self.files.setAccessibleName(tr("support.files"))
        self.files.setFixedWidth(_FILES_PX)
        self.files.currentRowChanged.connect(lambda _row: self._show())
        self.files.itemChanged.connect(self._ticked)
        self.text.setReadOnly(True)
        self.text.setAccessibleName(tr("support.text"))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setTabChangesFocus(True)
        self.text.setMinimumHeight(220)
        self.hosts.toggled.connect(lambda _on: self.gather())
        self.save.setAutoDefault(False)
        self.save.clicked.connect(self._ask_where)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self.body)
        column.setContentsMargins(4, 0, 12, 0)
        column.setSpacing(10)
        column.addWidget(label(tr("support.title"), "subheading"))
        column.addWidget(label(tr("support.intro")))
        middle = QHBoxLayout()
        middle.setSpacing(10)
        middle.addWidget(self.files)
        middle.addWidget(self.text, 1)
        column.addLayout(middle, 1)
        column.addWidget(self.hosts)
        column.addWidget(self.problem)
        column.addWidget(self.told)
        column.addLayout(in_a_row(self.copy, self.save))


def _state(on: bool) -> Qt.CheckState:
    return Qt.CheckState.Checked if on else Qt.CheckState.Unchecked


def _seen() -> dict[str, str]:
    """What only the window knows."""
    screens = ", ".join(
        f"{screen.size().width()}x{screen.size().height()} at {screen.devicePixelRatio():g}"
        for screen in QGuiApplication.screens()
    )
    return {"display": QGuiApplication.platformName(), "screens": screens, "qt": qVersion()}

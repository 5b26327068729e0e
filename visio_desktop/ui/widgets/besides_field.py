"""Before the meeting: a secret one gets in without, and may do more with. Folded behind a tick, typed unseen."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget

from visio_desktop.meeting.intents import SetBesides
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import OptionalSecret
from visio_desktop.system.texts import tr
from visio_desktop.ui.widgets.controls import label

LONGEST_SECRET: Final = 1_024


class BesidesField(QWidget):
    """Hidden where a link takes none. `confirmed`: Return was pressed in it."""

    intent = Signal(object)
    confirmed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.has = QCheckBox()
        self.name = label("")
        self.edit = QLineEdit()
        self.hint = label("", "soft")
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.edit.setMaxLength(LONGEST_SECRET)
        self.edit.setMinimumHeight(40)
        self.edit.returnPressed.connect(self.confirmed)
        self.edit.editingFinished.connect(self.tell)
        self.has.toggled.connect(self._unfold)
        self.name.setBuddy(self.edit)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for part in (self.has, self.name, self.edit, self.hint):
            column.addWidget(part)
        self._kind: OptionalSecret | None = None
        self._link = ""
        self._told = False
        self._unfold(on=False)
        self.hide()

    def show_meeting(self, meeting: Meeting) -> None:
        """Show it where it is of use, empty and folded for another link."""
        link = meeting.link
        kind = link.takes_besides if link is not None else None
        if kind is not None and kind is not self._kind:
            self._name(kind)
        self._kind = kind
        self.setVisible(kind is not None)
        if link is not None and link.text != self._link:
            self._link = link.text
            self._empty()

    def ask(self) -> None:
        """Show the field open and empty: what was typed was wrong."""
        self._empty()
        self.has.setChecked(True)

    def tell(self) -> None:
        """Say what was typed, once."""
        if self.edit.isModified():
            self.edit.setModified(False)
            self._told = True
            self.intent.emit(SetBesides(self.edit.text().strip()))

    def finish(self) -> None:
        """One joins with it: a recovery key is not kept, here neither."""
        self.tell()
        if self._kind is OptionalSecret.RECOVERY_KEY:
            self._empty()

    def _name(self, kind: OptionalSecret) -> None:
        said, hint = tr(f"besides.{kind.value}_name"), tr(f"besides.{kind.value}_hint")
        self.has.setText(tr(f"besides.{kind.value}"))
        self.has.setAccessibleDescription(hint)
        self.name.setText(said)
        self.hint.setText(hint)
        self.edit.setAccessibleName(said)
        self.edit.setAccessibleDescription(hint)

    def _unfold(self, on: bool) -> None:
        for part in (self.name, self.edit, self.hint):
            part.setVisible(on)
        if on:
            return
        self.edit.clear()
        self.edit.setModified(False)
        if self._told:
            self._told = False
            self.intent.emit(SetBesides(""))

    def _empty(self) -> None:
        self._told = False
        self.has.setChecked(False)

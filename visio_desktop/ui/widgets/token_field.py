"""Before the meeting: the access token that a server asks for, where the link does not hold it. Typed unseen."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from visio_desktop.meeting.intents import SetToken
from visio_desktop.meeting.state import Meeting
from visio_desktop.system.texts import tr
from visio_desktop.ui.widgets.controls import label

LONGEST_TOKEN: Final = 16_384


class TokenField(QWidget):
    """Hidden for kinds of server that take none. `confirmed`: Return was pressed in it."""

    intent = Signal(object)
    confirmed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = QLineEdit()
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.edit.setMaxLength(LONGEST_TOKEN)
        self.edit.setPlaceholderText(tr("links.token_hint"))
        self.edit.setAccessibleName(tr("links.token"))
        self.edit.setMinimumHeight(40)
        self.edit.returnPressed.connect(self.confirmed)
        self.edit.editingFinished.connect(self.tell)
        name = label(tr("links.token"))
        name.setBuddy(self.edit)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(name)
        column.addWidget(self.edit)
        self._link = ""
        self.hide()

    def show_meeting(self, meeting: Meeting) -> None:
        """Show it where it is of use, empty for another link."""
        link = meeting.link
        self.setVisible(link is not None and link.takes_token)
        if link is not None and link.text != self._link:
            self._link = link.text
            self.edit.clear()
            self.edit.setModified(False)

    def tell(self) -> None:
        """Say what was typed, once."""
        if self.edit.isModified():
            self.edit.setModified(False)
            self.intent.emit(SetToken(self.edit.text().strip()))

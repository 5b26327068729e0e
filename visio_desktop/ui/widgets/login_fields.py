"""Before the meeting: a name and a password to log in with at its server, for kinds that take them."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from visio_desktop.meeting.accounts import LoginPhase
from visio_desktop.meeting.intents import SetLogin
from visio_desktop.meeting.state import Meeting
from visio_desktop.system.texts import tr
from visio_desktop.ui.widgets.controls import label

LONGEST_USER: Final = 255
LONGEST_PASSWORD: Final = 1_024


class LoginFields(QWidget):
    """Hidden where one does not log in so, or does by the browser. `confirmed`: Return was pressed in one of them."""

    intent = Signal(object)
    confirmed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.user, self.password = QLineEdit(), QLineEdit()
        self.user.setMaxLength(LONGEST_USER)
        self.user.setPlaceholderText(tr("links.account_hint"))
        self.password.setMaxLength(LONGEST_PASSWORD)
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for field, said in ((self.user, tr("links.account")), (self.password, tr("links.account_password"))):
            field.setAccessibleName(said)
            field.setMinimumHeight(40)
            field.returnPressed.connect(self.confirmed)
            field.editingFinished.connect(self.tell)
            name = label(said)
            name.setBuddy(field)
            column.addWidget(name)
            column.addWidget(field)
        self._link = ""
        self.hide()

    def show_meeting(self, meeting: Meeting) -> None:
        """Show them where they are of use, empty for another link; with whose name was typed for it elsewhere."""
        link = meeting.link
        known = meeting.browser_login
        needed = not meeting.login_off and not known.name and known.phase is LoginPhase.IDLE
        self.setVisible(link is not None and link.takes_login and needed)
        if link is not None and link.text != self._link:
            self._link = link.text
            for field in (self.user, self.password):
                field.clear()
                field.setModified(False)
        if not self.user.text() and not self.user.hasFocus():
            self.user.setText(meeting.account_typed)

    def tell(self) -> None:
        """Say what was typed, once."""
        if self.user.isModified() or self.password.isModified():
            self.user.setModified(False)
            self.password.setModified(False)
            self.intent.emit(SetLogin(self.user.text().strip(), self.password.text()))

"""Before the meeting: whether one joins with the account at its server, and a way to do the other thing."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from visio_desktop.meeting.accounts import LoginPhase, Server
from visio_desktop.meeting.errands import CancelLogIn, JoinAs, LogIn
from visio_desktop.meeting.state import Meeting
from visio_desktop.system.texts import tr
from visio_desktop.ui.widgets.controls import label, push_button
from visio_desktop.ui.widgets.problem_box import ProblemBox

WAITING: Final = {
    LoginPhase.OPENING: "account.opening",
    LoginPhase.OPEN: "account.open",
    LoginPhase.CHECKING: "account.checking",
}


class JoiningAs(QWidget):
    """Hidden for servers without accounts, and where nobody may log in; in a lobby for whom the server knows."""

    intent = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wish: object = None
        self.said = label("", "soft")
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.change = push_button("")
        self.change.setAutoDefault(False)  # Return joins
        self.change.clicked.connect(lambda: self.intent.emit(self._wish))
        self.problem = ProblemBox()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.said)
        column.addWidget(self.problem)
        column.addWidget(self.change)
        self.hide()

    def show_meeting(self, meeting: Meeting) -> None:
        """Show how one would join now."""
        server = meeting.at
        nothing_to_do = server is None or (meeting.login_off and server.account is None)
        if server is None or nothing_to_do or (meeting.in_lobby and server.account is not None and not server.as_guest):
            self.hide()
            return
        self.show()
        said, changed, self._wish = offer(server)
        self.said.setText(said)
        self.change.setText(changed.replace("&", "&&"))
        self.change.setAccessibleName(changed)
        self.problem.show_problems(server.problem)


def offer(server: Server) -> tuple[str, str, object]:
    """What holds now, what the button says, and what it asks for."""
    account = server.account
    if server.phase in WAITING:
        return tr(WAITING[server.phase]), tr("account.log_in_not"), CancelLogIn(server.url)
    if account is None:
        again = "account.log_in" if server.expired is None else "account.log_in_again"
        return tr("account.may_log_in", host=server.host), tr(again), LogIn(server.url)
    name = account.name or account.email
    if server.as_guest:
        return tr("account.joining_as_guest"), tr("account.as_account"), JoinAs(server.url, guest=False)
    return tr("account.joining_as", name=name), tr("account.as_guest"), JoinAs(server.url, guest=True)

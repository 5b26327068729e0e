"""Before the meeting: logging in at its server in one's own web browser, for kinds of server that take it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from visio_desktop.meeting.accounts import BrowserLogin, BrowserWish, LoginPhase
from visio_desktop.meeting.intents import AskBrowserLogin
from visio_desktop.meeting.state import Meeting
from visio_desktop.system.texts import tr
from visio_desktop.ui.widgets.controls import label, push_button
from visio_desktop.ui.widgets.link_answers import open_in_browser
from visio_desktop.ui.widgets.problem_box import ProblemBox


class BrowserLoginBox(QWidget):
    """Hidden where one cannot log in so. The page opens once for each time it was asked for here, and again on wish."""

    intent = Signal(object)

    def __init__(self, parent: QWidget | None = None, *, open_page: Callable[[str], object] = open_in_browser) -> None:
        super().__init__(parent)
        self._open_page = open_page
        self._asked = False
        self._shown = BrowserLogin()
        self.said = label("", "soft")
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.problem = ProblemBox()
        self.first, self.second = push_button(""), push_button(tr("account.log_in_not"))
        self.first.clicked.connect(self._pressed)
        self.second.clicked.connect(lambda: self.intent.emit(AskBrowserLogin(BrowserWish.GIVE_UP)))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for part in (self.said, self.problem, self.first, self.second):
            column.addWidget(part)
        for button in (self.first, self.second):
            button.setAutoDefault(False)  # Return joins
        self.hide()

    def show_meeting(self, meeting: Meeting) -> None:
        """Show as whom one is known there, or how far logging in is."""
        link = meeting.link
        self.setVisible(link is not None and link.logs_in_by_browser and not meeting.login_off)
        if link is None:
            return
        login = self._shown = meeting.browser_login
        said, wish = _said(login, link.host)
        self.said.setText(said)
        self.said.setVisible(bool(said))
        self.first.setText(wish)
        self.first.setEnabled(login.phase is not LoginPhase.CHECKING)
        self.first.setVisible(login.phase is not LoginPhase.OPENING)
        self.second.setVisible(login.phase in (LoginPhase.OPENING, LoginPhase.OPEN))
        self.problem.show_problems(login.problem)
        if login.phase is LoginPhase.OPEN and self._asked:
            self._asked = False
            self._open_page(login.address)

    def _pressed(self) -> None:
        login = self._shown
        if login.phase is LoginPhase.OPEN:
            self._open_page(login.address)
            return
        self._asked = not login.name
        self.intent.emit(AskBrowserLogin(BrowserWish.LOG_OUT if login.name else BrowserWish.LOG_IN))


def _said(login: BrowserLogin, host: str) -> tuple[str, str]:
    """What holds now, and what the button says."""
    match login.phase:
        case LoginPhase.OPENING:
            return tr("browser_login.asking", host=host), ""
        case LoginPhase.OPEN:
            return tr("browser_login.open"), tr("browser_login.again")
        case LoginPhase.CHECKING:
            return tr("browser_login.logging_out", host=host), tr("account.log_out")
        case LoginPhase.IDLE if login.name:
            return tr("browser_login.known", name=login.name, host=host), tr("account.log_out")
        case LoginPhase.IDLE:
            return "", tr("browser_login.begin")

"""The meeting could not be joined: why, and what to do."""

from __future__ import annotations

from typing import Final

from visio_desktop.meeting.intents import AgreeToRecording
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.system.texts import tr
from visio_desktop.ui.pages.outcome import PROBLEM_PX, OutcomePage
from visio_desktop.ui.widgets.besides_field import BesidesField
from visio_desktop.ui.widgets.browser_login_box import BrowserLoginBox
from visio_desktop.ui.widgets.joining_as import JoiningAs
from visio_desktop.ui.widgets.link_answers import LinkAnswers
from visio_desktop.ui.widgets.login_fields import LoginFields

# Who was in the lobby and did not get in did not fail: they asked, and may ask again.
_NOT_LET_IN: Final = {ProblemCode.ENTRY_DENIED: "denied", ProblemCode.ENTRY_TIMED_OUT: "timed_out"}
_KNOWN_ENTER: Final = (*_NOT_LET_IN, ProblemCode.LOGIN_NEEDED, ProblemCode.LOGIN_EXPIRED, ProblemCode.LOGIN_FAILED)
_WRONG_BESIDES: Final = (ProblemCode.ROOM_SECRET_REFUSED, ProblemCode.RECOVERY_KEY_REFUSED)
_LOGS_IN: Final = (ProblemCode.LOGIN_NEEDED, ProblemCode.LOGIN_EXPIRED, ProblemCode.LOGIN_REFUSED)
# Of rooms for members alone some servers tell others that there are none, or ask for a password.
_KNOWN_BY_BROWSER: Final = (*_LOGS_IN, ProblemCode.ROOM_NOT_FOUND, ProblemCode.PIN_MISSING, ProblemCode.PIN_REFUSED)


class FailedPage(OutcomePage):
    """A plain sentence, the next step, and another try."""

    def __init__(self) -> None:
        super().__init__(tr("pages.try_again"), again_is_likely=True)
        self.joining_as = JoiningAs()
        self.joining_as.setFixedWidth(PROBLEM_PX)
        self.joining_as.intent.connect(self.intent)
        self.login = LoginFields()
        self.browser_login = BrowserLoginBox()
        self.browser_login.setFixedWidth(PROBLEM_PX)
        self.browser_login.intent.connect(self.intent)
        self.besides = BesidesField()
        for given in (self.login, self.besides):
            given.setFixedWidth(PROBLEM_PX)
            given.intent.connect(self.intent)
            given.confirmed.connect(self._go_back_in)
        self.answers = LinkAnswers()
        self._asks_consent = False
        self.below_problem.addStretch(1)
        self.below_problem.addWidget(self.answers)
        self.below_problem.addWidget(self.joining_as)
        self.below_problem.addWidget(self.login)
        self.below_problem.addWidget(self.browser_login)
        self.below_problem.addWidget(self.besides)
        self.below_problem.addStretch(1)

    def show_meeting(self, meeting: Meeting) -> None:
        """Say why; where the server would let in somebody it knows, or a browser would do, offer that."""
        self.answers.clear()
        self.answers.offer_browser(meeting.problem)
        self.answers.setVisible(bool(self.answers.buttons))
        if meeting.problem is not None and meeting.problem.code in _KNOWN_ENTER:
            self.joining_as.show_meeting(meeting)
        else:
            self.joining_as.hide()
        for way, helped in ((self.login, _LOGS_IN), (self.browser_login, _KNOWN_BY_BROWSER)):
            way.show_meeting(meeting)
            if meeting.problem is None or meeting.problem.code not in helped:
                way.hide()
        self._ask_besides(meeting)
        self._asks_consent = meeting.problem is not None and meeting.problem.code is ProblemCode.CONSENT_NEEDED
        lobby = _NOT_LET_IN.get(meeting.problem.code) if meeting.problem is not None else None
        if lobby is None:
            self.heading.setText(tr("pages.failed"))
            self.name_again(tr("pages.agree" if self._asks_consent else "pages.try_again"))
            self.problem.show_problems(meeting.problem)
            return
        self.heading.setText(tr(f"lobby.{lobby}"))
        self.name_again(tr("lobby.ask_again"))
        self.problem.show_text(tr(f"lobby.{lobby}_next"))

    def _ask_besides(self, meeting: Meeting) -> None:
        """Another one may be typed, or none; snapshots of the same failure leave alone what is being typed."""
        asks = meeting.problem is not None and meeting.problem.code in _WRONG_BESIDES
        began = asks and self.besides.isHidden()
        self.besides.show_meeting(meeting)
        self.besides.setVisible(asks and not self.besides.isHidden())
        if began:
            self.besides.ask()

    def _go_back_in(self) -> None:
        """Who wants in where one may be recorded says so by the button."""
        self.login.tell()
        self.besides.finish()
        self.besides.hide()
        if self._asks_consent:
            self.intent.emit(AgreeToRecording())
        super()._go_back_in()

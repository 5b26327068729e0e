"""The pages before and after a meeting: joining, could not join, over."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from visio_desktop.meeting.intents import GoHome, Leave, Rejoin
from visio_desktop.meeting.state import Ending, Meeting
from visio_desktop.system.texts import tr
from visio_desktop.ui.pages.outside import OutsidePage, heading, push_button
from visio_desktop.ui.widgets.problem_box import ProblemBox

WIDEST_PX = 560


class BetweenPage(OutsidePage):
    """A heading, a few words, buttons."""

    def __init__(self) -> None:
        super().__init__()
        body = QWidget()
        body.setMaximumWidth(WIDEST_PX)
        self.body = QVBoxLayout(body)
        self.body.setSpacing(16)
        self.heading = heading("")
        self.body.addWidget(self.heading)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(body, 6)
        row.addStretch(1)
        self.column.addStretch(2)
        self.column.addLayout(row)
        self.column.addStretch(3)
        self._first: QPushButton | None = None

    def take_focus(self) -> None:
        """To the first button."""
        if self._first is not None:
            self._first.setFocus(Qt.FocusReason.OtherFocusReason)

    def add_buttons(self, *buttons: QPushButton) -> None:
        """The page's buttons, the first of them focused."""
        self._first = buttons[0]
        row = QHBoxLayout()
        for button in buttons:
            row.addWidget(button)
        row.addStretch(1)
        self.body.addLayout(row)


class JoiningPage(BetweenPage):
    """Joining takes a moment; it can be given up."""

    def __init__(self) -> None:
        super().__init__()
        self.heading.setText(tr("pages.joining"))
        hint = QLabel(tr("pages.joining_hint"))
        hint.setObjectName("soft")
        progress = QProgressBar()
        progress.setRange(0, 0)
        progress.setTextVisible(False)
        progress.setAccessibleName(tr("pages.joining"))
        cancel = push_button(tr("pages.cancel"))
        cancel.clicked.connect(lambda: self.intent.emit(Leave()))
        self.body.addWidget(hint)
        self.body.addWidget(progress)
        self.add_buttons(cancel)


class FailedPage(BetweenPage):
    """Could not join: why, and what to do."""

    def __init__(self) -> None:
        super().__init__()
        self.heading.setText(tr("pages.failed_heading"))
        self._problem = ProblemBox()
        self.body.addWidget(self._problem)
        again = push_button(tr("pages.try_again"), primary=True)
        again.clicked.connect(lambda: self.intent.emit(Rejoin()))
        home = push_button(tr("pages.home"))
        home.clicked.connect(lambda: self.intent.emit(GoHome()))
        self.add_buttons(again, home)

    def show_meeting(self, meeting: Meeting) -> None:
        """Show why."""
        self._problem.show_problems(meeting.problem)


class EndedPage(BetweenPage):
    """The meeting is over for us."""

    def __init__(self) -> None:
        super().__init__()
        self._problem = ProblemBox()
        self.body.addWidget(self._problem)
        rejoin = push_button(tr("pages.rejoin"))
        rejoin.clicked.connect(lambda: self.intent.emit(Rejoin()))
        home = push_button(tr("pages.home"), primary=True)
        home.clicked.connect(lambda: self.intent.emit(GoHome()))
        self.add_buttons(rejoin, home)

    def show_meeting(self, meeting: Meeting) -> None:
        """Show how it ended."""
        ending = meeting.ending if meeting.ending is not None else Ending.LEFT
        self.heading.setText(tr(f"pages.ended_{ending.value}"))
        self._problem.show_problems(meeting.problem if ending is Ending.DROPPED else None)

"""The first page of a kiosk with one meeting: a button that leads there, and nothing else."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from visio_desktop.meeting.intents import OpenLink
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Problem
from visio_desktop.system.texts import tr
from visio_desktop.ui.pages.light import LightPage
from visio_desktop.ui.widgets.controls import label, push_button
from visio_desktop.ui.widgets.problem_box import ProblemBox

_TEXT_PX: Final = 560


class KioskPage(LightPage):
    """Opens `link`; what is wrong with it is said below the button."""

    def __init__(self, link: str) -> None:
        super().__init__()
        self.problem = ProblemBox()
        self.join = push_button(tr("pages.join"), primary=True)
        self.join.clicked.connect(lambda: self.intent.emit(OpenLink(link)))
        self._refused: Problem | None = None
        self._lay_out()

    def show_meeting(self, meeting: Meeting) -> None:
        """Say what is wrong with the link."""
        if meeting.link_problem is not self._refused:
            self._refused = meeting.link_problem
            self.problem.show_problems(meeting.link_problem)

    def take_focus(self) -> None:
        """The keyboard starts on the one thing to do."""
        self.join.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self.body)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(28)
        column.addStretch(2)
        heading = label(tr("support.kiosk_heading"), "large")
        heading.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(heading)
        for part, width_px in ((label(tr("support.kiosk_hint")), _TEXT_PX), (self.problem, _TEXT_PX)):
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            part.setFixedWidth(width_px)
            middle = QHBoxLayout()
            middle.addStretch(1)
            middle.addWidget(part)
            middle.addStretch(1)
            column.addLayout(middle)
        column.addWidget(self.join, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)

"""What the failed and the ended page have in common: a sentence, what happened, and two ways on."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from visio_desktop.meeting.intents import GoHome, Rejoin
from visio_desktop.system.texts import tr
from visio_desktop.ui.pages.light import LightPage
from visio_desktop.ui.widgets.buttons import restyle
from visio_desktop.ui.widgets.controls import label, push_button
from visio_desktop.ui.widgets.problem_box import ProblemBox

PROBLEM_PX = 560


class OutcomePage(LightPage):
    """`again` is the text of the way back in; the likely way is filled and has the keyboard."""

    def __init__(self, again: str, *, again_is_likely: bool) -> None:
        super().__init__()
        self.heading = label("", "large")
        self.heading.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.problem = ProblemBox()
        self.problem.setFixedWidth(PROBLEM_PX)
        self.again = push_button(again)
        self.home = push_button(tr("pages.return_home"))
        self.again.clicked.connect(self._go_back_in)
        self.home.clicked.connect(lambda: self.intent.emit(GoHome()))
        self._likely = self.home
        self._lay_out()
        self.suggest_again(again_is_likely)

    def take_focus(self) -> None:
        """The keyboard starts on what most people want."""
        self._likely.setFocus(Qt.FocusReason.OtherFocusReason)

    def suggest_again(self, likely: bool) -> None:
        """Whether most people will want back in."""
        self._likely = self.again if likely else self.home
        for button in (self.again, self.home):
            button.setProperty("primary", button is self._likely)
            restyle(button)

    def name_again(self, text: str) -> None:
        """What the way back in is called here."""
        self.again.setText(text)
        self.again.setAccessibleName(text)

    def _go_back_in(self) -> None:
        self.intent.emit(Rejoin())

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self.again)
        buttons.addWidget(self.home)
        buttons.addStretch(1)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(self.problem)
        middle.addStretch(1)
        column = QVBoxLayout(self.body)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(28)
        column.addStretch(1)
        column.addWidget(self.heading)
        column.addLayout(middle)
        self.below_problem = QHBoxLayout()
        column.addLayout(self.below_problem)
        column.addLayout(buttons)
        column.addStretch(3)

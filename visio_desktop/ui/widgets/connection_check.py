"""Before the meeting: a quiet button that tests the way to the server, how the test goes, and what it came to."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from visio_desktop.diagnostics.verdict import outcome
from visio_desktop.meeting.hops import Check, Hop, HopState, Verdict, judge
from visio_desktop.meeting.intents import CheckConnection, EndCheck
from visio_desktop.meeting.state import Meeting
from visio_desktop.system.clock import Clock, monotonic_ms
from visio_desktop.system.texts import tr
from visio_desktop.ui import icons, theme
from visio_desktop.ui.announce import announce
from visio_desktop.ui.widgets.controls import label, push_button
from visio_desktop.ui.widgets.problem_box import sentence
from visio_desktop.ui.widgets.steady import Steady

_SIGN_PX: Final = 22
_LONGEST_DETAIL: Final = 200


class ConnectionCheck(QWidget):
    """The button stops the test while it runs; nothing here keeps from joining. `details_asked`: show what it did.

    `changed`: it says something else, and may need another height.
    """

    intent = Signal(object)
    details_asked = Signal()
    changed = Signal()

    def __init__(self, parent: QWidget | None = None, *, now: Clock = monotonic_ms) -> None:
        super().__init__(parent)
        self._check: Check | None = None
        self._steady = Steady(now)
        self._said = ""
        self.begin = _quiet("check.begin")
        self.details = _quiet("check.details")
        self.inside = _quiet("check.inside")
        self.sign = label("")
        self.said = label("")
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.inside_told = label(tr("check.inside_told"), "soft")
        self.inside.setAccessibleDescription(self.inside_told.text())
        self.begin.clicked.connect(self._press)
        self.details.clicked.connect(self.details_asked)
        self.inside.clicked.connect(self._press_inside)
        self._rows = tuple(QBoxLayout(QBoxLayout.Direction.LeftToRight) for _ in range(2))
        self._lay_out()
        self._show(None)

    def show_meeting(self, meeting: Meeting) -> None:
        """Show how the test is."""
        if meeting.check != self._check:
            self._show(meeting.check)

    def set_across(self, *, across: bool) -> None:
        """What is said stands beside the button, or below it."""
        direction = QBoxLayout.Direction.LeftToRight if across else QBoxLayout.Direction.TopToBottom
        for row in self._rows:
            row.setDirection(direction)

    def _show(self, check: Check | None) -> None:
        was, self._check = self._check, check
        runs = check is not None and not check.over
        if (was is not None and not was.over) is not runs:
            self._steady.moved()
        ended = check is not None and check.over
        verdict = judge(check.hops) if check is not None and ended else None
        self._name(tr("check.stop") if runs else tr("check.again") if ended else tr("check.begin"))
        self._say("" if check is None else progress(check) if verdict is None else outcome(verdict))
        self._sign(verdict)
        self.details.setVisible(check is not None)
        offered = verdict is not None and verdict.is_untried and check is not None and not check.inside
        self.inside.setVisible(offered)
        self.inside_told.setVisible(offered)
        self.changed.emit()
        if check is not None and (was is None or was.number != check.number or ended):
            announce(self, self.said.text())

    def _press(self) -> None:
        if self._check is not None and not self._check.over:
            if self._steady.settled:  # a double click begins, and does not end at once
                self.intent.emit(EndCheck())
        else:
            self.intent.emit(CheckConnection())

    def _press_inside(self) -> None:
        """The button goes, and the keyboard must not end up on the next one: that joins."""
        self.begin.setFocus(Qt.FocusReason.OtherFocusReason)
        self.intent.emit(CheckConnection(inside=True))

    def _name(self, text: str) -> None:
        self.begin.setText(text)
        self.begin.setAccessibleName(text)

    def _say(self, text: str) -> None:
        self.said.setText(text)
        self.said.setAccessibleName(text)
        self.said.setVisible(bool(text))

    def _sign(self, verdict: Verdict | None) -> None:
        """A sign beside the words, which say the same."""
        self.sign.setVisible(verdict is not None)
        if verdict is not None:
            name = "warning" if verdict.is_untried else "check" if verdict.is_good else "error"
            colour = theme.ACTION if verdict.is_good else theme.PROBLEM_INK
            self.sign.setPixmap(icons.pixmap(name, colour, _SIGN_PX, self.devicePixelRatioF()))

    def _lay_out(self) -> None:
        self.sign.setFixedSize(_SIGN_PX, _SIGN_PX)
        told = QHBoxLayout()
        told.setSpacing(8)
        told.addWidget(self.sign)
        told.addWidget(self.said, 1)
        first, second = self._rows
        first.addWidget(self.begin, 0, Qt.AlignmentFlag.AlignLeft)
        first.addLayout(told, 1)
        first.addWidget(self.details, 0, Qt.AlignmentFlag.AlignLeft)
        second.addWidget(self.inside, 0, Qt.AlignmentFlag.AlignLeft)
        second.addWidget(self.inside_told, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for row in self._rows:
            row.setSpacing(12)
            column.addLayout(row)


def progress(check: Check) -> str:
    """How far a test is: what it did last."""
    if not check.hops:
        return tr("check.running")
    return tr("check.running_after", hop=named(check.hops[-1]))


def named(hop: Hop) -> str:
    """What a hop is, in words; by its own name where there are none for it."""
    key = f"check.hop_{hop.name}"
    text = tr(key)
    return hop.name if text == key else text


def told(hop: Hop) -> str:
    """One hop with how it went; below it, where it failed, what is wrong and what to do."""
    state = tr(f"check.{hop.state.value}")
    took = tr("check.took", ms=f"{hop.took_ms:.0f}") if hop.took_ms >= 1 else ""
    said = "" if hop.state is HopState.FAILED else " ".join(hop.detail.split())[:_LONGEST_DETAIL]
    detail = ", ".join(part for part in (said, took) if part)
    line = tr("check.line_detail" if detail else "check.line", hop=named(hop), state=state, detail=detail)
    return line if hop.problem is None else f"{line}\n{sentence(hop.problem)}"


def _quiet(key: str) -> QPushButton:
    made = push_button(tr(key))
    made.setFlat(True)
    return made

"""A problem in plain words with its next step, told to screen readers when it comes."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from visio_desktop.meeting.values import Problem
from visio_desktop.system.texts import tr
from visio_desktop.ui.announce import announce


class ProblemBox(QLabel):
    """Hidden while there is nothing to tell."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("problem")
        self.setWordWrap(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._text = ""
        self.hide()

    def show_problems(self, *problems: Problem | None) -> None:
        """Tell these problems, passing over those that are None."""
        self.show_text("\n\n".join(sentence(problem) for problem in problems if problem is not None))

    def show_text(self, text: str) -> None:
        """Tell this, or nothing with an empty text."""
        if text == self._text:
            return
        self._text = text
        self.setText(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))
        if text:
            announce(self, text)


def sentence(problem: Problem) -> str:
    """What is wrong and, on a line of its own, what to do."""
    key = f"problems.{problem.code.value}"
    return f"{tr(key, subject=problem.subject)}\n{tr(f'{key}.next', subject=problem.subject)}"

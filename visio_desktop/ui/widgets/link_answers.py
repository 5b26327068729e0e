"""What can be done about a link that was refused: open it in the browser, connect all the same, say what it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from visio_desktop.meeting.intents import ChooseLink, OpenLink
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Candidate, Problem, ProblemCode
from visio_desktop.net.hosts import is_loopback
from visio_desktop.system.texts import tr
from visio_desktop.ui.widgets.controls import label, push_button

_LONGEST_SHOWN: Final = 46


class LinkAnswers(QWidget):
    """Hidden where there is nothing to choose. Buttons in a row, each reached by the tab key.

    `chosen` comes with one of the links that were in a text; `asks` while that is asked.
    """

    intent = Signal(object)
    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: list[QPushButton] = []
        self.asks = False
        self._question = label(tr("links.choose"), "subheading")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._column.addWidget(self._question)
        self.hide()

    def show_meeting(self, meeting: Meeting) -> None:
        """Offer what fits the link that was refused."""
        asked, problem = meeting.link_asked, meeting.link_problem
        self.clear()
        for candidate in meeting.link_candidates:
            self._add(*self._choice(candidate))
        if problem is not None and problem.code is ProblemCode.LINK_PRIVATE:
            self._add(
                tr("links.ask_private", host=problem.subject), lambda: self.intent.emit(OpenLink(asked, sure=True))
            )
        if not meeting.link_candidates:
            self.offer_browser(problem)
        self._question.setText(tr("links.choose"))
        self._question.setVisible(bool(meeting.link_candidates))
        self.setVisible(bool(self.buttons))

    def offer_links(self, links: tuple[str, ...]) -> None:
        """Which of the links of a text is the meeting's."""
        self.clear()
        for link in links:
            button = self._add(_short(link), self._choosing(link))
            button.setAccessibleName(link)
            button.setToolTip(link)
        self._question.setText(tr("links.several"))
        self._question.show()
        self.asks = True
        self.show()

    def offer_browser(self, problem: Problem | None) -> None:
        """A button more where a browser can do what we cannot."""
        if problem is not None and problem.browser:
            self._add(tr("links.open_browser"), lambda: open_in_browser(problem.browser))

    def clear(self) -> None:
        """Offer nothing any more."""
        for button in self.buttons:
            self._column.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = []
        self.asks = False
        self.hide()

    def take_focus(self) -> bool:
        """Put the keyboard on the first button; whether there is one."""
        if self.buttons:
            self.buttons[0].setFocus()
        return bool(self.buttons)

    def _choice(self, candidate: Candidate) -> tuple[str, Callable[[], object]]:
        if candidate.browser:
            told = tr("links.open_candidate_browser", kind=candidate.name)
            return told, lambda: open_in_browser(candidate.browser)
        return tr("links.open_candidate", kind=candidate.name), lambda: self.intent.emit(ChooseLink(candidate.link))

    def _choosing(self, link: str) -> Callable[[], object]:
        return lambda: self.chosen.emit(link)

    def _add(self, text: str, act: Callable[[], object]) -> QPushButton:
        button = push_button(text)
        button.clicked.connect(act)
        self.buttons.append(button)
        self._column.addWidget(button)
        return button


def _short(link: str) -> str:
    """A link on a button: without its scheme, which says little, and without its middle where it is long."""
    text = link.partition("://")[2] or link
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 12]}…{text[-11:]}"


def open_in_browser(address: str) -> None:
    """Have the desktop open a web address; nothing else, whatever it says. On this machine it need not be encrypted."""
    url = QUrl(address, QUrl.ParsingMode.StrictMode)
    if url.isValid() and (url.scheme() == "https" or (url.scheme() == "http" and is_loopback(url.host()))):
        QDesktopServices.openUrl(url)

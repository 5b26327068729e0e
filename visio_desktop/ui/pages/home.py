"""The first page: a link, one's servers, the meetings of late, the practice meeting."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from visio_desktop.meeting.changes import known_hosts
from visio_desktop.meeting.intents import OpenLink
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Problem
from visio_desktop.system.pasted import LONGEST_TEXT, links_in, unwrapped
from visio_desktop.system.texts import tr
from visio_desktop.ui.announce import announce
from visio_desktop.ui.pages.light import LightPage
from visio_desktop.ui.widgets.buttons import restyle
from visio_desktop.ui.widgets.controls import label, push_button
from visio_desktop.ui.widgets.illustration import Illustration
from visio_desktop.ui.widgets.link_answers import LinkAnswers
from visio_desktop.ui.widgets.problem_box import ProblemBox
from visio_desktop.ui.widgets.recents import Recents
from visio_desktop.ui.widgets.server_list import ServerList

PRACTICE: Final = "practice:"
LONGEST_LINK: Final = 2_000
_COLUMN_PX: Final = 530
_WITH_PICTURE_PX: Final = 1000
_SMALL_PX: Final = 900


class HomePage(LightPage):
    """Paste a link, or a text with one in it, and look at it; what is wrong with it is said below the field.

    `forgets`: where one has been is nobody's business here.
    """

    def __init__(self, *, forgets: bool = False) -> None:
        super().__init__()
        self._forgets = forgets
        self.field = QLineEdit()
        self.field.setMaxLength(LONGEST_TEXT)
        self.field.setPlaceholderText(tr("pages.link_hint"))
        self.field.setAccessibleName(tr("pages.link"))
        self.field.setMinimumHeight(46)
        self.field.setClearButtonEnabled(False)
        self.join = push_button(tr("pages.continue"), primary=True)
        self.practice = push_button(tr("pages.practice"))
        self.problem = ProblemBox()
        self.answers = LinkAnswers()
        self.recents = Recents()
        self.servers = ServerList()
        self._picture = Illustration()
        self._title = label(tr("pages.home_heading"), "title")
        self._refused: Problem | None = None
        self._known: frozenset[str] = frozenset()
        self._lay_out()
        self.field.returnPressed.connect(self._open)
        self.field.textEdited.connect(self._typed)
        self.join.clicked.connect(self._open)
        self.practice.clicked.connect(lambda: self.intent.emit(OpenLink(PRACTICE)))
        self.recents.intent.connect(self.intent)
        self.servers.intent.connect(self.intent)
        self.answers.intent.connect(self.intent)
        self.answers.chosen.connect(self._choose)
        self.servers.rooms_asked.connect(self.rooms_asked)

    def show_meeting(self, meeting: Meeting) -> None:
        """Show the recent meetings and what is wrong with the link."""
        self._known = frozenset() if self._forgets else known_hosts(meeting)
        self.recents.show_links(() if self._forgets else meeting.recents)
        self.servers.show_meeting(meeting)
        self.servers.setVisible(not meeting.login_off)
        if meeting.link_problem is not self._refused:
            self._refused = meeting.link_problem
            self.problem.show_problems(meeting.link_problem)
            self.answers.show_meeting(meeting)
            if meeting.link_problem is not None and not self.answers.take_focus():
                self.take_focus()

    def take_focus(self) -> None:
        """The keyboard starts in the field, what is there selected."""
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field.selectAll()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The drawing shows where there is room for it."""
        super().resizeEvent(event)
        self._picture.setVisible(self.width() >= _WITH_PICTURE_PX)
        small = self.width() < _SMALL_PX
        if self._title.property("small") != small:
            self._title.setProperty("small", small)
            restyle(self._title)

    def _typed(self, text: str) -> None:
        self.problem.show_problems()
        self.answers.clear()
        if not _is_one_link(text.strip()):
            self._take_from(text)

    def _take_from(self, text: str) -> None:
        """The link of an invitation in place of the invitation; where several may be it, the person is asked."""
        links = links_in(text, self._known)
        if len(links) > 1:
            self.answers.offer_links(links)
            announce(self, tr("links.several"))
        elif links:
            self.field.setText(links[0])
            announce(self, tr("links.pasted"))
        if not links or len(links) > 1:
            self.field.setText(text[:LONGEST_LINK])

    def _choose(self, link: str) -> None:
        self.answers.clear()
        self.field.setText(link)
        self._open()

    def _open(self) -> None:
        link = self.field.text().strip()
        if self.answers.asks:
            self.answers.take_focus()
        elif link:
            self.intent.emit(OpenLink(link))
        else:
            self.problem.show_text(tr("pages.link_empty"))
            self.take_focus()

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setSpacing(12)
        column.addStretch(2)
        column.addWidget(self._title)
        column.addWidget(label(tr("pages.home_subline"), "subline"))
        column.addSpacing(20)
        column.addLayout(self._link_row())
        column.addWidget(self.problem)
        column.addWidget(self.answers)
        column.addWidget(self.servers)
        column.addLayout(self._practice_row())
        column.addWidget(self.recents)
        column.addStretch(3)
        holder = QWidget()
        holder.setLayout(column)
        column.setContentsMargins(0, 0, 0, 0)
        holder.setMaximumWidth(_COLUMN_PX)
        across = QHBoxLayout(self.body)
        across.setContentsMargins(36, 8, 36, 12)
        across.setSpacing(60)
        across.addStretch(1)
        across.addWidget(holder, 12)
        across.addWidget(self._picture, 12)
        across.addStretch(1)

    def _link_row(self) -> QVBoxLayout:
        name = label(tr("pages.link"))
        name.setBuddy(self.field)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.field, 1)
        row.addWidget(self.join)
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(name)
        column.addLayout(row)
        return column

    def _practice_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(self.practice)
        row.addWidget(label(tr("pages.practice_hint"), "soft"), 1)
        return row


def _is_one_link(text: str) -> bool:
    """Whether this is a link as it is, or one being typed."""
    return len(text) <= LONGEST_LINK and not any(sign.isspace() for sign in text) and unwrapped(text) == text

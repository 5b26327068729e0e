"""The servers on the home page, and a field to add one."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from visio_desktop.meeting.errands import AddServer
from visio_desktop.meeting.state import Meeting
from visio_desktop.system.texts import tr
from visio_desktop.ui.widgets.controls import label, push_button
from visio_desktop.ui.widgets.problem_box import ProblemBox
from visio_desktop.ui.widgets.server_card import ServerCard

LONGEST_ADDRESS: Final = 2_000


class ServerList(QWidget):
    """A card for each server; those with an account first."""

    intent = Signal(object)
    rooms_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: dict[str, ServerCard] = {}
        self.add = AddRow()
        self.add.intent.connect(self.intent)
        self._column = QVBoxLayout()
        self._column.setSpacing(8)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 8, 0, 0)
        outer.setSpacing(8)
        outer.addLayout(self._column)
        outer.addWidget(self.add)

    def show_meeting(self, meeting: Meeting) -> None:
        """Show the servers of this snapshot."""
        for url in [url for url in self.cards if meeting.server(url) is None]:
            self._drop(self.cards.pop(url))
        for server in sorted(meeting.servers, key=lambda s: s.active is None):
            if server.url not in self.cards:
                card = ServerCard(server, self)
                card.intent.connect(self.intent)
                card.rooms_asked.connect(self.rooms_asked)
                self._column.addWidget(card)
                self.cards[server.url] = card
            self.cards[server.url].show_server(server, can_log_in=meeting.can_log_in)
        self.add.show_meeting(meeting)

    def _drop(self, card: ServerCard) -> None:
        self._column.removeWidget(card)
        card.hide()
        card.deleteLater()


class AddRow(QWidget):
    """A button that becomes a field; closes once the server is found."""

    intent = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.begin = push_button(tr("account.add"))
        self.begin.setFlat(True)
        self.field = QLineEdit()
        self.field.setMaxLength(LONGEST_ADDRESS)
        self.field.setPlaceholderText(tr("account.add_hint"))
        self.field.setAccessibleName(tr("account.add_name"))
        self.field.setMinimumHeight(40)
        self.now = push_button(tr("account.add_now"))
        self.cancel = push_button(tr("account.cancel"))
        self.state = label(tr("account.seeking"), "soft")
        self.problem = ProblemBox()
        self._sought = False
        self._lay_out()
        self._show(is_open=False)
        self.begin.clicked.connect(self._open)
        self.now.clicked.connect(self._ask)
        self.field.returnPressed.connect(self._ask)
        self.cancel.clicked.connect(lambda: self._show(is_open=False))

    def show_meeting(self, meeting: Meeting) -> None:
        """Show how the search goes."""
        over, self._sought = self._sought and not meeting.server_sought, meeting.server_sought
        self.state.setVisible(meeting.server_sought)
        self.now.setEnabled(not meeting.server_sought)
        if over and meeting.server_problem is None:
            self._show(is_open=False)
        elif over:
            self.problem.show_problems(meeting.server_problem)
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open(self) -> None:
        self.field.clear()
        self._show(is_open=True)
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask(self) -> None:
        text = self.field.text().strip()
        if text:
            self.problem.show_problems()
            self.intent.emit(AddServer(text))
        else:
            self.problem.show_text(tr("account.add_empty"))

    def _show(self, *, is_open: bool) -> None:
        self.begin.setVisible(not is_open)
        for part in (self.field, self.now, self.cancel):
            part.setVisible(is_open)
        if not is_open:
            self.problem.show_problems()
            self.state.hide()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.field, 1)
        row.addWidget(self.now)
        row.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.begin, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(row)
        column.addWidget(self.state)
        column.addWidget(self.problem)

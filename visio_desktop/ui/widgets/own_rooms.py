"""Rows of one's rooms: open, copy, change who may enter and do what, delete after a question."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from visio_desktop.meeting.accounts import OwnRoom
from visio_desktop.meeting.errands import DeleteRoom, SetRoomAccess, SetRoomRules
from visio_desktop.meeting.intents import OpenLink
from visio_desktop.meeting.rooms import Access
from visio_desktop.meeting.values import Role
from visio_desktop.system.texts import tr
from visio_desktop.ui import theme
from visio_desktop.ui.announce import announce
from visio_desktop.ui.widgets.controls import icon_button, label, push_button
from visio_desktop.ui.widgets.drop_down import DropDown
from visio_desktop.ui.widgets.elided import ElidedLabel
from visio_desktop.ui.widgets.member_rules import MemberRules

_ICON_PX: Final = 20


class Question(QWidget):
    """Asks in place of a row, so that nothing is deleted by one slip; `answered` says whether to go on."""

    answered = Signal(bool)

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = label(text)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.yes = push_button(tr("account.delete"))
        self.no = push_button(tr("account.keep"))
        self.yes.clicked.connect(lambda: self.answered.emit(True))
        self.no.clicked.connect(lambda: self.answered.emit(False))
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(8)
        across.addWidget(self.text, 1)
        across.addWidget(self.yes)
        across.addWidget(self.no)


class Deletable(QWidget):
    """A row that can be deleted: the row itself, or the question in its place."""

    intent = Signal(object)

    def __init__(self, row: QWidget, question: str, errand: object) -> None:
        super().__init__()
        self.question = Question(question)
        self._errand = errand
        self._pages = QStackedLayout(self)
        self._pages.setContentsMargins(0, 0, 0, 0)
        self._pages.addWidget(row)
        self._pages.addWidget(self.question)
        self.question.answered.connect(self._answered)

    def ask(self) -> None:
        """Ask before deleting; the keyboard stands on keeping it."""
        self._pages.setCurrentWidget(self.question)
        self.question.no.setFocus(Qt.FocusReason.OtherFocusReason)
        announce(self, self.question.text.text())

    def _answered(self, go_on: bool) -> None:
        self._pages.setCurrentIndex(0)
        if go_on:
            self.intent.emit(self._errand)


class RoomRow(Deletable):
    """One room."""

    def __init__(self, server: str, room: OwnRoom) -> None:
        row = QWidget()
        super().__init__(row, tr("account.delete_room_ask", room=room.name), DeleteRoom(server, room.id))
        self.room_id = room.id
        self.name = ElidedLabel(room.name)
        self.access = access_choice(room.access, tr("account.room_access", room=room.name))
        self.access.setEnabled(room.role.leads)
        self.access.activated.connect(
            lambda: self.intent.emit(SetRoomAccess(server, room.id, Access(self.access.currentData())))
        )
        self.more = icon_button("settings", tr("account.room_rules", room=room.name), size_px=_ICON_PX)
        self.more.setCheckable(True)
        self.more.setEnabled(room.role.leads)
        self.rules = MemberRules(room.rules, room.name)
        self.rules.hide()
        self.more.toggled.connect(self.rules.setVisible)
        self.rules.changed.connect(lambda rules: self.intent.emit(SetRoomRules(server, room.id, rules)))
        self.open = icon_button("open_in_new", tr("account.open_room", room=room.name), size_px=_ICON_PX)
        self.open.clicked.connect(lambda: self.intent.emit(OpenLink(room.link)))
        self.copy = icon_button("content_copy", tr("account.copy_room", room=room.name), size_px=_ICON_PX)
        self.copy.clicked.connect(lambda: self._copy(room.link))
        said = tr("account.delete_room", room=room.name)
        self.delete = icon_button("delete", said, colour=theme.PROBLEM_INK, size_px=_ICON_PX)
        self.delete.setEnabled(room.role is Role.OWNER)
        self.delete.clicked.connect(self.ask)
        across = QHBoxLayout()
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(4)
        across.addWidget(self.name, 3)
        across.addWidget(self.access, 4)
        for button in (self.more, self.open, self.copy, self.delete):
            across.addWidget(button)
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(across)
        column.addWidget(self.rules)

    def _copy(self, link: str) -> None:
        QGuiApplication.clipboard().setText(link)
        announce(self, tr("invitation.copied"))


def access_choice(now: Access | None, said: str) -> DropDown:
    """A list of who may enter; empty while unknown."""
    made = DropDown()
    made.setAccessibleName(said)
    for access in Access:
        made.addItem(tr(f"host.{access.value}"), access.value)
        made.setItemData(made.count() - 1, tr(f"host.{access.value}_about"), Qt.ItemDataRole.ToolTipRole)
    made.setCurrentIndex(-1 if now is None else made.findData(now.value))
    return made

"""Everybody in the meeting, who waits to be let in, and what may be done with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QMenu

from visio_desktop.meeting.bounds import LONGEST_NAME
from visio_desktop.meeting.intents import AskServer
from visio_desktop.meeting.requests import Rename
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Capability
from visio_desktop.system.texts import tr
from visio_desktop.ui.widgets.ask_strip import AskStrip
from visio_desktop.ui.widgets.buttons import menu_icon
from visio_desktop.ui.widgets.controls import push_button
from visio_desktop.ui.widgets.lobby_list import LobbyList
from visio_desktop.ui.widgets.people_actions import Entry, Writing, entries_for, entries_for_everybody
from visio_desktop.ui.widgets.people_list import PeopleList
from visio_desktop.ui.widgets.people_rows import rows_of
from visio_desktop.ui.widgets.side_panel import SidePanel, tamed_name
from visio_desktop.ui.widgets.volume_card import VolumeCard

SEARCHED_FROM: Final = 11
"""With so many people there is a field to search for one."""
_LOW_PX: Final = 300
_LIST_PX, _LOW_LIST_PX = 60, 20
"""Where the window is low, who waits at the door comes before who is there."""


class PeoplePanel(SidePanel):
    """Those with a raised hand first, in the order of the queue."""

    def __init__(self) -> None:
        super().__init__("room.people")
        self._meeting = Meeting()
        self._count = QLabel()
        self._count.setObjectName("note")
        self._lobby = LobbyList()
        self._lobby.intent.connect(self.intent)
        self._search = QLineEdit()
        self._search.setPlaceholderText(tr("people.search"))
        self._search.setAccessibleName(tr("people.search"))
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(lambda: self.show_meeting(self._meeting))
        self._search.hide()
        self._everybody = push_button(tr("people.everybody"))
        self._everybody.clicked.connect(self._open_menu_for_everybody)
        self._list = PeopleList()
        self._list.menu_asked.connect(self._open_menu)
        self._list.rename_asked.connect(self._rename)
        self._ask = AskStrip(self)
        self._ask.opened.connect(self._place_question)
        self._ask.return_to(self._list)
        self._lay_out()

    def show_meeting(self, meeting: Meeting) -> None:
        """Show who is there; a row that is the same stays as it is."""
        self._meeting = meeting
        self._show_lobby(meeting)
        self._search.setVisible(len(meeting.participants) >= SEARCHED_FROM or bool(self._search.text()))
        wanted = self._search.text()
        rows = rows_of(meeting, wanted)
        found = tr("people.search_found", count=len(rows))
        self._count.setText(found if wanted else tr("room.people_count", count=len(meeting.participants)))
        self._everybody.setVisible(bool(entries_for_everybody(meeting)))
        may_rename = meeting.me is not None and Capability.RENAME in meeting.capabilities
        self._list.own_id = meeting.me.id if meeting.me is not None and may_rename else ""
        self._list.show_rows(rows)
        if self._ask.about and meeting.participant(self._ask.about) is None:
            self._ask.close_strip()

    def take_focus(self) -> None:
        """To who waits, else to the list."""
        rows = self._lobby.rows()
        if rows and not self._lobby.isHidden():
            rows[0].admit.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        if self._list.currentItem() is None:
            self._list.setCurrentRow(0)
        self._list.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the question at the foot, and room for who waits."""
        super().resizeEvent(event)
        self._list.setMinimumHeight(_LIST_PX if self.height() >= _LOW_PX else _LOW_LIST_PX)
        self._place_question()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape empties the search before it closes the panel."""
        if event.key() == Qt.Key.Key_Escape and self.focusWidget() is self._search and self._search.text():
            self._search.clear()
        else:
            super().keyPressEvent(event)

    def _show_lobby(self, meeting: Meeting) -> None:
        """The keyboard goes on where it was of use: to the next who waits, else to the list."""
        before = self.window().focusWidget()
        decided = before is not None and self._lobby.isAncestorOf(before)
        self._lobby.show_meeting(meeting)
        after = self.window().focusWidget()
        if decided and (after is None or not after.isVisible() or not self._lobby.isAncestorOf(after)):
            self.take_focus()

    def _open_menu(self, person_id: str, place: QPoint) -> None:
        person = self._meeting.participant(person_id)
        if person is not None:
            name = tr("people.menu_of", name=tamed_name(person.name))
            self._pop_up(entries_for(self._meeting, person), name, place, person_id)

    def _open_menu_for_everybody(self) -> None:
        below = self._everybody.mapToGlobal(self._everybody.rect().bottomLeft())
        self._pop_up(entries_for_everybody(self._meeting), tr("people.everybody"), below)

    def _pop_up(self, entries: tuple[Entry, ...], name: str, place: QPoint, about: str = "") -> None:
        if not entries:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName(name)
        for entry in entries:
            action = menu.addAction(menu_icon(entry.icon), entry.text.replace("&", "&&"))
            action.triggered.connect(lambda _=False, entry=entry: self._carry_out(entry, about, place))
        menu.popup(place)
        menu.setActiveAction(menu.actions()[0])

    def _carry_out(self, entry: Entry, about: str, place: QPoint) -> None:
        match entry.does:
            case Writing.OWN_NAME:
                self._rename()
            case Writing.VOLUME:
                self._ask_volume(about, place)
            case does if entry.question:
                self._ask.ask(entry.question, entry.yes, self._emitting(does), about=about)
            case does:
                self._emitting(does)()

    def _emitting(self, intents: tuple[object, ...]) -> Callable[[], None]:
        def emit() -> None:
            for intent in intents:
                self.intent.emit(intent)

        return emit

    def _ask_volume(self, about: str, place: QPoint) -> None:
        person = self._meeting.participant(about)
        if person is not None:
            card = VolumeCard(self, self._meeting, person)
            card.intent.connect(self.intent)
            card.open_at(place)

    def _rename(self) -> None:
        me = self._meeting.me
        if me is not None:
            name, yes = tamed_name(me.name), tr("people.rename_done")
            self._ask.write(tr("people.rename_field"), name, yes, self._take_name, LONGEST_NAME)

    def _take_name(self, name: str) -> None:
        self.intent.emit(AskServer(Rename(" ".join(name.split()))))

    def _place_question(self) -> None:
        """Over the list's foot: what stands above it does not move."""
        margins = self._column.contentsMargins()
        width_px = self.width() - margins.left() - margins.right()
        height_px = self._ask.heightForWidth(width_px)
        self._ask.setGeometry(margins.left(), self.height() - margins.bottom() - height_px, width_px, height_px)
        self._ask.raise_()

    def _lay_out(self) -> None:
        across = QHBoxLayout()
        across.addWidget(self._count, 1)
        across.addWidget(self._everybody)
        self._column.addWidget(self._lobby)
        self._column.addLayout(across)
        self._column.addWidget(self._search)
        self._column.addWidget(self._list, 1)

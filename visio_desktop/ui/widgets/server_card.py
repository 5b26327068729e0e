"""One server on the home page: who one is there, and what an account is good for."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget

from visio_desktop.meeting.accounts import LoginPhase, OwnRoom, Server
from visio_desktop.meeting.errands import CancelLogIn, CreateRoom, ForgetServer, LogIn, LogOut, UseAccount
from visio_desktop.meeting.intents import OpenLink
from visio_desktop.system.texts import tr
from visio_desktop.ui import theme
from visio_desktop.ui.widgets.controls import icon_button, label, push_button
from visio_desktop.ui.widgets.copy_button import CopyButton
from visio_desktop.ui.widgets.elided import ElidedLabel
from visio_desktop.ui.widgets.invitation import shown_pin
from visio_desktop.ui.widgets.joining_as import WAITING
from visio_desktop.ui.widgets.problem_box import ProblemBox


class ServerCard(QFrame):
    """`intent` goes to the window, `rooms_asked` opens the list of rooms of the server at this address."""

    intent = Signal(object)
    rooms_asked = Signal(str)

    def __init__(self, server: Server, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("server")
        self._server = server
        host = server.host
        self.who, self.where = ElidedLabel(), ElidedLabel(host)
        self.who.setObjectName("section")
        self.where.setObjectName("soft")
        self.menu_button = icon_button("more_vert", tr("account.menu", host=host))
        self.state = label("", "soft")
        self.problem = ProblemBox()
        self.log_in = push_button(tr("account.log_in"))
        self.log_in.setAccessibleName(tr("account.log_in_to", host=host))
        self.cancel = push_button(tr("account.cancel"))
        self.new = push_button(tr("account.new_meeting"), primary=True)
        self.later = push_button(tr("account.later"))
        self.rooms = push_button(tr("account.rooms"))
        self.made = MadeRoom()
        self.made.intent.connect(self.intent)
        self._connect(server.url)
        self._lay_out()
        self.show_server(server, can_log_in=True)

    def show_server(self, server: Server, *, can_log_in: bool) -> None:
        """Show what is known of it now."""
        self._server = server
        account, waiting = server.account, server.phase is not LoginPhase.IDLE
        known = account or server.expired
        self.who.show_text(server.host if known is None else known.name or known.email)
        self.where.show_text("" if known is None else server.host)
        self.where.setVisible(known is not None)
        self.log_in.setVisible(account is None and not waiting)
        self.log_in.setText(tr("account.log_in" if known is None else "account.log_in_again"))
        self.cancel.setVisible(waiting)
        for button in (self.new, self.later, self.rooms):
            button.setVisible(account is not None and not waiting)
            button.setEnabled(not server.busy)
        self.state.setText(self._said(server, can_log_in=can_log_in))
        self.state.setVisible(bool(self.state.text()))
        self.problem.show_problems(server.problem)
        self.made.show_room(server.made, server.features.phone)

    def _said(self, server: Server, *, can_log_in: bool) -> str:
        if server.phase in WAITING:
            return tr(WAITING[server.phase])
        if server.account is None:
            return tr("account.log_in_hint") if can_log_in and server.expired is None else ""
        return "" if server.account.lasting else tr("account.not_lasting")

    def menu(self) -> QMenu:
        """What else can be done, as things are now."""
        server, url = self._server, self._server.url
        menu = QMenu(self)
        for account in server.accounts:
            if account.slot != server.active:
                named = account.name or account.email
                action = menu.addAction(tr("account.use", name=named).replace("&", "&&"))
                action.triggered.connect(lambda _=False, slot=account.slot: self.intent.emit(UseAccount(url, slot)))
        if server.accounts:
            menu.addAction(tr("account.another")).triggered.connect(lambda: self.intent.emit(LogIn(url, another=True)))
        if server.account is not None:
            menu.addAction(tr("account.log_out")).triggered.connect(lambda: self.intent.emit(LogOut(url)))
            erase = menu.addAction(tr("account.log_out_erase"))
            erase.triggered.connect(lambda: self.intent.emit(LogOut(url, erase=True)))
            menu.addSeparator()
        forget = menu.addAction(tr("account.forget", host=server.host))
        forget.triggered.connect(lambda: self.intent.emit(ForgetServer(url)))
        return menu

    def _connect(self, url: str) -> None:
        self.log_in.clicked.connect(lambda: self.intent.emit(LogIn(url)))
        self.cancel.clicked.connect(lambda: self.intent.emit(CancelLogIn(url)))
        self.new.clicked.connect(lambda: self.intent.emit(CreateRoom(url, enter=True)))
        self.later.clicked.connect(lambda: self.intent.emit(CreateRoom(url)))
        self.rooms.clicked.connect(lambda: self.rooms_asked.emit(url))
        self.menu_button.clicked.connect(self._open_menu)

    def _open_menu(self) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.menu_button.mapToGlobal(self.menu_button.rect().bottomLeft()))

    def _lay_out(self) -> None:
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self.who)
        names.addWidget(self.where)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addLayout(names, 1)
        for button in (self.log_in, self.cancel):
            top.addWidget(button)
        top.addWidget(self.menu_button)
        actions = QHBoxLayout()
        actions.setSpacing(8)
        for button in (self.new, self.later, self.rooms):
            actions.addWidget(button)
        actions.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 6, 10)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.state)
        column.addWidget(self.problem)
        column.addLayout(actions)
        column.addWidget(self.made)


class MadeRoom(QWidget):
    """The link of a room just made, to be sent to others; hidden without one."""

    intent = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._room: OwnRoom | None = None
        self.link = QLineEdit()
        self.link.setReadOnly(True)
        self.link.setAccessibleName(tr("account.made_link"))
        self.copy = CopyButton(tr("invitation.copy_link"), self.link.text)
        self.open = push_button(tr("account.open_made"))
        for part in (self.link, self.copy):
            part.setMinimumHeight(theme.BUTTON_PX)
        self.open.clicked.connect(lambda: self.intent.emit(OpenLink(self.link.text())))
        self.phone = label("", "soft")
        self.phone.setTextFormat(Qt.TextFormat.PlainText)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.link, 1)
        row.addWidget(self.copy)
        row.addWidget(self.open)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(6)
        column.addWidget(label(tr("account.made"), "soft"))
        column.addLayout(row)
        column.addWidget(self.phone)
        self.hide()

    def show_room(self, room: OwnRoom | None, phone: str) -> None:
        """Show its link, and what to dial; a new one takes the keyboard to what most want: copying."""
        if room is not None:
            self.link.setText(room.link)
            self.link.setCursorPosition(0)
            self.phone.setText(tr("account.phone", number=phone, pin=shown_pin(room.pin)) if phone and room.pin else "")
            self.phone.setVisible(bool(self.phone.text()))
        self.setVisible(room is not None)
        if room is not None and room != self._room:
            self.copy.setFocus(Qt.FocusReason.OtherFocusReason)
        self._room = room

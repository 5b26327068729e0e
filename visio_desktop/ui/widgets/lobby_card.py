"""A card over the stage while somebody waits to be let in: decided there and then, without opening a panel."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from visio_desktop.meeting.intents import AskServer, Intent, Panel, ShowPanel
from visio_desktop.meeting.requests import Admit, AdmitEveryone
from visio_desktop.meeting.rooms import Knock
from visio_desktop.meeting.state import Meeting
from visio_desktop.system.clock import Clock, monotonic_ms
from visio_desktop.system.texts import tr
from visio_desktop.ui import theme
from visio_desktop.ui.announce import announce
from visio_desktop.ui.widgets.controls import icon_button, push_button
from visio_desktop.ui.widgets.lobby_list import waiting_for_me
from visio_desktop.ui.widgets.side_panel import tamed_name
from visio_desktop.ui.widgets.steady import Steady

WIDTH_PX: Final = 350
_MOST_NAMED: Final = 3


class LobbyCard(QFrame):
    """Hidden while nobody waits whom one may let in, and while the people panel shows them.

    Put away, by its cross or Escape, it comes again with the next who knocks.
    """

    intent = Signal(object)

    def __init__(self, parent: QWidget, *, now: Clock = monotonic_ms) -> None:
        super().__init__(parent)
        self._steady = Steady(now)
        self.setObjectName("card")
        self.setFixedWidth(WIDTH_PX)
        self.setAccessibleName(tr("lobby.card"))
        self._waiting: tuple[Knock, ...] = ()
        self._put_away = False
        self.text = QLabel()
        self.names = QLabel()
        for label in (self.text, self.names):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setObjectName("strong")
        self.admit = push_button("", primary=True)
        self.refuse = push_button("")
        self.admit.clicked.connect(self._admit)
        self.refuse.clicked.connect(self._refuse)
        self.later = icon_button("close", tr("lobby.later"), colour=theme.TEXT_ON_DARK, size_px=18)
        self.later.setFixedSize(32, 32)
        self.later.clicked.connect(self._later)
        self._lay_out()
        self.hide()

    def show_meeting(self, meeting: Meeting) -> None:
        """Show who waits; newcomers are announced, also where the panel shows them."""
        waiting = waiting_for_me(meeting)
        if waiting != self._waiting:
            known = {knock.id for knock in self._waiting}
            if self._waiting and (len(self._waiting) == 1 or len(waiting) == 1):
                self._steady.moved()
            self._waiting = waiting
            self._show_waiting()
            if any(knock.id not in known for knock in waiting):
                self._put_away = False
                announce(self, self.text.text())
        self.setVisible(bool(waiting) and meeting.panel is not Panel.PEOPLE and not self._put_away)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape puts it away."""
        if event.key() == Qt.Key.Key_Escape:
            self._later()
        else:
            super().keyPressEvent(event)

    def _show_waiting(self) -> None:
        match [tamed_name(knock.name) for knock in self._waiting]:
            case []:
                return
            case [name]:
                self.text.setText(tr("lobby.one", name=name))
                self._offer(tr("lobby.admit"), tr("lobby.refuse"))
                self.admit.setAccessibleName(tr("lobby.admit_named", name=name))
                self.refuse.setAccessibleName(tr("lobby.refuse_named", name=name))
            case names:
                self.text.setText(tr("lobby.several", count=len(names)))
                self.names.setText(named(names))
                self._offer(tr("lobby.admit_all"), tr("lobby.see_all"))
        self.names.setVisible(len(self._waiting) > 1)
        self.adjustSize()

    def _offer(self, admit: str, other: str) -> None:
        for button, text in ((self.admit, admit), (self.refuse, other)):
            button.setText(text)
            button.setAccessibleName(text)

    def _admit(self) -> None:
        match self._waiting:
            case (one,):
                self._ask(AskServer(Admit(one.id, allowed=True)))
            case _:
                self._ask(AskServer(AdmitEveryone()))

    def _refuse(self) -> None:
        match self._waiting:
            case (one,):
                self._ask(AskServer(Admit(one.id, allowed=False)))
            case _:
                self._ask(ShowPanel(Panel.PEOPLE))

    def _later(self) -> None:
        self._put_away = True
        self.hide()

    def _ask(self, intent: Intent) -> None:
        if self._steady.settled:
            self.intent.emit(intent)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.admit)
        buttons.addWidget(self.refuse)
        buttons.addStretch(1)
        top = QHBoxLayout()
        top.addWidget(self.text, 1)
        top.addWidget(self.later, alignment=Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.names)
        column.addLayout(buttons)


def named(names: list[str]) -> str:
    """The first few names, and how many more there are."""
    shown = ", ".join(names[:_MOST_NAMED])
    more = len(names) - _MOST_NAMED
    return tr("lobby.names_more", names=shown, count=more) if more > 0 else shown

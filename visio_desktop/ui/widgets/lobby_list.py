"""Those who wait to be let in, at the top of the people panel: admit or refuse each, or admit all."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from visio_desktop.meeting.intents import AskServer, Intent
from visio_desktop.meeting.requests import Admit, AdmitEveryone
from visio_desktop.meeting.rooms import Knock
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Capability
from visio_desktop.system.clock import Clock, monotonic_ms
from visio_desktop.system.texts import tr
from visio_desktop.ui.widgets.controls import icon_button, push_button
from visio_desktop.ui.widgets.elided import ElidedLabel
from visio_desktop.ui.widgets.people_rows import draw_initials
from visio_desktop.ui.widgets.side_panel import tamed_name
from visio_desktop.ui.widgets.steady import Steady
from visio_desktop.ui.widgets.tile_overlay import initials

MOST_ROWS: Final = 50
"""More than these are counted, not listed; letting some in brings up others."""
_ROW_PX: Final = 46
_SEEN_ROWS: Final = 3


class LobbyList(QFrame):
    """Hidden while nobody waits, or while one may not let them in."""

    intent = Signal(object)

    def __init__(self, parent: QWidget | None = None, *, now: Clock = monotonic_ms) -> None:
        super().__init__(parent)
        self.setObjectName("lobby")
        self._steady = Steady(now)
        self._rows: dict[str, KnockRow] = {}
        self.heading = QLabel()
        self.heading.setObjectName("section")
        self.all = push_button(tr("lobby.admit_all"))
        self.all.clicked.connect(lambda: self.intent.emit(AskServer(AdmitEveryone())))
        self._more = QLabel()
        self._more.setObjectName("note")
        self._body = QWidget()
        self._column = QVBoxLayout(self._body)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._body)
        self._lay_out()
        self.hide()

    def show_meeting(self, meeting: Meeting) -> None:
        """Show who waits; a row that stays keeps the keyboard."""
        waiting = waiting_for_me(meeting)
        listed = waiting[:MOST_ROWS]
        self._drop({knock.id for knock in listed})
        for place, knock in enumerate(listed):
            if knock.id not in self._rows:
                self._rows[knock.id] = row = KnockRow(knock)
                row.intent.connect(self._decide)
                self._column.insertWidget(place, row)
        self.heading.setText(tr("lobby.heading", count=len(waiting)))
        self.all.setVisible(len(waiting) > 1)
        self._more.setText(tr("lobby.more", count=len(waiting) - len(listed)))
        self._more.setVisible(len(waiting) > len(listed))
        self._scroll.setMinimumHeight(min(len(listed), 1) * _ROW_PX)
        self._scroll.setMaximumHeight(min(len(listed), _SEEN_ROWS) * _ROW_PX)
        self.setVisible(bool(waiting))

    def rows(self) -> tuple[KnockRow, ...]:
        """The rows, the first to wait first."""
        return tuple(self._rows.values())

    def _drop(self, kept: set[str]) -> None:
        for gone in [each for each in self._rows if each not in kept]:
            row = self._rows.pop(gone)
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
            self._steady.moved()

    def _decide(self, intent: Intent) -> None:
        if self._steady.settled:
            self.intent.emit(intent)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.heading, 1)
        top.addWidget(self.all)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 8, 8)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(self._scroll)
        column.addWidget(self._more)


class KnockRow(QWidget):
    """Somebody who waits, and what is decided about them."""

    intent = Signal(object)

    def __init__(self, knock: Knock) -> None:
        super().__init__()
        self.setFixedHeight(_ROW_PX)
        name = tamed_name(knock.name)
        self.admit = push_button(tr("lobby.admit"))
        self.admit.setAccessibleName(tr("lobby.admit_named", name=name))
        self.refuse = icon_button("close", tr("lobby.refuse_named", name=name), size_px=20)
        self.refuse.setFixedSize(36, 36)
        self.admit.clicked.connect(lambda: self.intent.emit(AskServer(Admit(knock.id, allowed=True))))
        self.refuse.clicked.connect(lambda: self.intent.emit(AskServer(Admit(knock.id, allowed=False))))
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 2, 0, 2)
        across.setSpacing(8)
        across.addWidget(_Disc(initials(name), knock.colour))
        across.addWidget(ElidedLabel(name), 1)
        across.addWidget(self.admit)
        across.addWidget(self.refuse)


class _Disc(QWidget):
    """The initials on a disc of one's colour."""

    def __init__(self, letters: str, colour: str) -> None:
        super().__init__()
        self._letters, self._colour = letters, colour
        self.setFixedSize(QSize(32, 32))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the disc."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(painter.font())
        font.setPixelSize(13)
        painter.setFont(font)
        draw_initials(painter, QRectF(self.rect()), self._letters, self._colour)
        painter.end()


def waiting_for_me(meeting: Meeting) -> tuple[Knock, ...]:
    """Those whom one may let in."""
    return meeting.room.waiting if Capability.ADMIT in meeting.capabilities else ()

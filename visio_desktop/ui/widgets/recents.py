"""The meetings one was in lately: open one again, or forget it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from visio_desktop.meeting.intents import ForgetRecent, OpenLink
from visio_desktop.meeting.values import MeetingLink
from visio_desktop.system.texts import tr
from visio_desktop.ui import theme
from visio_desktop.ui.widgets.controls import icon_button, label, push_button


class Recents(QWidget):
    """Hidden while there is none."""

    intent = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[MeetingLink, ...] = ()
        self._rows: list[QWidget] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 16, 0, 0)
        self._column.setSpacing(4)
        self._column.addWidget(label(tr("pages.recents"), "subheading"))
        self._column.addSpacing(4)
        self.hide()

    def show_links(self, links: tuple[MeetingLink, ...]) -> None:
        """Show these, the latest first."""
        if links == self._shown:
            return
        self._shown = links
        for row in self._rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = [self._row(link) for link in links]
        for row in self._rows:
            self._column.addWidget(row)
        self.setVisible(bool(links))

    def _row(self, link: MeetingLink) -> QWidget:
        row = QWidget()
        across = QHBoxLayout(row)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(4)
        opener = self._opener(link)
        forget = icon_button("close", tr("pages.forget", meeting=title(link)), colour=theme.SOFT_INK, size_px=20)
        forget.clicked.connect(lambda: self.intent.emit(ForgetRecent(link.text)))
        across.addWidget(opener, 1)
        across.addWidget(forget)
        return row

    def _opener(self, link: MeetingLink) -> QPushButton:
        opener = push_button("")
        opener.setProperty("row", True)
        # A long room name is ended by an ellipsis; the tooltip has it whole.
        opener.setText(opener.fontMetrics().elidedText(title(link), Qt.TextElideMode.ElideMiddle, 380))
        opener.setAccessibleName(tr("pages.open_recent", meeting=title(link)))
        opener.setToolTip(link.text)
        opener.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        opener.clicked.connect(lambda: self.intent.emit(OpenLink(link.text)))
        return opener


def title(link: MeetingLink) -> str:
    """How a meeting is called in a list: its room and its server."""
    match link.room, link.host:
        case "", "":
            return link.text
        case "", host:
            return host
        case room, "":
            return room
        case room, host:
            return f"{room}  ·  {host}"

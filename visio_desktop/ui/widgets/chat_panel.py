"""The chat: what was written, and a field to write."""

from __future__ import annotations

import html
import re
from datetime import datetime

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QTextBrowser, QToolButton

from visio_desktop.meeting.intents import SendChat
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import ChatMessage
from visio_desktop.meeting.wishes import LONGEST_CHAT
from visio_desktop.system.texts import tr
from visio_desktop.ui import icons, theme
from visio_desktop.ui.widgets.side_panel import SidePanel, tamed

_LINK = re.compile(r"https?://[^\s<>\"]{1,2000}")
_LONGEST_NAME = 100


class ChatPanel(SidePanel):
    """What was written, and a field to write."""

    def __init__(self) -> None:
        super().__init__("room.chat_heading")
        note = QLabel(tr("room.chat_note"))
        note.setObjectName("note")
        note.setWordWrap(True)
        self._lines = QTextBrowser()
        self._lines.setOpenExternalLinks(True)
        self._lines.setAccessibleName(tr("room.chat_heading"))
        self._field = QLineEdit()
        self._field.setMaxLength(LONGEST_CHAT)
        self._field.setPlaceholderText(tr("room.chat_field"))
        self._field.setAccessibleName(tr("room.chat_field"))
        self._field.returnPressed.connect(self._send)
        send = QToolButton()
        send.setIcon(icons.icon("send", theme.ACTION))
        send.setIconSize(QSize(theme.ICON_PX, theme.ICON_PX))
        send.setFixedSize(40, 40)
        send.setAccessibleName(tr("room.chat_send"))
        send.setToolTip(tr("room.chat_send"))
        send.clicked.connect(self._send)
        row = QHBoxLayout()
        row.addWidget(self._field, 1)
        row.addWidget(send)
        self._column.addWidget(note)
        self._column.addWidget(self._lines, 1)
        self._column.addLayout(row)
        self._shown: tuple[ChatMessage, ...] = ()

    def show_meeting(self, meeting: Meeting) -> None:
        """Show the lines, the newest in sight."""
        if meeting.chat == self._shown:
            return
        self._shown = meeting.chat
        self._lines.setHtml(chat_html(meeting.chat))
        bar = self._lines.verticalScrollBar()
        bar.setValue(bar.maximum())

    def take_focus(self) -> None:
        """To the field."""
        self._field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _send(self) -> None:
        text = self._field.text().strip()
        if text:
            self.intent.emit(SendChat(text))
            self._field.clear()


def chat_html(lines: tuple[ChatMessage, ...]) -> str:
    """The lines, grouped by sender, as HTML in which nothing a sender wrote is markup."""
    parts: list[str] = []
    before = ""
    for line in lines:
        if line.sender_id != before:
            at = datetime.fromtimestamp(line.at_ms / 1000).astimezone().strftime("%H:%M")
            name = html.escape(tamed(line.sender_name)[:_LONGEST_NAME])
            parts.append(
                f'<p style="margin:10px 0 2px 0"><b>{name}</b> <span style="color:{theme.SOFT_INK}">{at}</span></p>'
            )
        before = line.sender_id
        parts.append(f'<p style="margin:0">{_linked(tamed(line.text))}{_mark(line)}</p>')
    return "".join(parts)


def _linked(text: str) -> str:
    """Escaped text with its web addresses made links."""
    out, end = [], 0
    for match in _LINK.finditer(text):
        address = html.escape(match.group())
        out.append(html.escape(text[end : match.start()]))
        out.append(f'<a href="{address}" style="color:{theme.ACTION}">{address}</a>')
        end = match.end()
    return "".join((*out, html.escape(text[end:]))).replace("\n", "<br>")


def _mark(line: ChatMessage) -> str:
    if line.failed:
        return f' <span style="color:{theme.PROBLEM_INK}">{html.escape(tr("room.chat_failed"))}</span>'
    return f' <span style="color:{theme.SOFT_INK}">…</span>' if line.pending else ""

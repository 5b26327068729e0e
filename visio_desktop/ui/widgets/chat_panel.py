"""The chat: what was written, and a field to write."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QTextBrowser, QToolButton

from visio_desktop.meeting.intents import SendChat
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import ChatMessage
from visio_desktop.meeting.wishes import LONGEST_CHAT
from visio_desktop.system.texts import tr
from visio_desktop.ui import icons, theme
from visio_desktop.ui.widgets.chat_text import ChatText
from visio_desktop.ui.widgets.side_panel import SidePanel


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
        self._text = ChatText(self._lines.document())
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
        self._text.show(meeting.chat)
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

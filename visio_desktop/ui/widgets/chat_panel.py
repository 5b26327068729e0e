"""The chat: what was written, and a field to write; one's own lines can be written anew."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPoint, QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QMenu, QTextBrowser, QToolButton, QWidget

from visio_desktop.meeting.intents import AskServer, Panel, SendChat
from visio_desktop.meeting.requests import EditChat
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Capability, ChatMessage
from visio_desktop.system.texts import tr
from visio_desktop.ui import icons, theme
from visio_desktop.ui.announce import announce
from visio_desktop.ui.widgets.chat_field import MOST, ChatField
from visio_desktop.ui.widgets.chat_links import host_of
from visio_desktop.ui.widgets.chat_saving import ask_and_save
from visio_desktop.ui.widgets.chat_text import UNFOLD, ChatText, plain
from visio_desktop.ui.widgets.controls import push_button
from visio_desktop.ui.widgets.people_rows import folded
from visio_desktop.ui.widgets.side_panel import SidePanel, tamed, tamed_name

_COUNTED_FROM: Final = MOST - 200
_OPENED: Final = ("http", "https")
_MOST_READ: Final = 3
_LONGEST_READ: Final = 300
SEARCHED_FROM: Final = 11
"""With so many messages there is a field to search them."""


class ChatPanel(SidePanel):
    """What was written, and a field to write. Addresses are `links` only where that is wanted.

    What is written and not sent stays for as long as it is the same meeting. `saves`: it can be put into a file.
    """

    def __init__(self, *, links: bool = True, saves: bool = True) -> None:
        super().__init__("room.chat_heading")
        self._meeting = Meeting()
        self._saves = saves
        self.search = self._make_search()
        self.save = push_button(tr("chat.save_short"))
        self.save.setAccessibleName(tr("chat.save"))
        self.save.clicked.connect(lambda: ask_and_save(self, self._meeting, self._tell))
        self.told = QLabel()
        self._shown: tuple[ChatMessage, ...] = ()
        self._editing: ChatMessage | None = None
        self._may_edit = False
        self._lines = self._make_lines()
        self._text = ChatText(self._lines.document(), links=links)
        self._links = links
        self._field = ChatField()
        self._field.setPlaceholderText(tr("room.chat_field"))
        self._field.setAccessibleName(tr("room.chat_field"))
        self._field.sent.connect(self._send)
        self._field.edit_asked.connect(self._edit_last)
        self._field.cancelled.connect(self._end_editing)
        self._field.textChanged.connect(self._count)
        self._counter = QLabel()
        self._counter.setObjectName("note")
        self._counter.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._counter.hide()
        self._edits = self._make_edits()
        self._lay_out()

    def show_meeting(self, meeting: Meeting) -> None:
        """Show the lines, the newest in sight unless somebody reads further up."""
        self._may_edit = Capability.EDIT_CHAT in meeting.capabilities
        if _where(self._meeting) not in ("", _where(meeting)):
            self._begin_anew()
        was_open, self._meeting = self._meeting.panel is Panel.CHAT, meeting
        self.save.setVisible(self._saves and bool(meeting.chat))
        self.search.setVisible(len(meeting.chat) >= SEARCHED_FROM or bool(self.search.text()))
        if meeting.chat != self._shown:
            before = self._shown
            self._show_lines(meeting)
            if was_open and meeting.panel is Panel.CHAT:
                self._read_out(before)

    def _show_lines(self, meeting: Meeting) -> None:
        bar = self._lines.verticalScrollBar()
        follows = not self._shown or bar.value() == bar.maximum() or (meeting.chat and meeting.chat[-1].is_mine)
        self._shown = meeting.chat
        self._text.show(self._wanted())
        if follows:
            bar.setValue(bar.maximum())

    def opened(self, before: Meeting) -> None:
        """What had not been read when the panel was opened is marked as new."""
        others = [line for line in before.chat if not line.is_mine]
        self._text.mark_new(others[-before.unread].id if 0 < before.unread < len(others) else None)
        bar = self._lines.verticalScrollBar()
        bar.setValue(bar.maximum())

    def take_focus(self) -> None:
        """To the field."""
        self._field.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def draft(self) -> str:
        """What is written and not sent; a line that is written anew is none."""
        return self._field.toPlainText() if self._editing is None else ""

    @draft.setter
    def draft(self, text: str) -> None:
        self._field.setPlainText(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape empties the search before it closes the panel."""
        if event.key() == Qt.Key.Key_Escape and self.search.hasFocus() and self.search.text():
            self.search.clear()
        else:
            super().keyPressEvent(event)

    def look_for(self) -> None:
        """Put the keyboard where one searches."""
        if self._shown:
            self.search.show()
            self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.search.selectAll()

    def _wanted(self) -> tuple[ChatMessage, ...]:
        """The lines that are searched for: who wrote them counts, too."""
        words = folded(self.search.text()).split()
        if not words:
            return self._shown
        said = ((line, folded(f"{line.sender_name} {line.text}")) for line in self._shown)
        return tuple(line for line, text in said if all(word in text for word in words))

    def _search_anew(self) -> None:
        found = self._wanted()
        self._text.show(found)
        self._tell(tr("chat.found", count=len(found)) if self.search.text().strip() else "")
        self._lines.verticalScrollBar().setValue(self._lines.verticalScrollBar().maximum())

    def _read_out(self, before: tuple[ChatMessage, ...]) -> None:
        """What the others write while the panel is open, where no notice says it; a flood is not read out whole."""
        known = {line.id for line in before}
        new = [line for line in self._shown if not (line.id in known or line.is_mine or line.is_old or line.unreadable)]
        for line in new[-_MOST_READ:]:
            text = " ".join(tamed(line.text).split())[:_LONGEST_READ]
            announce(self, tr("spoken.line", name=tamed_name(line.sender_name), text=text))

    def _begin_anew(self) -> None:
        """Another meeting: nothing that was meant for the one before may be sent to this one."""
        self._end_editing()
        self.search.clear()
        self._tell("")

    def _tell(self, text: str) -> None:
        self.told.setText(text)
        self.told.setVisible(bool(text))
        if text:
            announce(self, text)

    def _send(self, text: str) -> None:
        if self._editing is None:
            self.intent.emit(SendChat(text))
        elif text != self._editing.text:
            self.intent.emit(AskServer(EditChat(self._editing.id, text)))
        self._end_editing()

    def _edit_last(self) -> None:
        mine = [line for line in self._shown if _may_be_edited(line)]
        if mine and self._may_edit:
            self._edit(mine[-1])

    def _edit(self, line: ChatMessage) -> None:
        self._editing = line
        self._field.holds_escape = True
        self._field.setPlainText(line.text)
        self._field.selectAll()
        self._edits.show()
        self.take_focus()

    def _end_editing(self) -> None:
        self._editing = None
        self._field.holds_escape = False
        self._field.clear()
        self._edits.hide()

    def _count(self) -> None:
        length = self._field.length()
        self._counter.setVisible(length >= _COUNTED_FROM)
        self._counter.setText(tr("chat.counted", count=length, most=MOST))

    def _follow(self, link: QUrl) -> None:
        if link.scheme() == UNFOLD:
            self._text.unfold(link)
        elif self._links and link.scheme() in _OPENED:
            QDesktopServices.openUrl(link)

    def _show_menu(self, at: QPoint) -> None:
        line = self._text.line_at(self._lines.cursorForPosition(at).position())
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self._lines.textCursor().hasSelection():
            menu.addAction(tr("chat.copy_selection")).triggered.connect(self._lines.copy)
        if line is not None:
            menu.addAction(tr("chat.copy_line")).triggered.connect(lambda: _copy(plain((line,))))
            menu.addAction(tr("chat.copy_all")).triggered.connect(lambda: _copy(plain(self._shown)))
            if self._may_edit and _may_be_edited(line):
                menu.addAction(tr("chat.edit")).triggered.connect(lambda: self._edit(line))
        menu.popup(self._lines.viewport().mapToGlobal(at))

    def _make_search(self) -> QLineEdit:
        field = QLineEdit()
        field.setPlaceholderText(tr("chat.search"))
        field.setAccessibleName(tr("chat.search"))
        field.setClearButtonEnabled(True)
        field.textChanged.connect(self._search_anew)
        field.hide()
        keys = QShortcut(QKeySequence("Ctrl+F"), self)
        keys.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        keys.activated.connect(self.look_for)
        return field

    def _make_lines(self) -> QTextBrowser:
        lines = QTextBrowser()
        lines.setOpenLinks(False)
        lines.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextBrowserInteraction | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        lines.setAccessibleName(tr("room.chat_heading"))
        lines.anchorClicked.connect(self._follow)
        lines.highlighted.connect(lambda link: lines.setToolTip(host_of(link.toString())))
        lines.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        lines.customContextMenuRequested.connect(self._show_menu)
        return lines

    def _make_edits(self) -> QWidget:
        """Says that a line is being written anew, and how to leave it as it was."""
        edits = QWidget()
        row = QHBoxLayout(edits)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(QLabel(tr("chat.editing")), 1)
        cancel = _icon_button("close", tr("chat.edit_cancel"))
        cancel.clicked.connect(self._end_editing)
        row.addWidget(cancel)
        edits.hide()
        return edits

    def _lay_out(self) -> None:
        note = QLabel(tr("room.chat_note"))
        note.setObjectName("note")
        note.setWordWrap(True)
        send = _icon_button("send", tr("room.chat_send"))
        send.clicked.connect(self._field.send)
        row = QHBoxLayout()
        row.addWidget(self._field, 1)
        row.addWidget(send, alignment=Qt.AlignmentFlag.AlignBottom)
        head = QHBoxLayout()
        head.addWidget(note, 1)
        head.addWidget(self.save, alignment=Qt.AlignmentFlag.AlignTop)
        self.save.hide()
        self.told.setObjectName("note")
        self.told.setWordWrap(True)
        self.told.setTextFormat(Qt.TextFormat.PlainText)
        self.told.hide()
        self._column.addLayout(head)
        self._column.addWidget(self.search)
        self._column.addWidget(self.told)
        self._column.addWidget(self._lines, 1)
        self._column.addWidget(self._edits)
        self._column.addLayout(row)
        self._column.addWidget(self._counter)


def _icon_button(icon: str, said: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icons.icon(icon, theme.ACTION))
    button.setIconSize(QSize(theme.ICON_PX, theme.ICON_PX))
    button.setFixedSize(40, 40)
    button.setAccessibleName(said)
    button.setToolTip(said)
    return button


def _may_be_edited(line: ChatMessage) -> bool:
    return line.is_mine and not line.pending and not line.failed and len(line.text) <= MOST


def _where(meeting: Meeting) -> str:
    return meeting.link.text if meeting.link is not None else ""


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)

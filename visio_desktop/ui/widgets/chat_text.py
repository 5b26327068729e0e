"""The lines of the chat as a text document that changes only where the chat does: one more costs little.

Nothing a sender wrote is markup.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from PySide6.QtCore import QUrl
from PySide6.QtGui import QTextBlockFormat, QTextCursor, QTextDocument

from visio_desktop.meeting.values import ChatMessage
from visio_desktop.system.texts import tr
from visio_desktop.ui import theme
from visio_desktop.ui.widgets.chat_links import linked
from visio_desktop.ui.widgets.side_panel import tamed, tamed_name

UNFOLD: Final = "unfold"
"""The scheme of what is no address: the rest of a long line."""
_LONG: Final = 1_500
_LONG_LINES: Final = 15
_FOLDED: Final = 600
_FOLDED_LINES: Final = 8
_MOST_FORGOTTEN: Final = 200
"""So many lines the chat has forgotten stay in sight until the document is written anew."""


@dataclass(frozen=True, slots=True)
class _Written:
    """A line and where in the document it begins."""

    line: ChatMessage
    position: int


class ChatText:
    """Writes into a document; lines of one sender stand together under the name."""

    def __init__(self, document: QTextDocument, *, links: bool = True) -> None:
        self._document = document
        self._links = links
        self._written: list[_Written] = []
        self._count = 0
        self._unfolded: set[str] = set()
        self._new: str | None = None

    def show(self, lines: tuple[ChatMessage, ...]) -> None:
        """Show these lines; those that stand there already are not touched."""
        first = self._place_of(lines[0].id) if lines else None
        fewer = len(lines) < self._count  # taken away, which is not the same as forgotten
        self._count = len(lines)
        if first is None or first > _MOST_FORGOTTEN or (first and fewer):
            self._cut(0)
            first = 0
        same = 0
        for written, line in zip(self._written[first:], lines, strict=False):
            if written.line != line:
                break
            same += 1
        together = QTextCursor(self._document)
        together.beginEditBlock()
        self._cut(first + same)
        for line in lines[same:]:
            self._write(line)
        together.endEditBlock()

    def line_at(self, position: int) -> ChatMessage | None:
        """The line this place of the document belongs to."""
        before = [written for written in self._written if written.position < position] or self._written[:1]
        return before[-1].line if before else None

    def unfold(self, link: QUrl) -> None:
        """Show the whole of a long line; `link` is the one that stood below it."""
        message_id = QUrl.fromPercentEncoding(link.path().encode())
        self._unfolded.add(message_id)
        self._write_anew(message_id)

    def mark_new(self, message_id: str | None) -> None:
        """Lines from this one on are new to the person; None: none is."""
        before, self._new = self._new, message_id
        for changed in (before, message_id):
            if before != message_id and changed is not None:
                self._write_anew(changed)

    def _write_anew(self, message_id: str) -> None:
        place = self._place_of(message_id)
        if place is None:
            return
        lines = tuple(written.line for written in self._written)
        together = QTextCursor(self._document)
        together.beginEditBlock()
        self._cut(place)
        for line in lines[place:]:
            self._write(line)
        together.endEditBlock()

    def _place_of(self, message_id: str) -> int | None:
        return next((place for place, written in enumerate(self._written) if written.line.id == message_id), None)

    def _cut(self, place: int) -> None:
        """Take away this line and all after it."""
        if place >= len(self._written):
            return
        cursor = QTextCursor(self._document)
        cursor.setPosition(self._written[place].position)
        cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        del self._written[place:]

    def _write(self, line: ChatMessage) -> None:
        cursor = QTextCursor(self._document)
        cursor.movePosition(QTextCursor.MoveOperation.End)
        position = cursor.position()
        before = self._written[-1].line.sender_id if self._written else None
        if line.id == self._new:
            self._paragraph(cursor, new_html(), above_px=10, below_px=2)
        if line.sender_id != before or line.id == self._new:
            self._paragraph(cursor, heading_html(line), above_px=10, below_px=2)
        self._paragraph(cursor, line_html(line, whole=line.id in self._unfolded, links=self._links))
        self._written.append(_Written(line, position))

    def _paragraph(self, cursor: QTextCursor, text: str, *, above_px: int = 0, below_px: int = 0) -> None:
        shape = QTextBlockFormat()
        shape.setTopMargin(above_px)
        shape.setBottomMargin(below_px)
        if cursor.position() == 0:
            cursor.setBlockFormat(shape)
        else:
            cursor.insertBlock(shape)
        cursor.insertHtml(text)


def plain(lines: tuple[ChatMessage, ...]) -> str:
    """Lines as they are copied: when, who, what."""
    return "\n".join(f"[{_time(line)}] {tamed_name(line.sender_name)}: {_said(line)}" for line in lines)


def _said(line: ChatMessage) -> str:
    return f"({tr('chat.unreadable')})" if line.unreadable else tamed(line.text)


def heading_html(line: ChatMessage) -> str:
    """Who wrote, and when."""
    name = html.escape(tamed_name(line.sender_name))
    return f'<b>{name}</b> <span style="color:{theme.SOFT_INK}">{_time(line)}</span>'


def _time(line: ChatMessage) -> str:
    return datetime.fromtimestamp(line.at_ms / 1000).astimezone().strftime("%H:%M")


def line_html(line: ChatMessage, *, whole: bool = False, links: bool = True) -> str:
    """What was written, its web addresses as `links`, and what became of it. A giant is folded, unless `whole`."""
    if line.unreadable:
        return f'<i style="color:{theme.SOFT_INK}">{html.escape(tr("chat.unreadable"))}</i>'
    text = tamed(line.text)
    shown = text if whole else folded(text)
    rest = "" if shown == text else f" … {_unfold(line.id)}"
    written = linked(shown) if links else html.escape(shown).replace("\n", "<br>")
    return f'<span style="color:{theme.INK}">{written}</span>{rest}{_mark(line)}'


def new_html() -> str:
    """What stands above the first line that is new."""
    return f'<span style="color:{theme.PROBLEM_INK}">— {html.escape(tr("chat.new"))} —</span>'


def folded(text: str) -> str:
    """The beginning of a text that is too long to stand among others; a shorter one as it is."""
    lines = text.split("\n")
    if len(text) <= _LONG and len(lines) <= _LONG_LINES:
        return text
    return "\n".join(lines[:_FOLDED_LINES])[:_FOLDED]


def _unfold(message_id: str) -> str:
    address = f"{UNFOLD}:{bytes(QUrl.toPercentEncoding(message_id).data()).decode('ascii')}"
    return f'<a href="{address}" style="color:{theme.ACTION}">{html.escape(tr("chat.unfold"))}</a>'


def _mark(line: ChatMessage) -> str:
    if line.failed:
        return f' <span style="color:{theme.PROBLEM_INK}">{html.escape(tr("room.chat_failed"))}</span>'
    if line.pending:
        return f' <span style="color:{theme.SOFT_INK}">…</span>'
    return f' <span style="color:{theme.SOFT_INK}">{html.escape(tr("chat.edited"))}</span>' if line.edited else ""

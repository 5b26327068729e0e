"""The lines of the chat as a text document that changes only where the chat does: one more costs little.

Nothing a sender wrote is markup.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from PySide6.QtGui import QTextBlockFormat, QTextCursor, QTextDocument

from visio_desktop.meeting.values import ChatMessage
from visio_desktop.system.texts import tr
from visio_desktop.ui import theme
from visio_desktop.ui.widgets.side_panel import tamed

_LINK: Final = re.compile(r"https?://[^\s<>\"]{1,2000}")
_LONGEST_NAME: Final = 100
_MOST_FORGOTTEN: Final = 200
"""So many lines the chat has forgotten stay in sight until the document is written anew."""


@dataclass(frozen=True, slots=True)
class _Written:
    """A line and where in the document it begins."""

    line: ChatMessage
    position: int


class ChatText:
    """Writes into a document; lines of one sender stand together under the name."""

    def __init__(self, document: QTextDocument) -> None:
        self._document = document
        self._written: list[_Written] = []

    def show(self, lines: tuple[ChatMessage, ...]) -> None:
        """Show these lines; those that stand there already are not touched."""
        first = self._place_of(lines[0]) if lines else None
        if first is None or first > _MOST_FORGOTTEN:
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

    def _place_of(self, line: ChatMessage) -> int | None:
        return next((place for place, written in enumerate(self._written) if written.line.id == line.id), None)

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
        if line.sender_id != before:
            self._paragraph(cursor, heading_html(line), above_px=10, below_px=2)
        self._paragraph(cursor, line_html(line))
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


def heading_html(line: ChatMessage) -> str:
    """Who wrote, and when."""
    at = datetime.fromtimestamp(line.at_ms / 1000).astimezone().strftime("%H:%M")
    name = html.escape(tamed(line.sender_name)[:_LONGEST_NAME])
    return f'<b>{name}</b> <span style="color:{theme.SOFT_INK}">{at}</span>'


def line_html(line: ChatMessage) -> str:
    """What was written, with its web addresses as links, and what became of it where it is one's own."""
    return f'<span style="color:{theme.INK}">{_linked(tamed(line.text))}</span>{_mark(line)}'


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

"""Captions beside the stage: the last things said, in writing, in the size and the colours of the person's choice.

Its height depends on the size of the letters alone, so that nothing moves while people speak.
"""

from __future__ import annotations

import html
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QResizeEvent, QTextDocument
from PySide6.QtWidgets import QSizePolicy, QWidget

from visio_desktop.meeting.rooms import Caption
from visio_desktop.meeting.state import Meeting
from visio_desktop.system.texts import tr
from visio_desktop.ui import theme
from visio_desktop.ui.choices import Choices
from visio_desktop.ui.widgets.side_panel import tamed, tamed_name

SIZES_PX: Final = {"small": 16, "medium": 20, "large": 28, "largest": 36}
COLOURS: Final = {
    "room": ("CHIP", "TEXT_ON_DARK"),
    "yellow": ("HAND_TEXT", "HAND"),
    "paper": ("PAPER", "INK"),
}
"""Ground and text by the names `theme` gives them."""
LINES: Final = 3
_PAD_PX: Final = 10
_MOST: Final = 6
_LONGEST: Final = 600


class Captions(QWidget):
    """Shown while captions are on; the newest words stand at the bottom and push the older out at the top."""

    def __init__(self, choices: Choices) -> None:
        super().__init__()
        self._choices = choices
        self._shown: tuple[object, ...] = ()
        self._document = QTextDocument(self)
        self._document.setDocumentMargin(0)
        self.setAccessibleName(tr("captions.strip"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_meeting(self, meeting: Meeting) -> None:
        """Show a snapshot's captions; what is the same costs nothing."""
        self.setVisible(meeting.room.captions_on)
        shown = (meeting.room.captions, self._size_px(), self._colours())
        if not meeting.room.captions_on or shown == self._shown:
            return
        self._shown = shown
        captions = meeting.room.captions[-_MOST:]
        font = QFont(self.font())
        font.setPixelSize(self._size_px())
        self.setFixedHeight(LINES * QFontMetrics(font).lineSpacing() + 2 * _PAD_PX)
        self._document.setDefaultFont(font)
        self._document.setHtml(captions_html(captions, self._colours()[1]))
        self._document.setTextWidth(self.width() - 2 * _PAD_PX)
        self.setAccessibleDescription(self.text())
        self.update()

    def text(self) -> str:
        """What stands there, a line for each of those who spoke."""
        return self._document.toPlainText()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the lines anew."""
        super().resizeEvent(event)
        self._document.setTextWidth(self.width() - 2 * _PAD_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The end of the text, at the bottom of the strip."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._colours()[0]))
        painter.drawRoundedRect(self.rect(), theme.RADIUS_PX, theme.RADIUS_PX)
        inner = self.rect().adjusted(_PAD_PX, _PAD_PX, -_PAD_PX, -_PAD_PX)
        painter.setClipRect(inner)
        painter.translate(inner.left(), inner.bottom() + 1 - max(inner.height(), self._document.size().height()))
        self._document.drawContents(painter)

    def _size_px(self) -> int:
        return SIZES_PX[str(self._choices.get("captions_size"))]

    def _colours(self) -> tuple[str, str]:
        ground, ink = COLOURS[str(self._choices.get("captions_colours"))]
        return getattr(theme, ground), getattr(theme, ink)


def captions_html(captions: tuple[Caption, ...], colour: str) -> str:
    """A paragraph for each, the name first; words that are not final yet are slanted."""
    if not captions:
        return f'<p style="margin:0;color:{colour}">{html.escape(tr("captions.none_yet"))}</p>'
    return "".join(
        f'<p style="margin:0;color:{colour}"><b>{html.escape(tamed_name(caption.name))}</b>&nbsp; {_words(caption)}</p>'
        for caption in captions
    )


def _words(caption: Caption) -> str:
    words = html.escape(tamed(caption.text)[-_LONGEST:])
    return words if caption.final else f"<i>{words}</i>"

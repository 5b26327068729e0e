"""The field of the chat: grows with its lines, sends with Return, breaks a line with Shift and Return."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy

MOST: Final = 2_000
"""Characters as La Suite Meet's web client counts them, which takes no more."""
_MOST_LINES: Final = 5
_FRAME_PX: Final = 18


class ChatField(QPlainTextEdit):
    """`sent` with what was written; `edit_asked` by the up arrow in an empty field; `cancelled` by Escape.

    Escape is the field's only while `holds_escape`.
    """

    sent = Signal(str)
    edit_asked = Signal()
    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.holds_escape = False
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.textChanged.connect(self._changed)
        self._fit()

    def length(self) -> int:
        """How many characters are written."""
        return self.document().characterCount() - 1

    def send(self) -> None:
        """Send what is written, if there is something."""
        text = self.toPlainText().strip()
        if text:
            self.sent.emit(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return sends; the up arrow in an empty field asks for one's last line."""
        key, plain = event.key(), not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            self.send()
        elif key == Qt.Key.Key_Up and plain and not self.length():
            self.edit_asked.emit()
        elif key == Qt.Key.Key_Escape and self.holds_escape:
            self.cancelled.emit()
        elif key == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lines break elsewhere now."""
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(200, self.fontMetrics().lineSpacing() + _FRAME_PX)

    def _changed(self) -> None:
        excess = self.length() - MOST
        if excess > 0:
            cursor = self.textCursor()
            while cursor.anchor() - cursor.position() < excess:
                cursor.movePosition(QTextCursor.MoveOperation.PreviousCharacter, QTextCursor.MoveMode.KeepAnchor)
            cursor.removeSelectedText()
        self._fit()

    def _fit(self) -> None:
        needed = max(1, round(self.document().size().height()))
        lines = min(_MOST_LINES, needed)
        scrolls = Qt.ScrollBarPolicy.ScrollBarAsNeeded if needed > lines else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(scrolls)
        self.setFixedHeight(lines * self.fontMetrics().lineSpacing() + _FRAME_PX)

"""A page of small print over the whole of a display: python -m tests.helpers.screen_text

`scroll` moves it by three lines, `type` writes a word; each is answered with `done` once it is seen.
"""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import QSocketNotifier, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

TEXT = "the quick brown fox jumps over a lazy dog while 1234567890 invoices of March (EUR) were paid twice"
WORDS = tuple(TEXT.split())
LINE_PX = 18
TYPED_AT = 20
_ON_A_LINE = 40


class Page(QWidget):
    """Each line another one."""

    def __init__(self) -> None:
        super().__init__(None, Qt.WindowType.X11BypassWindowManagerHint | Qt.WindowType.FramelessWindowHint)
        self._first = 0
        self._typed = 0
        self._told = b""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint what is asked for anew."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor("#ffffff"))
        painter.setPen(QColor("#202020"))
        painter.setFont(QFont("DejaVu Sans", 9))
        top, foot = event.rect().top() // LINE_PX, event.rect().bottom() // LINE_PX + 1
        for row in range(top, foot + 1):
            painter.drawText(8, row * LINE_PX + 13, self._line(row))
        painter.end()

    def read(self) -> None:
        """Do what is told."""
        data = os.read(sys.stdin.fileno(), 4096)
        if not data:
            QApplication.quit()
        self._told += data
        while b"\n" in self._told:
            line, _, self._told = self._told.partition(b"\n")
            self._obey(line.decode())

    def seen(self) -> None:
        """Say so once the display has it."""
        QApplication.processEvents()
        QGuiApplication.sync()
        os.write(sys.stdout.fileno(), b"done\n")

    def _obey(self, line: str) -> None:
        if line == "scroll":
            self._first += 3
            self.repaint()
        else:
            self._typed += 1
            self.repaint(0, TYPED_AT * LINE_PX, self.width(), LINE_PX)
        self.seen()

    def _line(self, row: int) -> str:
        number = row + self._first
        count = self._typed % _ON_A_LINE if row == TYPED_AT and self._typed else _ON_A_LINE
        return " ".join(WORDS[(number * 7 + at * (number % 5 + 1)) % len(WORDS)] for at in range(count))


def main() -> None:
    """Show it until the input ends."""
    application = QApplication([])
    page = Page()
    page.setGeometry(application.primaryScreen().geometry())
    page.show()
    told = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    told.activated.connect(page.read)
    while not page.isVisible() or page.windowHandle() is None or not page.windowHandle().isExposed():
        application.processEvents()
    page.seen()
    application.exec()


if __name__ == "__main__":
    main()

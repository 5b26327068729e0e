"""A window of another program on an X display, told by lines what to do: python -m tests.helpers.x11_window

`colour #rrggbb`, `place X Y WIDTH HEIGHT`, `title TEXT`, `hide` and `show` are answered with `done` once they are seen.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QSocketNotifier, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from tests.helpers.xvfb import Xvfb

ROOT = Path(__file__).parents[2]
PLACE = (50, 60, 300, 200)


class OtherWindow:
    """The window, from outside."""

    def __init__(self, program: subprocess.Popen[bytes]) -> None:
        self._program = program
        self.pid = program.pid
        self._wait()

    def tell(self, line: str) -> None:
        """Have it do something, and wait until it is seen."""
        assert self._program.stdin is not None
        self._program.stdin.write(line.encode() + b"\n")
        self._program.stdin.flush()
        self._wait()

    def close(self) -> None:
        """Have its program end."""
        assert self._program.stdin is not None
        self._program.stdin.close()
        self._program.wait(20)

    def _wait(self) -> None:
        assert self._program.stdout is not None
        assert self._program.stdout.readline() == b"done\n"


@contextmanager
def other_window(
    display: Xvfb, colour: str = "#ff0000", place: tuple[int, int, int, int] = PLACE, title: str = "Letter"
) -> Iterator[OtherWindow]:
    """A window of one colour, seen."""
    command = [sys.executable, "-m", "tests.helpers.x11_window", colour, *map(str, place), title]
    environment = {**os.environ, **display.environment}
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as program:
        try:
            yield OtherWindow(program)
        finally:
            program.kill()


class _Coloured(QWidget):
    def __init__(self, colour: str) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.colour = colour

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(self.colour))
        painter.end()


class _Obedient:
    def __init__(self, application: QApplication, window: _Coloured) -> None:
        self._application = application
        self._window = window
        self._told = b""

    def show(self) -> None:
        self._window.show()
        handle = self._window.windowHandle()
        while handle is None or not handle.isExposed():
            self._application.processEvents()
        self.done()

    def done(self) -> None:
        if self._window.isVisible():
            self._window.repaint()
        self._application.processEvents()
        QGuiApplication.sync()
        os.write(sys.stdout.fileno(), b"done\n")

    def read(self) -> None:
        data = os.read(sys.stdin.fileno(), 4096)
        if not data:
            self._application.quit()
        self._told += data
        while b"\n" in self._told:
            line, _, self._told = self._told.partition(b"\n")
            self._obey(line.decode())

    def _obey(self, line: str) -> None:
        match line.split(" ", 1):
            case ["colour", colour]:
                self._window.colour = colour
            case ["place", numbers]:
                self._window.setGeometry(*map(int, numbers.split()))
            case ["title", text]:
                self._window.setWindowTitle(text)
            case ["hide"]:
                self._window.hide()
            case ["show"]:
                self.show()
                return
        self.done()


def main(colour: str, left: str, top: str, width: str, height: str, title: str) -> None:
    """Show the window until the input ends."""
    application = QApplication([])
    window = _Coloured(colour)
    window.setWindowTitle(title)
    window.setGeometry(int(left), int(top), int(width), int(height))
    obedient = _Obedient(application, window)
    told = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    told.activated.connect(obedient.read)
    obedient.show()
    application.exec()


if __name__ == "__main__":
    main(*sys.argv[1:])

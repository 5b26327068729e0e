"""A frame around an area of a display, as one shares it: python -m tests.helpers.framed LEFT TOP WIDTH HEIGHT

Says `done` once it is seen; `move X Y` has the area be there. Ends with its input.
"""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import QSocketNotifier
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from visio_desktop.meeting.areas import Area
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.ui.windows.sharing import Sharing

SHARING = Meeting(page=Page.ROOM, screen_on=True, screen_spec="window:0x1")


class Framed:
    """What stands around the area."""

    def __init__(self, area: Area) -> None:
        self._area = area
        self._sharing = Sharing(lambda: self._area)
        self._sharing.show_meeting(SHARING)

    def seen(self) -> None:
        """Say so once the display has it."""
        frame = self._sharing.frame
        assert frame is not None
        while frame.windowHandle() is None or not frame.windowHandle().isExposed():
            QApplication.processEvents()
        self._sharing.look()
        frame.repaint()
        QApplication.processEvents()
        QGuiApplication.sync()
        os.write(sys.stdout.fileno(), b"done\n")

    def read(self) -> None:
        """Do what is told."""
        told = os.read(sys.stdin.fileno(), 4096).decode().split()
        if not told:
            QApplication.quit()
            return
        self._area = Area(int(told[1]), int(told[2]), self._area.width, self._area.height)
        self._sharing.look()
        self.seen()


def main(left: str, top: str, width: str, height: str) -> None:
    """Show it until the input ends."""
    application = QApplication([])
    framed = Framed(Area(int(left), int(top), int(width), int(height)))
    told = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    told.activated.connect(framed.read)
    framed.seen()
    application.exec()


if __name__ == "__main__":
    main(*sys.argv[1:])

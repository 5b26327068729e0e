"""A computer for everybody: the window fills the screen, cannot be closed, and forgets who was there.

What a person could leave behind, their name, goes when the first page comes back; nothing is written to the settings.
The way out is `kiosk_exit`, or ending the process from outside.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QMainWindow

from visio_desktop.meeting.intents import GoHome, Intent, SetName
from visio_desktop.meeting.state import Ending, Meeting, Page

BACK_AFTER_MS: Final = 60_000
"""How long it stands there why a meeting ended or could not be joined, if nobody goes on."""


class Kiosk(QObject):
    """Holds a window. `end` lets go of it."""

    def __init__(self, window: QMainWindow, exit_keys: str, post: Callable[[Intent], None]) -> None:
        super().__init__(window)
        self._window = window
        self._post = post
        self._ending = False
        self._name: str | None = None
        self._page = Page.HOME
        self.back = QTimer(self)
        self.back.setSingleShot(True)
        self.back.setInterval(BACK_AFTER_MS)
        self.back.timeout.connect(lambda: post(GoHome()))
        if exit_keys:
            shortcut = QShortcut(QKeySequence(exit_keys), window)
            shortcut.setContext(Qt.ShortcutContext.ApplicationShortcut)
            shortcut.activated.connect(self._leave)
        window.installEventFilter(self)
        window.setWindowState(window.windowState() | Qt.WindowState.WindowFullScreen)

    def end(self) -> None:
        """The window may be closed now."""
        self._ending = True

    def take_in(self, meeting: Meeting) -> None:
        """A snapshot came: after a meeting the first page, for whoever comes next."""
        if self._name is None:
            self._name = meeting.name
        before, self._page = self._page, meeting.page
        if meeting.page is before:
            return
        if meeting.page is Page.HOME and meeting.name != self._name:
            self._post(SetName(self._name))
        if meeting.page is Page.ENDED and meeting.ending in (Ending.LEFT, None):
            self._post(GoHome())
        elif meeting.page in (Page.ENDED, Page.FAILED):
            self.back.start()
        else:
            self.back.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Closing does nothing; what makes the window smaller is undone."""
        match event.type():
            case QEvent.Type.Close if not self._ending:
                event.ignore()
                return True
            case QEvent.Type.WindowStateChange if not self._ending:
                if not self._window.windowState() & Qt.WindowState.WindowFullScreen:
                    QTimer.singleShot(0, self, self._fill)
        return super().eventFilter(watched, event)

    def _fill(self) -> None:
        if not self._ending:
            self._window.showFullScreen()

    def _leave(self) -> None:
        self.end()
        self._window.close()

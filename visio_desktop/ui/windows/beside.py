"""All windows beside the main one: those of single tiles, and the small one while the main window is out of sight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from visio_desktop.meeting.state import Meeting
from visio_desktop.ui.choices import Choices
from visio_desktop.ui.widgets.stage import Pictures, Stage
from visio_desktop.ui.widgets.video_surface import WakeUp
from visio_desktop.ui.window import PUT_AWAY
from visio_desktop.ui.windows.extra import ExtraWindows

if TYPE_CHECKING:
    from visio_desktop.ui.windows.small import SmallWindow

_CHANGES: Final = (QEvent.Type.WindowStateChange, QEvent.Type.Hide, QEvent.Type.Show)


class Beside(QObject):
    """Belongs to the room's page; watches the window the page is in."""

    intent = Signal(object)

    def __init__(self, page: QWidget, stage: Stage, pictures: Pictures, wake_up: WakeUp, choices: Choices) -> None:
        super().__init__(page)
        self._page = page
        self._stage = stage
        self._pictures = pictures
        self._wake_up = wake_up
        self._choices = choices
        self._meeting = Meeting()
        self._watched: QWidget | None = None
        self._by_itself = self._was_away = False
        self.small: SmallWindow | None = None
        self.extra = ExtraWindows(pictures, wake_up, self.intent.emit, self)
        self.extra.changed.connect(lambda: stage.set_away(self.extra.keys))
        stage.window_asked.connect(self._open)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.close)

    def show_meeting(self, meeting: Meeting) -> None:
        """Show a snapshot in each."""
        self._meeting = meeting
        self._watch(self._page.window())
        self._look()
        self.extra.show_parts(meeting, self._stage.parts())
        if self.small is not None:
            self.small.show_meeting(meeting)

    def toggle_small(self) -> None:
        """Open the small window on demand, or close it."""
        if self.small is not None:
            self.small.close()
        else:
            self._open_small(by_itself=False)

    def close(self) -> None:
        """The meeting is over, or the page goes."""
        self._was_away = False
        self.extra.close_all()
        if self.small is not None:
            self.small.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look whether the main window is minimised, put away, or back."""
        if event.type() in _CHANGES and watched is self._watched:
            self._look()
        return super().eventFilter(watched, event)

    def _look(self) -> None:
        """The small window comes when the main one goes out of sight, once, and goes when it is back."""
        before, self._was_away = self._was_away, self._is_away()
        if self._was_away and not before and self.small is None and self._choices.get("small_window") is True:
            self._open_small(by_itself=True)
        elif before and not self._was_away and self.small is not None and self._by_itself:
            self.small.close()

    def _is_away(self) -> bool:
        """Out of sight with the meeting in it; a window that closes for good is not."""
        window = self._watched
        if window is None or self._page.isHidden():
            return False
        minimised = bool(window.windowState() & Qt.WindowState.WindowMinimized)
        return minimised or (not window.isVisible() and window.property(PUT_AWAY) is True)

    def _watch(self, window: QWidget) -> None:
        if window is not self._watched:
            if self._watched is not None:
                self._watched.removeEventFilter(self)
            self._watched = window
            window.installEventFilter(self)

    def _open(self, key: str, full: bool) -> None:
        part = next((part for part in self._stage.parts() if part.key == key), None)
        if part is not None:
            self.extra.open(part, full=full)

    def _open_small(self, *, by_itself: bool) -> None:
        self._by_itself = by_itself
        from visio_desktop.ui.windows.small import SmallWindow  # noqa: PLC0415 - most meetings have none

        self.small = SmallWindow(self._pictures, self._wake_up, self.intent.emit)
        self.small.back_asked.connect(self._go_back)
        self.small.closed.connect(self._forget_small)
        self.small.show_meeting(self._meeting)
        self.small.sit_in(self._page.screen().availableGeometry())
        self.small.show()

    def _forget_small(self) -> None:
        if self.small is not None:
            self.small.deleteLater()
            self.small = None

    def _go_back(self) -> None:
        window = self._page.window()
        window.show()
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.raise_()
        window.activateWindow()
        if self.small is not None:
            self.small.close()

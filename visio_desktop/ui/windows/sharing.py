"""What tells the person everywhere that they share: the frame around it, and the bar over other programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QRect, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from visio_desktop.meeting.areas import Area
from visio_desktop.meeting.state import Meeting
from visio_desktop.ui.platform.places import place_of, places_of, to_logical
from visio_desktop.ui.windows.share_bar import ShareBar
from visio_desktop.ui.windows.share_frame import ShareFrame

_LOOK_EVERY_MS: Final = 250
_WITHOUT: Final = ("wayland", "offscreen")
"""Platforms where a program may not say where its windows stand, or which nobody sees."""


class Sharing(QObject):
    """Made with the first share. `shared_area` says where what is shared stands on the display."""

    intent = Signal(object)

    def __init__(
        self, shared_area: Callable[[], Area | None], parent: QObject | None = None, *, platform: str = ""
    ) -> None:
        super().__init__(parent)
        self._shared_area = shared_area
        self._is_possible = not (platform or QGuiApplication.platformName()).startswith(_WITHOUT)
        self._meeting = Meeting()
        self._seen = False
        self._sat_on: QRect | None = None
        self.frame: ShareFrame | None = None
        self.bar: ShareBar | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)

    def show_meeting(self, meeting: Meeting) -> None:
        """Show a snapshot."""
        self._meeting = meeting
        if not meeting.screen_on or not self._is_possible:
            self.close()
            return
        if self.frame is None:
            self.frame, self.bar = ShareFrame(), ShareBar()
            self.bar.intent.connect(self.intent)
            self._timer.start()
        self.look()

    def look(self) -> None:
        """Follow what is shared, and let the bar come where no window of ours is in front."""
        if self.frame is None or self.bar is None:
            return
        area, places = self._shared_area(), places_of(QGuiApplication.screens())
        place, shown = (None, None) if area is None else (place_of(area, places), to_logical(area, places))
        self._seen = self._seen or area is not None
        if place is None or shown is None:
            self.frame.hide()
        else:
            screen = QRect(place.left, place.top, place.width, place.height)
            self.frame.frame(shown, screen, paused=self._meeting.screen_paused)
            if screen != self._sat_on:
                self._sat_on = screen
                self.bar.sit_at(screen)
        self.bar.show_meeting(self._meeting, minimised=self._seen and area is None)
        in_front = QApplication.activeWindow()
        self.bar.setVisible(self._seen and (in_front is None or isinstance(in_front, ShareFrame | ShareBar)))

    def close(self) -> None:
        """Nothing is shared any more, or the program ends."""
        self._timer.stop()
        for window in (self.frame, self.bar):
            if window is not None:
                window.close()
                window.deleteLater()
        self.frame = self.bar = None
        self._seen, self._sat_on = False, None

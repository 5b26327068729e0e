"""The windows of single tiles: opened from the stage, closed with what they show or with the meeting."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from visio_desktop.meeting.state import Meeting
from visio_desktop.ui.widgets.casting import Part
from visio_desktop.ui.widgets.stage import Pictures
from visio_desktop.ui.widgets.video_surface import WakeUp
from visio_desktop.ui.windows.keys import bind_sources

if TYPE_CHECKING:
    from visio_desktop.ui.windows.tile_window import TileWindow


class ExtraWindows(QObject):
    """`changed` when one was opened or closed."""

    changed = Signal()

    def __init__(
        self, pictures: Pictures, wake_up: WakeUp, emit: Callable[[object], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._wake_up = wake_up
        self._emit = emit
        self._meeting = Meeting()
        self._windows: dict[str, TileWindow] = {}

    @property
    def keys(self) -> frozenset[str]:
        """What stands in a window of its own."""
        return frozenset(self._windows)

    def windows(self) -> dict[str, TileWindow]:
        """The windows by what they show."""
        return dict(self._windows)

    def open(self, part: Part, *, full: bool) -> None:
        """Open a window for this part, or bring the one it has to the front."""
        window = self._windows.get(part.key)
        if window is None:
            from visio_desktop.ui.windows.tile_window import TileWindow  # noqa: PLC0415 - most meetings have none

            window = self._windows[part.key] = TileWindow(self._pictures, self._wake_up, part)
            window.closed.connect(self._forget)
            bind_sources(window, lambda: self._meeting, self._emit)
        if full:
            window.showFullScreen()
        else:
            window.show()
        window.raise_()
        window.activateWindow()
        self.changed.emit()

    def show_parts(self, meeting: Meeting, parts: tuple[Part, ...]) -> None:
        """Show the state of each; close the windows of those that are gone."""
        self._meeting = meeting
        found = {part.key: part for part in parts}
        for key, window in self.windows().items():
            if key in found:
                window.show_part(found[key])
            else:
                window.close()

    def close_all(self) -> None:
        """The meeting is over, or the page made anew."""
        for window in self.windows().values():
            window.close()

    def _forget(self, key: str) -> None:
        window = self._windows.pop(key, None)
        if window is not None:
            window.deleteLater()
            self.changed.emit()

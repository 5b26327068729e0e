"""The icon in the system's tray: how it stands with the meeting, and the way to mute without our window."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from visio_desktop.meeting.intents import Leave, PauseScreen, SetSourceOn
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import Source
from visio_desktop.system.texts import language, tr
from visio_desktop.ui import icons, theme
from visio_desktop.ui.window import window_title

_ICON_PX: Final = 64
_IN_MEETING: Final = (Page.JOINING, Page.ROOM)
_REASONS: Final = (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick)


class Tray(QObject):
    """Seen in a meeting, and always where the program is to stay in the background. Without a tray nothing happens."""

    intent = Signal(object)
    show_asked = Signal()
    quit_asked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._meeting = Meeting()
        self.menu = QMenu()
        self.show_window = self._add(self.show_asked.emit)
        self.menu.addSeparator()
        self.microphone = self._add(lambda: self._turn(Source.MICROPHONE))
        self.camera = self._add(lambda: self._turn(Source.CAMERA))
        self.pause_share = self._add(lambda: self.intent.emit(PauseScreen(not self._meeting.screen_paused)))
        self.stop_share = self._add(lambda: self.intent.emit(SetSourceOn(Source.SCREEN, on=False)))
        self.leave = self._add(lambda: self.intent.emit(Leave()))
        self.menu.addSeparator()
        self.quit = self._add(self.quit_asked.emit)
        self.icon = QSystemTrayIcon(self)
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._activated)
        self.icon.messageClicked.connect(self.show_asked)
        self._written: tuple[object, ...] = ()

    @property
    def is_there(self) -> bool:
        """Whether the person can see it; a tray may come and go."""
        return self.icon.isVisible() and QSystemTrayIcon.isSystemTrayAvailable()

    def show_meeting(self, meeting: Meeting, *, always: bool) -> None:
        """Show a snapshot; `always` also outside a meeting."""
        self._meeting = meeting
        inside = meeting.page in _IN_MEETING
        if not inside and not always:
            self.icon.hide()
            return
        sharing = (meeting.screen_on, meeting.screen_paused)
        state = (inside, meeting.microphone_on, meeting.camera_on, *sharing, window_title(meeting), language())
        if state != self._written:  # each writing is told to the desktop
            self._written = state
            self._write(meeting, inside=inside)
        self.icon.show()

    def tell(self, title: str, body: str) -> None:
        """Show a few words beside the icon."""
        self.icon.showMessage(title, body, self.icon.icon())

    def _write(self, meeting: Meeting, *, inside: bool) -> None:
        self.show_window.setText(tr("desktop.show"))
        self.microphone.setText(tr("desktop.mute" if meeting.microphone_on else "desktop.unmute"))
        self.camera.setText(tr("desktop.camera_off" if meeting.camera_on else "desktop.camera_on"))
        self.leave.setText(tr("desktop.leave"))
        self.quit.setText(tr("desktop.quit"))
        self.pause_share.setText(tr("screen.resume_sharing" if meeting.screen_paused else "screen.pause_sharing"))
        self.stop_share.setText(tr("stage.stop_share"))
        for action in (self.microphone, self.camera, self.leave):
            action.setVisible(inside)
        for action in (self.pause_share, self.stop_share):
            action.setVisible(inside and meeting.screen_on)
        face, said = _face(meeting, inside=inside)
        self.icon.setToolTip(f"{window_title(meeting)}\n{tr(said)}" if said else window_title(meeting))
        self.icon.setIcon(_picture(face))

    def _add(self, act: object) -> QAction:
        action = QAction(self.menu)
        action.triggered.connect(act)
        self.menu.addAction(action)
        return action

    def _turn(self, source: Source) -> None:
        self.intent.emit(SetSourceOn(source, on=not self._meeting.is_on(source)))

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in _REASONS:
            self.show_asked.emit()


def _face(meeting: Meeting, *, inside: bool) -> tuple[str, str]:
    """The icon's name and the key of what it says."""
    if not inside:
        return "videocam_fill", ""
    return ("mic_fill", "desktop.heard") if meeting.microphone_on else ("mic_off", "desktop.muted")


def _picture(face: str) -> QIcon:
    """On dark and light trays alike."""
    colour = {"mic_fill": theme.SPEAKING, "mic_off": theme.MUTED}.get(face, theme.ACTION)
    return icons.icon(face, colour, size_px=_ICON_PX)

"""One's own picture before the meeting, with the round buttons for microphone and camera on it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QPushButton, QWidget

from visio_desktop.engine import OWN_CAMERA
from visio_desktop.meeting.intents import SetSourceOn
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import DeviceKind, ProblemCode, Source
from visio_desktop.system.texts import tr
from visio_desktop.ui import icons, theme
from visio_desktop.ui.widgets.buttons import restyle
from visio_desktop.ui.widgets.stage import Pictures
from visio_desktop.ui.widgets.video_surface import WakeUp
from visio_desktop.ui.widgets.video_tile import TileLook, VideoTile

_ROUND_PX: Final = 56
_ROOMY_PX: Final = 480
_KINDS: Final = {Source.MICROPHONE: DeviceKind.MICROPHONE, Source.CAMERA: DeviceKind.CAMERA}
_MISSING: Final = (ProblemCode.CAMERA_MISSING, ProblemCode.MICROPHONE_MISSING)
_ICONS: Final = {Source.MICROPHONE: "mic", Source.CAMERA: "videocam"}


class Preview(QWidget):
    """A 16:9 tile that takes one's own picture while it is seen."""

    intent = Signal(object)

    def __init__(self, pictures: Pictures, *, with_buttons: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._meeting = Meeting()
        self._attached = False
        self.tile = VideoTile(WakeUp(self), self, radius_px=16)
        self.tile.ground = theme.PAPER
        self.tile.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.buttons = {source: self._round(source) for source in _ICONS} if with_buttons else {}

    def show_meeting(self, meeting: Meeting) -> None:
        """Show one's own state of a snapshot."""
        self._meeting = meeting
        wanted = meeting.camera_on or meeting.trying
        has_picture = wanted and meeting.camera.problem is None and bool(meeting.camera.opened_name)
        name = meeting.name_there or tr("pages.you")
        self.tile.show_look(TileLook(name=name, has_picture=has_picture, mirrored=True))
        for source, button in self.buttons.items():
            self._show_button(source, button, meeting)

    def set_width(self, width_px: int) -> None:
        """Take this width, and the height that goes with it."""
        self.setFixedSize(QSize(width_px, width_px * 9 // 16))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill the place; the buttons stand at the bottom centre, clear of the name where it is narrow."""
        super().resizeEvent(event)
        self.tile.setGeometry(self.rect())
        roomy = self.width() >= _ROOMY_PX
        margin = 16 if roomy else 8
        free_px = self.width() - len(self.buttons) * _ROUND_PX - (len(self.buttons) - 1) * 16
        left = free_px // 2 if roomy else free_px - margin
        for place, button in enumerate(self.buttons.values()):
            button.move(left + place * (_ROUND_PX + 16), self.height() - _ROUND_PX - margin)

    def showEvent(self, event: QShowEvent) -> None:
        """Take the picture."""
        super().showEvent(event)
        if not self._attached:
            self._attached = True
            self._pictures.attach(OWN_CAMERA, self.tile.mailbox)

    def hideEvent(self, event: QHideEvent) -> None:
        """Let the picture go."""
        super().hideEvent(event)
        self.let_go()

    def let_go(self) -> None:
        """Take no more pictures."""
        if self._attached:
            self._attached = False
            self._pictures.detach(OWN_CAMERA, self.tile.mailbox)

    def _round(self, source: Source) -> QPushButton:
        button = QPushButton(self)
        button.setProperty("round", True)
        button.setFixedSize(_ROUND_PX, _ROUND_PX)
        button.setIconSize(QSize(theme.ICON_PX, theme.ICON_PX))
        button.setAutoDefault(True)
        button.clicked.connect(lambda: self.intent.emit(SetSourceOn(source, on=not self._meeting.is_on(source))))
        return button

    def _show_button(self, source: Source, button: QPushButton, meeting: Meeting) -> None:
        stem, on = _ICONS[source], meeting.is_on(source)
        missing = not on and _is_missing(source, meeting)
        said = tr(f"room.{stem}_missing" if missing else f"room.{stem}_turn_{'off' if on else 'on'}")
        if button.accessibleName() == said:
            return
        button.setProperty("off", not on)
        button.setIcon(icons.icon(stem if on else f"{stem}_off", theme.TEXT_ON_DARK if on else theme.MUTED_TEXT))
        button.setAccessibleName(said)
        button.setToolTip(said)
        restyle(button)


def _is_missing(source: Source, meeting: Meeting) -> bool:
    """Whether no such device is there: none was found when one was wanted, or none is listed beside others."""
    kind = _KINDS[source]
    device = meeting.device(kind)
    if device.problem is not None:
        return device.problem.code in _MISSING
    listed = any(each.kind is kind for each in meeting.devices)
    return bool(meeting.devices) and not listed and device.spec == "default"

"""One screen or window to choose: a small picture of it, as it is now, and its name."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from visio_desktop.engine import PREVIEW
from visio_desktop.meeting.areas import Area
from visio_desktop.meeting.values import Screen
from visio_desktop.system.texts import tr
from visio_desktop.ui import theme
from visio_desktop.ui.widgets.elided import plain
from visio_desktop.ui.widgets.stage import Pictures
from visio_desktop.ui.widgets.video_surface import WakeUp
from visio_desktop.ui.widgets.video_tile import TileLook, VideoTile

_PICTURE_PX: Final = (280, 158)


class ScreenCard(QPushButton):
    """Checked is chosen. Takes pictures only while it is seen."""

    def __init__(self, screen: Screen, pictures: Pictures, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.screen_spec = screen.spec
        self._pictures = pictures
        self._attached = False
        self.is_window = bool(screen.title)
        self.area = Area(screen.left_px, screen.top_px, screen.width_px, screen.height_px)
        name = screen.title or tr(
            "room.screen_named", number=screen.number, width=screen.width_px, height=screen.height_px
        )
        self.setCheckable(True)
        self.setProperty("card", True)
        self.setToolTip(plain(screen.title))  # long titles are cut on the picture
        self.setAccessibleName(tr("screen.window_named", title=name) if self.is_window else name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.tile = VideoTile(WakeUp(self), radius_px=4)
        self.tile.ground = theme.PAPER
        self.tile.setFixedSize(*_PICTURE_PX)
        self.tile.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.tile.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.tile.show_look(TileLook(name=name, has_picture=True, cover=False))
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.addWidget(self.tile)

    def sizeHint(self) -> QSize:
        """As large as what is on it."""
        layout = self.layout()
        return super().sizeHint() if layout is None else layout.sizeHint()

    def showEvent(self, event: QShowEvent) -> None:
        """Take pictures."""
        super().showEvent(event)
        if not self._attached:
            self._attached = True
            self._pictures.attach(PREVIEW + self.screen_spec, self.tile.mailbox)

    def hideEvent(self, event: QHideEvent) -> None:
        """Take no more."""
        super().hideEvent(event)
        if self._attached:
            self._attached = False
            self._pictures.detach(PREVIEW + self.screen_spec, self.tile.mailbox)

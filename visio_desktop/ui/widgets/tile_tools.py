"""What can be done with a tile: buttons in its corner under the mouse, and the same as a menu for the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from visio_desktop.system.texts import tr
from visio_desktop.ui import icons, theme
from visio_desktop.ui.widgets.elided import plain

if TYPE_CHECKING:
    from visio_desktop.ui.widgets.video_tile import TileLook

_EVERY_BUTTON_PX = 3 * (theme.BUTTON_PX + 4) + 8


class TileTools(QWidget):
    """The buttons. None of them is come by with Tab: a tile has its keys and its menu."""

    pin_asked = Signal()
    window_asked = Signal()
    full_asked = Signal()
    volume_asked = Signal()
    signing_asked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)
        self.full = self._button("fullscreen")
        self.full.clicked.connect(self.full_asked)
        self.window_button = self._button("open_in_new")
        self.window_button.clicked.connect(self.window_asked)
        self.pin = self._button("keep")
        self.pin.clicked.connect(self.pin_asked)

    def show_look(self, look: TileLook, room_px: int) -> None:
        """What can be done with this tile, in so many px; what has no room is found in the menu."""
        self.pin.setVisible(look.may_pin)
        self.window_button.setVisible(look.may_open and room_px >= _EVERY_BUTTON_PX)
        self.full.setVisible(look.may_open and not look.cover and room_px >= _EVERY_BUTTON_PX)
        pin = pin_text(look)
        self.pin.setIcon(icons.icon("keep_off" if look.pinned else "keep", theme.TEXT_ON_DARK))
        for button, said in (
            (self.pin, pin),
            (self.window_button, tr("stage.own_window", name=look.name)),
            (self.full, tr("stage.full_screen", name=look.name)),
        ):
            button.setAccessibleName(said)
            button.setToolTip(plain(said))
        self.adjustSize()

    def _button(self, icon: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icons.icon(icon, theme.TEXT_ON_DARK))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setIconSize(QSize(theme.ICON_PX, theme.ICON_PX))
        button.setFixedSize(theme.BUTTON_PX, theme.BUTTON_PX)
        self._row.addWidget(button)
        return button


def fill_menu(menu: QMenu, look: TileLook, tools: TileTools) -> None:
    """The same for the keyboard and for screen readers."""
    if look.may_pin:
        menu.addAction(pin_text(look)).triggered.connect(tools.pin_asked)
    if look.may_open:
        menu.addAction(tr("stage.own_window", name=look.name)).triggered.connect(tools.window_asked)
        if not look.cover:
            menu.addAction(tr("stage.full_screen", name=look.name)).triggered.connect(tools.full_asked)
    if look.signing is not None:
        text = "picture.unfollow" if look.signing else "picture.follow"
        menu.addAction(tr(text, name=look.name)).triggered.connect(tools.signing_asked)
    if look.may_turn:
        menu.addAction(tr("sound.volume_of", name=look.name)).triggered.connect(tools.volume_asked)


def pin_text(look: TileLook) -> str:
    """What pinning does now."""
    return tr("room.unpin" if look.pinned else "room.pin", name=look.name)

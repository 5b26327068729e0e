"""One person's tile: the picture or their initials, who it is, and their state, drawn with a QPainter.

Pictures arrive in the size of the tile's picture area (`FrameMailbox.target`), so that painting one is a plain copy.
What lies over it (corners, name, badges, ring) is drawn into a transparent pixmap only when it changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QEnterEvent,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from visio_desktop.meeting.frames import Picture, PictureTarget
from visio_desktop.meeting.values import Quality
from visio_desktop.system.texts import tr
from visio_desktop.ui import theme
from visio_desktop.ui.widgets.elided import plain
from visio_desktop.ui.widgets.tile_overlay import draw_avatar, draw_overlay, encryption_words, signing_words
from visio_desktop.ui.widgets.tile_tools import TileTools, fill_menu
from visio_desktop.ui.widgets.video_surface import FrameMailbox, WakeUp


@dataclass(frozen=True, slots=True)
class TileLook:
    """Everything a tile shows besides the picture; `hand` is the place in the queue, 0 without a raised hand.

    `cover` crops people's pictures to fill; a shared screen is shown whole. `may_turn`: how loud they are can be set.

    `signing`: whether their sign language is followed, None where it cannot be; `signing_poor`: it comes too slowly,
    `signing_apart`: not together with their voice.

    `encrypted`, end to end: None shows no mark, False that what comes cannot be opened.
    """

    name: str = ""
    colour: str = ""
    muted: bool = False
    speaking: bool = False
    hand: int = 0
    quality: Quality = Quality.UNKNOWN
    has_picture: bool = False
    cover: bool = True
    mirrored: bool = False
    pinned: bool = False
    may_pin: bool = False
    may_open: bool = False
    may_turn: bool = False
    signing: bool | None = None
    signing_poor: bool = False
    signing_apart: bool = False
    waiting: bool = False
    encrypted: bool | None = None
    focused: bool = False
    hovered: bool = False

    def spoken(self) -> str:
        """What a screen reader says of the tile."""
        parts = [self.name]
        parts += [tr("room.tile_speaking")] if self.speaking else []
        parts += [tr("room.tile_muted")] if self.muted else []
        parts += [tr("room.tile_hand", place=self.hand)] if self.hand else []
        parts += [] if self.has_picture else [tr("room.tile_camera_off")]
        parts += [tr("room.tile_pinned")] if self.pinned else []
        parts += signing_words(self)
        parts += encryption_words(self.encrypted)
        return ", ".join(parts)


class VideoTile(QWidget):
    """A tile; `pin_asked` when it is clicked twice or Enter is pressed.

    `window_asked` wants it in a window of its own, `full_asked` on a whole screen.
    """

    pin_asked = Signal()
    window_asked = Signal()
    full_asked = Signal()
    volume_asked = Signal()
    signing_asked = Signal()

    def __init__(self, wake_up: WakeUp, parent: QWidget | None = None, *, radius_px: int = theme.RADIUS_PX) -> None:
        super().__init__(parent)
        self.mailbox = FrameMailbox(wake_up, self)
        self.ground = theme.ROOM
        self._radius_px = radius_px
        self._look = TileLook()
        self._overlay: QPixmap | None = None
        self._avatar: QPixmap | None = None
        self._shown: Picture | None = None
        self._image: QImage | None = None
        self._tools: TileTools | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMinimumSize(64, 36)

    def show_look(self, look: TileLook) -> None:
        """Show another state; what is the same costs nothing."""
        look = replace(look, focused=self.hasFocus(), hovered=self.underMouse())
        if look == self._look:
            return
        if self._look.has_picture and not look.has_picture:
            self.mailbox.clear()
            self._shown = self._image = None
        self._look = look
        self._overlay = None
        self._avatar = None
        self.setAccessibleName(look.spoken())
        self.setToolTip(plain(look.name))
        self._show_tools()
        self._aim()
        self.update()

    @property
    def look(self) -> TileLook:
        """What is shown now."""
        return self._look

    def picture_changed(self) -> None:
        """Paint the newer picture soon; hidden tiles are not painted."""
        if self.isVisible():
            self.update()

    def on_first_painted(self, listener: Callable[[], None]) -> None:
        """Call `listener` when the first picture has been painted."""
        self.mailbox.on_first_painted(listener)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the picture 1:1, or the avatar, and the overlay above it."""
        painter = QPainter(self)
        picture = self.mailbox.latest() if self._look.has_picture else None
        new = picture is not None and picture is not self._shown
        if picture is not None and new:
            self._shown, self._image = picture, _image_of(picture, mirrored=self._look.mirrored)
        if self._image is None:
            painter.drawPixmap(0, 0, self._drawn_avatar())
        else:
            self._paint_picture(painter, self._image)
        painter.drawPixmap(0, 0, self._drawn_overlay())
        painter.end()
        if new:
            self.mailbox.painted()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw anew in the new size and want pictures of it."""
        super().resizeEvent(event)
        self._overlay = self._avatar = None
        self._show_tools()
        self._aim()

    def showEvent(self, event: object) -> None:
        """Want pictures."""
        super().showEvent(event)  # type: ignore[arg-type] # a QShowEvent
        self._aim()

    def hideEvent(self, event: object) -> None:
        """Want none."""
        super().hideEvent(event)  # type: ignore[arg-type] # a QHideEvent
        self._aim()

    def enterEvent(self, event: QEnterEvent) -> None:
        """The mouse is over the tile: the toolbar shows."""
        super().enterEvent(event)
        self.show_look(self._look)

    def leaveEvent(self, event: object) -> None:
        """The mouse went."""
        super().leaveEvent(event)  # type: ignore[arg-type] # a QEvent
        self.show_look(self._look)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keyboard came: a ring shows it."""
        super().focusInEvent(event)
        self.show_look(self._look)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The keyboard went."""
        super().focusOutEvent(event)
        self.show_look(self._look)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter pins; Shift and F10 open the menu, also where the system does not see to it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.pin_asked.emit()
        elif event.key() == Qt.Key.Key_F10 and event.modifiers() == Qt.KeyboardModifier.ShiftModifier:
            self._open_menu(self.mapToGlobal(self.rect().center()))
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click pins."""
        self.pin_asked.emit()
        event.accept()

    def sizeHint(self) -> QSize:
        """A small 16:9."""
        return QSize(320, 180)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The right button and the menu key offer what the buttons do."""
        self._open_menu(event.globalPos())
        event.accept()

    def _open_menu(self, at: QPoint) -> None:
        if QApplication.activePopupWidget() is not None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fill_menu(menu)
        if menu.isEmpty():
            menu.deleteLater()
        else:
            menu.popup(at)

    def _fill_menu(self, menu: QMenu) -> None:
        fill_menu(menu, self._look, self._made_tools())

    def _show_tools(self) -> None:
        """The buttons in the corner, off the face, while the mouse is here."""
        wanted = self._look.hovered and (self._look.may_pin or self._look.may_open)
        if self._tools is None and not wanted:
            return
        tools = self._made_tools()
        tools.show_look(self._look, self.width() - 8)
        tools.move(self.width() - tools.width() - 8, 8)
        tools.setVisible(wanted)

    def _made_tools(self) -> TileTools:
        if self._tools is None:
            self._tools = TileTools(self)
            self._tools.pin_asked.connect(self.pin_asked)
            self._tools.window_asked.connect(self.window_asked)
            self._tools.full_asked.connect(self.full_asked)
            self._tools.volume_asked.connect(self.volume_asked)
            self._tools.signing_asked.connect(self.signing_asked)
            self._tools.hide()
        return self._tools

    def _aim(self) -> None:
        wanted = self.isVisible() and self._look.has_picture
        size = self._target()
        self.mailbox.aim(size if wanted and size.width_px and size.height_px else None)

    def _target(self) -> PictureTarget:
        """The size of the picture that is painted."""
        ratio = self.devicePixelRatioF()
        return PictureTarget(round(self.width() * ratio), round(self.height() * ratio), cover=self._look.cover)

    def _paint_picture(self, painter: QPainter, image: QImage) -> None:
        ratio = self.devicePixelRatioF()
        if image.width() == round(self.width() * ratio) and image.height() == round(self.height() * ratio):
            image.setDevicePixelRatio(ratio)
            painter.drawImage(0, 0, image)
            return
        image.setDevicePixelRatio(1.0)
        painter.fillRect(self.rect(), QColor(theme.TILE))
        painter.drawImage(_fitted(image.size(), self.rect(), cover=self._look.cover), image)

    def _drawn_overlay(self) -> QPixmap:
        if self._overlay is None:
            self._overlay = draw_overlay(
                self.size(), self.devicePixelRatioF(), self._look, QColor(self.ground), self._radius_px
            )
        return self._overlay

    def _drawn_avatar(self) -> QPixmap:
        if self._avatar is None:
            self._avatar = draw_avatar(self.size(), self.devicePixelRatioF(), self._look)
        return self._avatar


def _image_of(picture: Picture, *, mirrored: bool) -> QImage:
    """The picture as an image over the same bytes; mirrored into new ones."""
    image = QImage(
        picture.pixels, picture.width_px, picture.height_px, picture.width_px * 4, QImage.Format.Format_RGB32
    )
    return image.flipped(Qt.Orientation.Horizontal) if mirrored else image


def _fitted(size: QSize, area: QRect, *, cover: bool) -> QRect:
    """Where a picture of another size goes: over the whole area, or whole within it."""
    mode = Qt.AspectRatioMode.KeepAspectRatioByExpanding if cover else Qt.AspectRatioMode.KeepAspectRatio
    fitted = QRect(area.topLeft(), size.scaled(area.size(), mode))
    fitted.moveCenter(area.center())
    return fitted

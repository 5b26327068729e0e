"""The stage: everybody's tiles in a grid, or one large with the others beside it, in pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from visio_desktop.meeting.frames import FrameSink
from visio_desktop.meeting.layout import Arrangement, Box, focus, grid
from visio_desktop.meeting.state import Meeting
from visio_desktop.system.texts import tr
from visio_desktop.ui import icons, theme
from visio_desktop.ui.widgets.casting import Part, cast_of
from visio_desktop.ui.widgets.share_tile import ShareTile
from visio_desktop.ui.widgets.video_surface import WakeUp
from visio_desktop.ui.widgets.video_tile import VideoTile


class Pictures(Protocol):
    """Where pictures come from: the engine."""

    def attach(self, publication_id: str, sink: FrameSink) -> None:
        """Show a publication in this sink."""

    def detach(self, publication_id: str, sink: FrameSink) -> None:
        """Stop showing it."""


class Stage(QWidget):
    """`pin_asked` gives the publication to pin, None to unpin. `on_first_picture` is called once, for the report.

    `window_asked` gives the key of a tile and whether it is wanted on a whole screen, `volume_asked` the participant
    whose loudness is to be set and where on the screen, `signing_asked` whose signs are to be followed.
    """

    pin_asked = Signal(object)
    window_asked = Signal(str, bool)
    volume_asked = Signal(str, QPoint)
    signing_asked = Signal(object)

    def __init__(self, pictures: Pictures, wake_up: WakeUp, on_first_picture: Callable[[], None]) -> None:
        super().__init__()
        self._pictures = pictures
        self._wake_up = wake_up
        self._on_first_picture = on_first_picture
        self._tiles: dict[str, VideoTile] = {}
        self._parts: tuple[Part, ...] = ()
        self._pinned: str | None = None
        self._meeting = Meeting()
        self._away: frozenset[str] = frozenset()
        self._page = 0
        self._pager = self._make_pager()
        # Not for Tab: Qt puts nothing behind a widget that takes no focus at all, and tiles come behind this one.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName(tr("room.stage"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_meeting(self, meeting: Meeting) -> None:
        """Show the people of a snapshot."""
        self._meeting, self._pinned = meeting, meeting.pinned
        parts = cast_of(meeting, self._away)
        self._drop_tiles({part.key for part in parts})
        for part in parts:
            tile = self._tile_of(part)
            tile.show_look(part.look)
            if isinstance(tile, ShareTile):
                tile.set_large(large=part.large)
        changed = [(p.key, p.large) for p in parts] != [(p.key, p.large) for p in self._parts]
        self._parts = parts
        if changed:
            self._arrange()

    def set_away(self, keys: frozenset[str]) -> None:
        """What stands in windows of its own, by the keys of its parts."""
        if keys != self._away:
            self._away = keys
            self.show_meeting(self._meeting)

    def parts(self) -> tuple[Part, ...]:
        """What is shown, hidden pages included."""
        return self._parts

    def foot_of(self, participant_id: str) -> QPoint | None:
        """The middle of the lower edge of somebody's tile, None where it is not to be seen."""
        tile = self._tiles.get(participant_id)
        if tile is None or not tile.isVisibleTo(self):
            return None
        return QPoint(tile.geometry().center().x(), tile.geometry().bottom())

    def large_share(self) -> ShareTile | None:
        """The shared screen that is looked at."""
        key = next((part.key for part in self._parts if part.large), None)
        tile = self._tiles.get(key) if key is not None else None
        return tile if isinstance(tile, ShareTile) else None

    def let_go(self) -> None:
        """Take no more pictures."""
        self._drop_tiles(set())

    def tiles(self) -> dict[str, VideoTile]:
        """The tiles by what they show."""
        return dict(self._tiles)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange anew."""
        super().resizeEvent(event)
        self._arrange()

    def sizeHint(self) -> QSize:
        """As large as may be."""
        return QSize(800, 450)

    def _tile_of(self, part: Part) -> VideoTile:
        tile = self._tiles.get(part.key)
        if tile is None:
            tile = self._tiles[part.key] = (VideoTile if part.look.cover else ShareTile)(self._wake_up, self)
            tile.pin_asked.connect(lambda key=part.key: self._pin(key))
            tile.window_asked.connect(lambda key=part.key: self.window_asked.emit(key, False))
            tile.full_asked.connect(lambda key=part.key: self.window_asked.emit(key, True))
            tile.volume_asked.connect(lambda tile=tile, key=part.key: self._ask_volume(tile, key))
            tile.signing_asked.connect(lambda key=part.key: self._follow(key))
            if not part.is_mine:
                tile.on_first_painted(self._on_first_picture)
            self._pictures.attach(part.publication_id, tile.mailbox)
            tile.setProperty("publication", part.publication_id)
        elif tile.property("publication") != part.publication_id:
            self._pictures.detach(str(tile.property("publication")), tile.mailbox)
            self._pictures.attach(part.publication_id, tile.mailbox)
            tile.setProperty("publication", part.publication_id)
        return tile

    def _drop_tiles(self, kept: set[str]) -> None:
        for key in [key for key in self._tiles if key not in kept]:
            tile = self._tiles.pop(key)
            self._pictures.detach(str(tile.property("publication")), tile.mailbox)
            tile.mailbox.close()
            tile.hide()
            tile.deleteLater()

    def _follow(self, key: str) -> None:
        self.signing_asked.emit(None if self._meeting.signing == key else key)

    def _ask_volume(self, tile: VideoTile, key: str) -> None:
        self.volume_asked.emit(key, tile.mapToGlobal(tile.rect().center()))

    def _pin(self, key: str) -> None:
        part = next((p for p in self._parts if p.key == key), None)
        if part is not None and part.pin_id is not None:
            self.pin_asked.emit(None if part.pin_id == self._pinned else part.pin_id)

    def _arrange(self) -> None:
        large = next((part for part in self._parts if part.large), None)
        others = [part for part in self._parts if part is not large]
        arrangement = self._arrangement(large is not None, len(others))
        self._page = min(self._page, arrangement.pages - 1)
        per_page = max(1, len(self._arrangement(large is not None, len(others), page=0).boxes))
        here = others[self._page * per_page :][: len(arrangement.boxes)]
        shown: dict[str, Box] = {part.key: box for part, box in zip(here, arrangement.boxes, strict=True)}
        if large is not None and arrangement.large is not None:
            shown[large.key] = arrangement.large
        for key, tile in self._tiles.items():
            box = shown.get(key)
            if box is not None:
                tile.setGeometry(QRect(box.x, box.y, box.width, box.height))
            tile.setVisible(box is not None)
        self._order_tabs([large, *others] if large is not None else others)
        self._show_pager(arrangement.pages)

    def _order_tabs(self, parts: list[Part]) -> None:
        """Tab comes by the tiles as they stand, then by the pager, before it goes on to what follows the stage."""
        before: QWidget = self
        for widget in (*(self._tiles[part.key] for part in parts), *self._pager.findChildren(QToolButton)):
            QWidget.setTabOrder(before, widget)
            before = widget

    def _arrangement(self, has_large: bool, others: int, page: int | None = None) -> Arrangement:
        arrange = focus if has_large else grid
        page = self._page if page is None else page
        gap_px = theme.GAP_PX if self.width() >= 700 else 8  # noqa: PLR2004 - a small window has no room to give away
        return arrange(self.width(), self.height(), others, gap_px, page)

    def _make_pager(self) -> QWidget:
        pager = QWidget(self)
        pager.setObjectName("pager")
        pager.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(pager)
        row.setContentsMargins(0, 0, 0, 0)
        self._page_label = QLabel()
        for icon, text, step in (("chevron_left", "room.page_before", -1), ("chevron_right", "room.page_next", 1)):
            button = QToolButton()
            button.setIcon(icons.icon(icon, theme.TEXT_ON_DARK))
            button.setAccessibleName(tr(text))
            button.setToolTip(tr(text))
            button.clicked.connect(lambda _=False, step=step: self._turn(step))
            row.addWidget(button)
            if step < 0:
                row.addWidget(self._page_label, alignment=Qt.AlignmentFlag.AlignCenter)
        pager.hide()
        return pager

    def _turn(self, step: int) -> None:
        self._page = max(0, self._page + step)
        self._arrange()

    def _show_pager(self, pages: int) -> None:
        self._pager.setVisible(pages > 1)
        if pages > 1:
            self._page_label.setText(tr("room.page_of", page=self._page + 1, pages=pages))
            self._pager.adjustSize()
            size = self._pager.sizeHint()
            self._pager.setGeometry((self.width() - size.width()) // 2, 8, size.width(), size.height())
            self._pager.raise_()

"""Everybody in the meeting as rows of a list: what each shows and says, and how it is drawn."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from visio_desktop.meeting.sound import AS_SENT_PERCENT
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Participant, Role
from visio_desktop.system.texts import tr
from visio_desktop.ui import icons, theme
from visio_desktop.ui.widgets.side_panel import tamed_name
from visio_desktop.ui.widgets.tile_overlay import colour_of, encryption_words, initials, own_name

LOOK: Final = Qt.ItemDataRole.UserRole
MENU_PX: Final = 32
"""At a row's right end: a press there opens its menu."""
_ROW_PX: Final = 48
_AVATAR_PX: Final = 32
_PAD_PX: Final = 8
_SMALL_PX: Final = 12
_ROLES: Final = {Role.OWNER: "people.host", Role.ADMINISTRATOR: "people.co_host"}
_LEFT: Final = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


@dataclass(frozen=True, slots=True)
class Row:
    """What a row shows; `hand` is the place in the queue, 0 without a raised hand, `about` stands under the name."""

    id: str
    name: str
    initials: str
    colour: str
    microphone_open: bool
    hand: int
    encrypted: bool | None = None
    about: tuple[str, ...] = ()
    is_stranger: bool = False

    def spoken(self) -> str:
        """What a screen reader says of the row."""
        parts = [self.name, *self.about]
        parts += [tr("room.tile_hand", place=self.hand)] if self.hand else []
        parts += [] if self.microphone_open else [tr("room.tile_muted")]
        parts += encryption_words(self.encrypted)
        return ", ".join(parts)


def rows_of(meeting: Meeting, wanted: str = "") -> tuple[Row, ...]:
    """Those whose name has the wanted words in it, the ones with a raised hand first, in the order of the queue."""
    hands = {person.id: place for place, person in enumerate(meeting.raised_hands, 1)}
    others = (person for person in meeting.participants if person.id not in hands)
    words = folded(wanted).split()
    return tuple(
        _row(meeting, person, hands.get(person.id, 0))
        for person in (*meeting.raised_hands, *others)
        if not words or all(word in folded(person.name) for word in words)
    )


def _row(meeting: Meeting, person: Participant, place: int) -> Row:
    name = tamed_name(person.name)
    is_stranger = person.is_authenticated is False
    role = _ROLES.get(person.role)
    about = ([tr(role)] if role is not None else []) + ([tr("people.not_logged_in")] if is_stranger else [])
    percent = meeting.volume_percent(person.id)
    about += [tr("sound.volume_row", percent=percent)] if percent != AS_SENT_PERCENT else []
    return Row(
        id=person.id,
        name=own_name(name) if person.is_me else name,
        initials=initials(name),
        colour=person.colour,
        microphone_open=meeting.microphone_on if person.is_me else person.microphone_open,
        hand=place,
        encrypted=person.encrypted,
        about=tuple(about),
        is_stranger=is_stranger,
    )


def folded(text: str) -> str:
    """Without case and accents, so that "lefevre" finds Lefèvre."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).casefold()


class RowPainter(QStyledItemDelegate):
    """Draws a row; the list keeps keyboard, scrolling and accessibility."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """As wide as there is room."""
        return QSize(_AVATAR_PX, _ROW_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Avatar, name, role, hand, microphone, menu."""
        row: Row = index.data(LOOK)
        area = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _draw_ground(painter, area, option.state)
        disc = QRectF(area.left() + _PAD_PX, area.center().y() - _AVATAR_PX / 2, _AVATAR_PX, _AVATAR_PX)
        draw_initials(painter, disc, row.initials, row.colour)
        if row.is_stranger:
            _draw_stranger(painter, disc)
        right_px = _draw_state(painter, area, row)
        left_px = area.left() + 2 * _PAD_PX + _AVATAR_PX
        place = QRectF(left_px, area.top() + 5, max(0.0, right_px - left_px - _PAD_PX), area.height() - 10)
        _draw_texts(painter, place, row)
        painter.restore()


def _draw_ground(painter: QPainter, area: QRectF, state: QStyle.StateFlag) -> None:
    """Under the pointer a tint, with the keyboard a frame too."""
    focused = bool(state & QStyle.StateFlag.State_HasFocus)
    if not focused and not state & QStyle.StateFlag.State_MouseOver:
        return
    painter.setPen(QPen(QColor(theme.FOCUS_ON_LIGHT), 2) if focused else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.SOFT_ACTION))
    painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), 4, 4)


def draw_initials(painter: QPainter, disc: QRectF, letters: str, colour: str) -> None:
    """Somebody without a picture."""
    painter.setBrush(colour_of(colour))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawEllipse(disc)
    painter.setPen(QColor(theme.TEXT_ON_DARK))
    painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, letters)


def _draw_texts(painter: QPainter, place: QRectF, row: Row) -> None:
    painter.setPen(QColor(theme.INK))
    upper = place if not row.about else QRectF(place.left(), place.top(), place.width(), place.height() / 2)
    _draw_elided(painter, upper, row.name)
    if not row.about:
        return
    font = QFont(painter.font())
    font.setPixelSize(_SMALL_PX)
    painter.setFont(font)
    painter.setPen(QColor(theme.SOFT_INK))
    _draw_elided(painter, upper.translated(0, upper.height()), " · ".join(row.about))


def _draw_elided(painter: QPainter, place: QRectF, text: str) -> None:
    shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(place.width()))
    painter.drawText(place, _LEFT, shown)


def _draw_stranger(painter: QPainter, disc: QRectF) -> None:
    """A mark on the avatar of somebody the server does not know."""
    badge = QRectF(disc.right() - 11, disc.bottom() - 11, 15, 15)
    painter.setPen(QColor(theme.PAPER))
    painter.setBrush(QColor(theme.PROBLEM_INK))
    painter.drawEllipse(badge)
    painter.setPen(QColor(theme.PROBLEM_PAPER))
    font = QFont(painter.font())
    font.setPixelSize(_SMALL_PX)
    font.setBold(True)
    painter.save()
    painter.setFont(font)
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, "!")
    painter.restore()


def _draw_state(painter: QPainter, area: QRectF, row: Row) -> float:
    """Draws the menu's dots, the microphone and the hand at the right; returns where they begin."""
    middle_px, icon_px = area.center().y(), theme.ICON_PX
    left_px = area.right() - MENU_PX
    top_px = middle_px - icon_px / 2
    painter.drawPixmap(QPointF(left_px + 2, top_px), icons.pixmap("more_vert", theme.INK, icon_px))
    left_px -= icon_px + 2
    icon, colour = ("mic", theme.INK) if row.microphone_open else ("mic_off", theme.PROBLEM_INK)
    painter.drawPixmap(QPointF(left_px, top_px), icons.pixmap(icon, colour, icon_px))
    if row.hand:
        chip = QRectF(left_px - _PAD_PX - 48, middle_px - 13, 48, 26)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.HAND))
        painter.drawRoundedRect(chip, 4, 4)
        painter.setPen(QColor(theme.HAND_TEXT))
        number = chip.adjusted(4, 0, -26, 0)
        painter.drawText(number, Qt.AlignmentFlag.AlignCenter, str(row.hand))
        painter.drawPixmap(chip.topLeft() + QPointF(24, 4), icons.pixmap("back_hand", theme.HAND_TEXT, 18))
        left_px = chip.left()
    return left_px

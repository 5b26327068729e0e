"""Everybody in the meeting: initials, name, raised hand, microphone."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Participant
from visio_desktop.system.texts import tr
from visio_desktop.ui import icons, theme
from visio_desktop.ui.widgets.side_panel import SidePanel, tamed
from visio_desktop.ui.widgets.tile_overlay import colour_of, encryption_words, initials, own_name

_ROW_PX = 44
_AVATAR_PX = 32
_PAD_PX = 8
_LOOK = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Row:
    """What a row shows; `hand` is the place in the queue, 0 without a raised hand."""

    name: str
    initials: str
    colour: str
    microphone_open: bool
    hand: int
    encrypted: bool | None = None

    def spoken(self) -> str:
        """What a screen reader says of the row."""
        parts = [self.name]
        parts += [tr("room.tile_hand", place=self.hand)] if self.hand else []
        parts += [] if self.microphone_open else [tr("room.tile_muted")]
        parts += encryption_words(self.encrypted)
        return ", ".join(parts)


class PeoplePanel(SidePanel):
    """Those with a raised hand first, in the order of the queue."""

    def __init__(self) -> None:
        super().__init__("room.people")
        self._count = QLabel()
        self._count.setObjectName("note")
        self._list = QListWidget()
        self._list.setAccessibleName(tr("room.people"))
        self._list.setItemDelegate(_RowPainter(self._list))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setMouseTracking(True)
        self._column.addWidget(self._count)
        self._column.addWidget(self._list, 1)
        self._shown: tuple[Row, ...] = ()

    def show_meeting(self, meeting: Meeting) -> None:
        """Show who is there; a row that is the same stays as it is."""
        rows = rows_of(meeting)
        if rows == self._shown:
            return
        self._shown = rows
        self._count.setText(tr("room.people_count", count=len(rows)))
        while self._list.count() > len(rows):
            self._list.takeItem(self._list.count() - 1)
        for index, row in enumerate(rows):
            item = self._list.item(index) if index < self._list.count() else QListWidgetItem(self._list)
            item.setData(_LOOK, row)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, row.spoken())
            item.setToolTip(", ".join([row.name, *encryption_words(row.encrypted)]))

    def take_focus(self) -> None:
        """To the list."""
        self._list.setFocus(Qt.FocusReason.OtherFocusReason)


def rows_of(meeting: Meeting) -> tuple[Row, ...]:
    """Everybody, those with a raised hand first."""
    hands = meeting.raised_hands
    others = tuple(person for person in meeting.participants if person not in hands)
    return tuple(_row(meeting, person, place) for place, person in _places(hands, others))


def _places(hands: tuple[Participant, ...], others: tuple[Participant, ...]) -> list[tuple[int, Participant]]:
    return [*enumerate(hands, 1), *((0, person) for person in others)]


def _row(meeting: Meeting, person: Participant, place: int) -> Row:
    name = tamed(person.name)
    return Row(
        name=own_name(name) if person.is_me else name,
        initials=initials(name),
        colour=person.colour,
        microphone_open=meeting.microphone_on if person.is_me else person.microphone_open,
        hand=place,
        encrypted=person.encrypted,
    )


class _RowPainter(QStyledItemDelegate):
    """Draws a row; the list keeps keyboard, scrolling and accessibility."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """As wide as there is room."""
        return QSize(_AVATAR_PX, _ROW_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Avatar, name, hand, microphone."""
        row = index.data(_LOOK)
        area = QRectF(option.rect)
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_HasFocus):
            painter.setBrush(QColor(theme.SOFT_ACTION))
            painter.drawRoundedRect(area, 4, 4)
        _draw_initials(painter, QRectF(area.left() + _PAD_PX, area.top() + 6, _AVATAR_PX, _AVATAR_PX), row)
        right_px = _draw_state(painter, area, row)
        left_px = area.left() + 2 * _PAD_PX + _AVATAR_PX
        place = QRectF(left_px, area.top(), max(0.0, right_px - left_px - _PAD_PX), area.height())
        painter.setPen(QColor(theme.INK))
        name = painter.fontMetrics().elidedText(row.name, Qt.TextElideMode.ElideRight, int(place.width()))
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        painter.restore()


def _draw_initials(painter: QPainter, disc: QRectF, row: Row) -> None:
    painter.setBrush(colour_of(row.colour))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawEllipse(disc)
    painter.setPen(QColor(theme.TEXT_ON_DARK))
    painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, row.initials)


def _draw_state(painter: QPainter, area: QRectF, row: Row) -> float:
    """Draws the microphone and the hand at the right; returns where they begin."""
    middle_px = area.center().y()
    icon_px = theme.ICON_PX
    left_px = area.right() - _PAD_PX - icon_px
    icon, colour = ("mic", theme.INK) if row.microphone_open else ("mic_off", theme.PROBLEM_INK)
    painter.drawPixmap(QPointF(left_px, middle_px - icon_px / 2), icons.pixmap(icon, colour, icon_px))
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

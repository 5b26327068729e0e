"""Reactions over the stage: each rises from whoever gave it, with their name, and fades.

Where less motion is wanted, by the system or by choice, it stands still as long. Only the few pictures that move are
painted anew; whatever number is given, at most `MOST` are in the air.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from visio_desktop.meeting.rooms import Reaction
from visio_desktop.meeting.state import Meeting
from visio_desktop.system.clock import Clock, monotonic_ms
from visio_desktop.system.texts import tr
from visio_desktop.ui import emoji, theme
from visio_desktop.ui.widgets.side_panel import tamed_name

SHOWN_MS: Final = 3_000.0
MOST: Final = 12
SAID_EVERY_MS: Final = 1_500
_STEP_MS: Final = 33
_PICTURE_PX: Final = 44
_NAME_PX: Final = 22
_WIDEST_PX: Final = 150
_RISE_PX: Final = 140
_FADES_AT: Final = 0.7
_ABOVE_NAME_PX: Final = 34
_TOGETHER_MS: Final = 1_000.0
_LANES: Final = (0, 1, -1, 2, -2)
"""Where several of the same person rise side by side."""


@dataclass(frozen=True, slots=True)
class _Flying:
    """One reaction in the air; `foot` is where it began. Of several of one person at once the first bears the name."""

    reaction: Reaction
    foot: QPoint
    began_ms: float
    is_named: bool


class Reactions(QWidget):
    """Lies over the stage and lets the mouse through. `foot_of` tells where somebody's tile ends, None if unseen."""

    def __init__(
        self,
        parent: QWidget,
        foot_of: Callable[[str], QPoint | None],
        is_still: Callable[[], bool],
        *,
        now: Clock = monotonic_ms,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._foot_of = foot_of
        self._is_still = is_still
        self._now = now
        self._flying: list[_Flying] = []
        self._last = -1
        self._joined_at_ms: float | None = None
        self._unsaid: list[Reaction] = []
        self._steps = QTimer(self)
        self._steps.setInterval(_STEP_MS)
        self._steps.timeout.connect(self.step)
        self._saying = QTimer(self)
        self._saying.setSingleShot(True)
        self._saying.setInterval(SAID_EVERY_MS)
        self._saying.timeout.connect(self._say)
        self.hide()

    def show_meeting(self, meeting: Meeting) -> None:
        """Show the reactions of a snapshot that are new; those of before one came are not."""
        newest = max((reaction.number for reaction in meeting.room.reactions), default=self._last)
        if meeting.joined_at_ms != self._joined_at_ms:
            self._joined_at_ms = meeting.joined_at_ms
        else:
            for reaction in meeting.room.reactions:
                if reaction.number > self._last:
                    self._fly(reaction)
        self._last = newest

    def in_the_air(self) -> tuple[Reaction, ...]:
        """What is shown now."""
        return tuple(flying.reaction for flying in self._flying)

    def step(self) -> None:
        """Move on; what has been shown long enough goes."""
        now_ms = self._now()
        for flying in self._flying:
            self.update(self._place(flying, now_ms).adjusted(-2, -2, 2, 10))
        self._flying = [flying for flying in self._flying if now_ms - flying.began_ms < SHOWN_MS]
        if not self._flying:
            self._steps.stop()
            self.hide()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint each where it is now."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        now_ms = self._now()
        for flying in self._flying:
            self._paint(painter, flying, now_ms)

    def _fly(self, reaction: Reaction) -> None:
        foot = self._foot_of(reaction.participant_id)
        same = [one for one in self._flying if one.reaction.participant_id == reaction.participant_id]
        is_named = not any(one.is_named and self._now() - one.began_ms < _TOGETHER_MS for one in same)
        if foot is None:
            foot = QPoint(_WIDEST_PX // 2 + 8, self.height() - 8)
        half = _WIDEST_PX // 2
        x_px = foot.x() + _LANES[len(same) % len(_LANES)] * _PICTURE_PX
        foot = QPoint(min(max(half, x_px), max(half, self.width() - half)), foot.y() - _ABOVE_NAME_PX)
        self._flying = [*self._flying, _Flying(reaction, foot, self._now(), is_named)][-MOST:]
        self._unsaid.append(reaction)
        if not self._saying.isActive():
            self._saying.start()
        self.show()
        self.raise_()
        self.update()
        if not self._steps.isActive():
            self._steps.start()

    def _place(self, flying: _Flying, now_ms: float) -> QRect:
        """The box of picture and name."""
        share = min(1.0, max(0.0, (now_ms - flying.began_ms) / SHOWN_MS))
        risen = 0.0 if self._is_still() else _RISE_PX * (1 - (1 - share) ** 2)
        height = _PICTURE_PX + _NAME_PX + 2
        return QRect(flying.foot.x() - _WIDEST_PX // 2, flying.foot.y() - height - round(risen), _WIDEST_PX, height)

    def _paint(self, painter: QPainter, flying: _Flying, now_ms: float) -> None:
        place = self._place(flying, now_ms)
        share = (now_ms - flying.began_ms) / SHOWN_MS
        fading = not self._is_still() and share > _FADES_AT
        painter.setOpacity(max(0.0, (1 - share) / (1 - _FADES_AT)) if fading else 1.0)
        image = emoji.pixmap(flying.reaction.emoji, _PICTURE_PX, self.devicePixelRatioF())
        painter.drawPixmap(place.center().x() - _PICTURE_PX // 2, place.top(), image)
        if flying.is_named:
            self._paint_name(painter, flying, place)

    def _paint_name(self, painter: QPainter, flying: _Flying, place: QRect) -> None:
        font = QFont()
        font.setPixelSize(13)
        metrics = QFontMetrics(font)
        name = metrics.elidedText(tamed_name(flying.reaction.name), Qt.TextElideMode.ElideRight, _WIDEST_PX - 16)
        chip = QRectF(0, place.top() + _PICTURE_PX + 2, metrics.horizontalAdvance(name) + 16, _NAME_PX)
        chip.moveLeft(place.center().x() - chip.width() / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.CHIP))
        painter.drawRoundedRect(chip, 4, 4)
        painter.setPen(QColor(theme.TEXT_ON_DARK))
        painter.setFont(font)
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, name)

    def _say(self) -> None:
        """One announcement for all of a moment, after what is being read."""
        said, self._unsaid = spoken(self._unsaid), []
        if said:
            event = QAccessibleAnnouncementEvent(self, said)
            event.setPoliteness(QAccessible.AnnouncementPoliteness.Polite)
            QAccessible.updateAccessibility(event)


def spoken(reactions: list[Reaction]) -> str:
    """What a screen reader says of these: who and what for one, else how many."""
    match reactions:
        case []:
            return ""
        case [one]:
            return tr("reactions.said", name=tamed_name(one.name), reaction=emoji.spoken(one.emoji))
        case _:
            return tr("reactions.several", count=len(reactions))

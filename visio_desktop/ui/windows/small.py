"""The small window that stays on top while one works elsewhere: who speaks or what is shared, and the few buttons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from visio_desktop.meeting.intents import Leave
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Source
from visio_desktop.system.texts import tr
from visio_desktop.ui import brand, marking, theme
from visio_desktop.ui.widgets.buttons import set_meaning, set_off, tool_button
from visio_desktop.ui.widgets.casting import Part, cast_of
from visio_desktop.ui.widgets.stage import Pictures
from visio_desktop.ui.widgets.video_surface import WakeUp
from visio_desktop.ui.widgets.video_tile import VideoTile
from visio_desktop.ui.windows.keys import bind_sources, toggled

FIRST_PX: Final = (320, 250)
_SOURCES: Final = ((Source.MICROPHONE, "mic", "Ctrl+D"), (Source.CAMERA, "videocam", "Ctrl+E"))
_EDGE_PX: Final = 24


class SmallWindow(QWidget):
    """`back_asked` wants the main window; `closed` when it was closed by hand."""

    back_asked = Signal()
    closed = Signal()

    def __init__(self, pictures: Pictures, wake_up: WakeUp, emit: Callable[[object], None]) -> None:
        super().__init__(None, Qt.WindowType.Window | Qt.WindowType.WindowStaysOnTopHint)
        self.setObjectName("room")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, on=False)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setStyleSheet(theme.style("room"))
        self._pictures = pictures
        self._emit = emit
        self._meeting = Meeting()
        self._shown: Part | None = None
        self.tile = VideoTile(wake_up, radius_px=0)
        self.tile.pin_asked.connect(self.back_asked)
        self.news = QLabel()
        self.news.setWordWrap(True)
        self.news.setObjectName("banner")
        self.news.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.buttons = {source: self._source(source, icon) for source, icon, _ in _SOURCES}
        self.back = tool_button("open_in_new", "stage.back")
        self.back.clicked.connect(self.back_asked)
        self.leave = tool_button("call_end", "leave")
        self.leave.setProperty("leave", True)
        self.leave.clicked.connect(lambda: emit(Leave()))
        self._lay_out()
        self.setMinimumSize(240, 190)
        self.resize(*FIRST_PX)
        bind_sources(self, lambda: self._meeting, emit)

    def show_meeting(self, meeting: Meeting) -> None:
        """Show a snapshot."""
        self._meeting = meeting
        part = chosen(meeting, self._shown.key if self._shown is not None else None)
        self._show_part(part)
        for source, icon, shortcut in _SOURCES:
            on, button = meeting.is_on(source), self.buttons[source]
            set_off(button, off=not on)
            colour = theme.TEXT_ON_DARK if on else theme.MUTED_TEXT
            text = f"{icon}_turn_off" if on else f"{icon}_turn_on"
            set_meaning(button, icon if on else f"{icon}_off", text, shortcut=shortcut, colour=colour)
            button.setEnabled(on or source in meeting.room.may_send)
        news = _news(meeting)
        self.news.setVisible(bool(news))
        self.news.setText(news)
        self.setWindowTitle(meeting.title or brand.product())

    def sit_in(self, area: QRect) -> None:
        """In the lower right corner of a screen's free area."""
        self.move(area.right() - self.width() - _EDGE_PX, area.bottom() - self.height() - 2 * _EDGE_PX)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes it."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """It comes back when it is asked for."""
        super().closeEvent(event)
        self._show_part(None)
        self.tile.mailbox.close()
        self.closed.emit()

    def _show_part(self, part: Part | None) -> None:
        before = self._shown.publication_id if self._shown is not None else None
        after = part.publication_id if part is not None else None
        if before != after:
            if before is not None:
                self._pictures.detach(before, self.tile.mailbox)
            self.tile.mailbox.clear()
            if after is not None:
                self._pictures.attach(after, self.tile.mailbox)
        self._shown = part
        if part is not None:
            if before != after:
                self.tile.show_look(replace(part.look, has_picture=False))
            self.tile.show_look(
                replace(part.look, may_pin=False, may_open=False, may_turn=False, pinned=False, signing=None)
            )

    def _source(self, source: Source, icon: str) -> QToolButton:
        button = tool_button(icon, f"{icon}_turn_on")
        button.clicked.connect(lambda: self._emit(toggled(self._meeting, source)))
        return button

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(8)
        column.addWidget(self.news)
        column.addWidget(self.tile, 1)
        row = QHBoxLayout()
        row.addStretch(1)
        for button in (*self.buttons.values(), self.back, self.leave):
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        marking.put_above(column)


def _news(meeting: Meeting) -> str:
    """What calls for somebody to come back."""
    if meeting.room.leave_at_ms is not None:
        return tr("stage.alone_soon")
    return tr("stage.waiting", count=len(meeting.room.waiting)) if meeting.room.waiting else ""


def chosen(meeting: Meeting, before: str | None) -> Part | None:
    """What is shown: a share, else who speaks, else who was shown before, else somebody else, else oneself."""
    parts = cast_of(meeting)
    others = [part for part in parts if not part.is_mine]
    shares = [part for part in others if not part.look.cover]
    speaking = [part for part in others if part.look.speaking]
    same = [part for part in others if part.key == before]
    still = [part for part in same if part in speaking]
    return next(iter((*shares, *still, *speaking, *same, *others, *parts)), None)

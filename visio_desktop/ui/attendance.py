"""Carries out what an attendant decides, with the window's timers: for meetings run from the command line."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from visio_desktop.engine.attendant import Action, Ask, Attendant, BeginTime, Quit
from visio_desktop.meeting.intents import Intent, Leave
from visio_desktop.meeting.state import Meeting


class Attendance(QObject):
    """`before_leaving` is called once, while the meeting still stands: for the screenshot and the report."""

    def __init__(
        self,
        attendant: Attendant,
        duration_s: float | None,
        post: Callable[[Intent], None],
        before_leaving: Callable[[], None],
        end: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._attendant = attendant
        self._duration_s = duration_s
        self._post = post
        self._before_leaving = before_leaving
        self._end = end
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.time_is_up)

    def take_in(self, meeting: Meeting) -> None:
        """A snapshot came."""
        self._carry_out(self._attendant.take_in(meeting))

    def time_is_up(self) -> None:
        """The meeting's time is over."""
        self._carry_out(self._attendant.time_is_up())

    def _carry_out(self, actions: tuple[Action, ...]) -> None:
        for action in actions:
            match action:
                case Ask(Leave() as leave):
                    try:
                        self._before_leaving()
                    finally:
                        self._post(leave)
                case Ask(intent):
                    self._post(intent)
                case BeginTime() if self._duration_s is not None and not self._timer.isActive():
                    self._timer.start(round(self._duration_s * 1000))
                case Quit():
                    self._end()

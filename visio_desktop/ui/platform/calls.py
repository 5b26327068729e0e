"""Links from outside while we run: the window comes to the front, and in a meeting it asks before it leaves."""

from __future__ import annotations

import os
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMainWindow

from visio_desktop.meeting.intents import GoHome, Intent, Leave, OpenLink
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.system.deep_links import plain
from visio_desktop.system.instance import Call
from visio_desktop.system.texts import tr
from visio_desktop.ui.widgets.question_bar import QuestionBar

_IN_MEETING = (Page.JOINING, Page.ROOM)
_SHOWN = 80


class Calls(QObject):
    """Answers calls on the window's thread. A link is looked at, never joined."""

    def __init__(self, window: QMainWindow, post: Callable[[Intent], None]) -> None:
        super().__init__(window)
        self._window = window
        self._post = post
        self._meeting = Meeting()
        self.bar: QuestionBar | None = None

    def take_in(self, meeting: Meeting) -> None:
        """A snapshot came: out of the meeting there is nothing to ask any more."""
        self._meeting = meeting
        if meeting.page not in _IN_MEETING:
            self._dismiss()

    def take(self, call: Call) -> None:
        """Somebody started the program again."""
        bring_to_front(self._window, call.activation)
        link = plain(call.link)
        current = self._meeting.link
        if not link or (current is not None and current.text == link and self._meeting.page in _IN_MEETING):
            return
        if self._meeting.page in _IN_MEETING:
            self._ask(link)
        else:
            self._post(OpenLink(link, from_outside=True))

    def _ask(self, link: str) -> None:
        self._dismiss()
        shown = link if len(link) <= _SHOWN else link[: _SHOWN - 1] + "…"
        self.bar = QuestionBar(tr("desktop.other_link", link=shown.partition("?")[0]), tr("desktop.leave_and_open"))
        self.bar.answered.connect(lambda yes: self._answered(link, yes=yes))
        self._window.setMenuWidget(self.bar)
        self.bar.ask()

    def _answered(self, link: str, *, yes: bool) -> None:
        self._dismiss()
        if yes:
            for intent in (Leave(), GoHome(), OpenLink(link, from_outside=True)):
                self._post(intent)

    def _dismiss(self) -> None:
        if self.bar is not None:
            bar, self.bar = self.bar, None
            bar.hide()
            self._window.setMenuWidget(None)  # type: ignore[arg-type] # Qt takes none, and deletes the bar


def bring_to_front(window: QMainWindow, activation: str = "") -> None:
    """Show the window above the others; `activation` is what Wayland wants for that."""
    if activation:
        os.environ["XDG_ACTIVATION_TOKEN"] = activation  # where Qt looks for it
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()

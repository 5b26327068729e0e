"""Joins without asking: past the pre-join page as soon as it is reached."""

from __future__ import annotations

from collections.abc import Callable

from visio_desktop.meeting.intents import Intent, Join
from visio_desktop.meeting.state import Meeting, Page


class AtOnce:
    """Watches snapshots; posts `Join` when it may, once, and tells before it does."""

    def __init__(self, post: Callable[[Intent], None], told: Callable[[], None]) -> None:
        self._post = post
        self._told = told
        self._done = False

    def take_in(self, meeting: Meeting) -> None:
        """A snapshot came."""
        if meeting.page is Page.PREJOIN and not self._done:
            self._done = True
            self._told()
            self._post(Join())

"""Connections to media servers: one's own, and one more for each other server that members of the call publish on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol

from visio_desktop.meeting.events import Dropped, ServerEvent
from visio_desktop.rtc.frames import InboundStream
from visio_desktop.servers.livekit.session import LiveKitSession
from visio_desktop.servers.matrix.api import ApiError
from visio_desktop.servers.port import JoinError, SessionListener
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

_log = get_logger(__name__)

MOST_LINES = 8
_PAUSE_S, _LONGEST_PAUSE_S = 2.0, 60.0

type Enter = Callable[[str, SessionListener], Awaitable[LiveKitSession]]
"""Joins the media server of a focus as somebody who only watches. Raises `JoinError`, `ApiError`."""


class LineListener(Protocol):
    """Who hears what the media servers say, and which of them."""

    def on_line_event(self, focus: str, event: ServerEvent) -> None:
        """Something happened there."""

    def on_line_stream(self, focus: str, publication_id: str, stream: InboundStream) -> None:
        """Media begins."""

    def on_line_stream_ended(self, focus: str, publication_id: str) -> None:
        """Media ended."""

    def on_line_lost(self, focus: str) -> None:
        """It is over there, for now or for good."""

    def on_line_mark(self, focus: str, name: str) -> None:
        """A moment the report keeps."""


class Ear:
    """The `SessionListener` of one line; deaf once that is given up."""

    def __init__(self, focus: str, listener: LineListener) -> None:
        self._focus = focus
        self._listener = listener
        self.is_deaf = False
        self.dropped = asyncio.Event()

    def on_event(self, event: ServerEvent) -> None:
        """See `SessionListener`."""
        if isinstance(event, Dropped):
            self.dropped.set()
        if not self.is_deaf:
            self._listener.on_line_event(self._focus, event)

    def on_stream(self, publication_id: str, stream: InboundStream) -> None:
        """See `SessionListener`."""
        if not self.is_deaf:
            self._listener.on_line_stream(self._focus, publication_id, stream)

    def on_stream_ended(self, publication_id: str) -> None:
        """See `SessionListener`."""
        if not self.is_deaf:
            self._listener.on_line_stream_ended(self._focus, publication_id)

    def on_mark(self, name: str) -> None:
        """See `SessionListener`."""
        if not self.is_deaf:
            self._listener.on_line_mark(self._focus, name)


class Lines:
    """The lines beside one's own; each is tried again for as long as somebody publishes there."""

    def __init__(self, enter: Enter, listener: LineListener, tasks: Tasks, *, pause_s: float = _PAUSE_S) -> None:
        self._enter = enter
        self._listener = listener
        self._tasks = tasks
        self._pause_s = pause_s
        self._wanted: set[str] = set()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._joined: dict[str, LiveKitSession] = {}

    def want(self, foci: Iterable[str]) -> None:
        """Members publish on these now; of too many the first count."""
        self._wanted = set(sorted(set(foci))[:MOST_LINES])
        for focus in self._wanted - self._running.keys():
            self._running[focus] = self._tasks.start(self._hold(focus), name="line")
        for focus in self._running.keys() - self._wanted:
            self._running.pop(focus).cancel()

    def session(self, focus: str | None) -> LiveKitSession | None:
        """The connection to a focus, None while there is none."""
        return self._joined.get(focus or "")

    @property
    def sessions(self) -> tuple[LiveKitSession, ...]:
        """All there are."""
        return tuple(self._joined.values())

    async def close(self) -> None:
        """Leave all of them."""
        running, self._running, self._wanted = tuple(self._running.values()), {}, set()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _hold(self, focus: str) -> None:
        """Be there, until nobody wants it any more, which cancels this."""
        pause_s = self._pause_s
        while True:
            ear = Ear(focus, self._listener)
            session = None
            try:
                session = await self._enter(focus, ear)
                self._joined[focus] = session
                pause_s = self._pause_s
                await ear.dropped.wait()
            except (JoinError, ApiError) as error:
                _log.warning("line_failed", focus=focus, error=str(error))
            finally:
                ear.is_deaf = True
                self._joined.pop(focus, None)
                self._listener.on_line_lost(focus)
                if session is not None:
                    await asyncio.shield(session.leave())
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

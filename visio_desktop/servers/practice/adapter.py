"""The practice meeting as one more kind of server.

What a session needs is loaded while its process starts, and not at all for meetings of other kinds.
"""
# ruff: noqa: PLC0415 - see above

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from visio_desktop.meeting.hops import Hop, HopState
from visio_desktop.meeting.values import Capability, MeetingLink, Problem, ProblemCode
from visio_desktop.servers.port import JoinError, JoinRequest, SessionClosed, SessionListener
from visio_desktop.system.clock import Clock
from visio_desktop.system.loading import load

if TYPE_CHECKING:
    from visio_desktop.servers.practice.child import Child
    from visio_desktop.servers.practice.session import PracticeSession

LINK = "practice:"
WELCOME_TIMEOUT_S = 15.0
_SESSION = "visio_desktop.servers.practice.session"


class PracticeAdapter:
    """`practice:` joins simulated people in a process of our own; `command` starts it."""

    kind = "practice"

    def __init__(self, command: tuple[str, ...], language: Callable[[], str], *, epoch_ms: Clock) -> None:
        self._command = command
        self._language = language
        self._epoch_ms = epoch_ms

    @property
    def capabilities(self) -> Capability:
        """What the practice meeting can do."""
        from visio_desktop.servers.practice.session import CAPABILITIES

        return CAPABILITIES

    def recognise(self, text: str) -> MeetingLink | None:
        """The one link of this kind."""
        return MeetingLink(self.kind, LINK) if text.strip().lower() == LINK else None

    async def join(self, request: JoinRequest, listener: SessionListener) -> PracticeSession:
        """Start the meeting and join it."""
        from visio_desktop.servers.practice.child import Child

        try:
            child = await Child.start(self._command)
        except OSError as error:
            raise JoinError(Problem(ProblemCode.INTERNAL), str(error)) from error
        try:
            await asyncio.to_thread(load, _SESSION)
        except asyncio.CancelledError:
            await child.end()
            raise
        from visio_desktop.servers.practice.session import PracticeSession

        session = PracticeSession(child, listener, epoch_ms=self._epoch_ms)
        opened = False
        try:
            async with asyncio.timeout(WELCOME_TIMEOUT_S):
                await session.open(request.name, self._language())
            opened = True
        except (TimeoutError, SessionClosed) as error:
            raise JoinError(Problem(ProblemCode.SERVER_SILENT, LINK), "no welcome") from error
        finally:
            if not opened:
                await session.leave()
        return session

    async def check(self, request: JoinRequest) -> AsyncIterator[Hop]:
        """Start the meeting's process, be welcomed, and end it again."""
        from visio_desktop.servers.practice.child import Child

        yield Hop("link", HopState.PASSED, request.link.text)
        began = time.monotonic()
        try:
            child = await Child.start(self._command)
        except OSError as error:
            yield Hop("start", HopState.FAILED, str(error), problem=Problem(ProblemCode.INTERNAL))
            return
        try:
            welcomed = await self._is_welcomed(child)
        finally:
            await child.end()
        took_ms = (time.monotonic() - began) * 1000
        if welcomed:
            yield Hop("start", HopState.PASSED, request.link.text, took_ms)
        else:
            yield Hop("start", HopState.FAILED, took_ms=took_ms, problem=Problem(ProblemCode.SERVER_SILENT, LINK))

    async def _is_welcomed(self, child: Child) -> bool:
        from visio_desktop.servers.practice.wire import Hello, Welcome

        child.send(Hello("", self._language()))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(WELCOME_TIMEOUT_S):
                return isinstance(await child.next_message(), Welcome)
        return False

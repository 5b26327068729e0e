"""The practice meeting as one more kind of server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable

from visio_desktop.meeting.values import Capability, MeetingLink, Problem, ProblemCode
from visio_desktop.servers.port import Hop, HopState, JoinError, JoinRequest, SessionListener
from visio_desktop.servers.practice.child import Child
from visio_desktop.servers.practice.session import CAPABILITIES, PracticeSession
from visio_desktop.system.clock import Clock

LINK = "practice:"
WELCOME_TIMEOUT_S = 15.0


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
        return CAPABILITIES

    def recognise(self, text: str) -> MeetingLink | None:
        """The one link of this kind."""
        return MeetingLink(self.kind, LINK) if text.strip().lower() == LINK else None

    async def join(self, request: JoinRequest, listener: SessionListener) -> PracticeSession:
        """Start the meeting and join it."""
        try:
            child = await Child.start(self._command)
        except OSError as error:
            raise JoinError(Problem(ProblemCode.INTERNAL), str(error)) from error
        session = PracticeSession(child, listener, epoch_ms=self._epoch_ms)
        try:
            async with asyncio.timeout(WELCOME_TIMEOUT_S):
                await session.open(request.name, self._language())
        except TimeoutError as error:
            await session.leave()
            raise JoinError(Problem(ProblemCode.SERVER_SILENT), "no welcome") from error
        return session

    async def check(self, request: JoinRequest) -> AsyncIterator[Hop]:
        """Start the meeting's process and end it again."""
        began = time.monotonic()
        try:
            child = await Child.start(self._command)
        except OSError as error:
            yield Hop("start", HopState.FAILED, str(error), problem=Problem(ProblemCode.INTERNAL))
            return
        await child.end()
        yield Hop("start", HopState.PASSED, request.link.text, took_ms=(time.monotonic() - began) * 1000)

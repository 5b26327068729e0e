"""Runs connection tests before a meeting: one at a time, given up as soon as nobody looks at it any more."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from visio_desktop.meeting.effects import RunCheck
from visio_desktop.meeting.events import CheckOver, Event, HopTried
from visio_desktop.meeting.hops import Hop, HopState
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import MeetingLink, Problem, ProblemCode
from visio_desktop.servers.port import Credentials, JoinError, JoinRequest
from visio_desktop.system.tasks import Tasks

if TYPE_CHECKING:
    from visio_desktop.servers.catalog import Catalog

LIMIT_S = 90.0
"""Every hop has its own bound; all of them together have this one."""
END_S = 3.0


class Checking:
    """Runs on the engine's loop. `credentials` are those one would join with."""

    def __init__(
        self,
        catalog: Callable[[], Catalog],
        credentials: Callable[[MeetingLink], Awaitable[Credentials]],
        report: Callable[[Event], None],
    ) -> None:
        self._catalog = catalog
        self._credentials = credentials
        self._report = report
        self._tasks = Tasks("check", self._crashed)
        self._number = 0
        self._running: asyncio.Task[None] | None = None
        self._inside = False
        self._leaving: set[asyncio.Task[None]] = set()

    def begin(self, effect: RunCheck) -> None:
        """Test; reports `HopTried` and `CheckOver`. A test that still runs is given up."""
        self._stop()
        self._number = effect.number
        self._inside = effect.inside
        self._running = self._tasks.start(self._run(effect), name=str(effect.number))

    def take_in(self, meeting: Meeting) -> None:
        """A new snapshot: a test that is not in it is nobody's."""
        if self._number and (meeting.check is None or meeting.check.number != self._number):
            self._stop()

    async def over(self) -> None:
        """Wait until a test that was given up has left the meeting: being there twice, one would be put out of it."""
        if self._leaving:
            await asyncio.wait(self._leaving, timeout=END_S)

    async def close(self) -> None:
        """Stop for good."""
        await self._tasks.close()

    def _stop(self) -> None:
        task, self._running, self._number = self._running, None, 0
        if task is None or not task.cancel() or not self._inside:
            return
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def _run(self, effect: RunCheck) -> None:
        number = effect.number
        try:
            async with asyncio.timeout(LIMIT_S):
                adapter = self._catalog().of_kind(effect.link)
                credentials = await self._credentials(effect.link)
                request = JoinRequest(effect.link, effect.name, credentials, unseen=not effect.inside)
                async for hop in adapter.check(request):
                    self._report(HopTried(number, hop))
        except JoinError as error:
            self._fail(number, error.problem)
        except TimeoutError:
            self._fail(number, Problem(ProblemCode.SERVER_SILENT, effect.link.host))
        self._report(CheckOver(number))

    def _fail(self, number: int, problem: Problem) -> None:
        self._report(HopTried(number, Hop("test", HopState.FAILED, problem=problem)))

    def _crashed(self, name: str, _error: BaseException) -> None:
        number = int(name)
        self._fail(number, Problem(ProblemCode.INTERNAL))
        self._report(CheckOver(number))

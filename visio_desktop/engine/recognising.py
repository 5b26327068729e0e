"""From the text of a link to its kind of server: by its form at once, else by asking the server what it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING

from visio_desktop.meeting.events import Event, LinkRecognised, LinkRefused
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.servers.port import JoinError, LinkAmbiguous

if TYPE_CHECKING:
    from visio_desktop.servers.catalog import Catalog

LOOK_TIMEOUT_S = 15.0
_FORM_DOES_NOT_TELL = (ProblemCode.LINK_UNKNOWN_KIND, ProblemCode.LINK_MALFORMED)
"""What was pasted may want a scheme to be a link."""


class Recognising:
    """Looks at one link at a time: the newest. Runs on the engine's loop."""

    def __init__(
        self,
        catalog: Callable[[], Catalog],
        report: Callable[[Event], None],
        start: Callable[[str, Coroutine[object, object, None]], None],
    ) -> None:
        self._catalog = catalog
        self._report = report
        self._start = start
        self._number = 0
        self._scope: asyncio.Timeout | None = None

    def look(self, text: str, *, sure: bool = False) -> None:
        """Report `LinkRecognised` or `LinkRefused`, before this returns where no server need be asked.

        `sure`: a server on a private network may be asked.
        """
        self.stop()
        try:
            _, link = self._catalog().recognise(text)
        except JoinError as error:
            if error.problem.code in _FORM_DOES_NOT_TELL:
                self._start("identify", self._identify(self._number, text, sure=sure))
            else:
                self._report(LinkRefused(text, error.problem))
        else:
            self._report(LinkRecognised(link))

    def stop(self) -> None:
        """Nobody waits for the answer any more."""
        self._number += 1
        scope, self._scope = self._scope, None
        if scope is not None:
            scope.reschedule(asyncio.get_running_loop().time())

    async def _identify(self, number: int, text: str, *, sure: bool) -> None:
        if number != self._number:
            return
        answer = await self._ask(text, sure=sure)
        if number == self._number:
            self._scope = None
            self._report(answer)

    async def _ask(self, text: str, *, sure: bool) -> LinkRecognised | LinkRefused:
        try:
            async with asyncio.timeout(LOOK_TIMEOUT_S) as self._scope:
                _, link = await self._catalog().identify(text, sure=sure)
        except LinkAmbiguous as error:
            return LinkRefused(text, error.problem, error.candidates)
        except JoinError as error:
            return LinkRefused(text, error.problem)
        except TimeoutError:
            return LinkRefused(text, Problem(ProblemCode.SERVER_SILENT, text.partition("?")[0][:60]))
        return LinkRecognised(link)

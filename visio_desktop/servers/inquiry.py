"""One link whose form does not tell its kind: asks its server, first what the link's own form lets suppose.

What the link itself proves ends the search. Only where nothing does, the server is asked whether it is of any of the
other kinds: a plain answer of the first round costs one request, and a domain that also hosts something else is no
reason to take its meetings for that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from visio_desktop.meeting.values import Candidate, MeetingLink, Problem, ProblemCode
from visio_desktop.net import NetError, Web
from visio_desktop.servers.evidence.asking import evident
from visio_desktop.servers.evidence.place import Place, parse_place
from visio_desktop.servers.evidence.table import Row, Weight
from visio_desktop.servers.port import AskingAdapter, JoinError, ServerAdapter
from visio_desktop.servers.unreachable import unreachable
from visio_desktop.system.tasks import together

NAMES = {"lasuite": "La Suite Meet", "element": "Element Call"}
"""Of the kinds that ask for themselves."""
_MAY_BE_ANOTHER = {ProblemCode.SERVER_BUSY, ProblemCode.SERVER_NOT_UNDERSTOOD}
"""What an adapter says of a server that answers, but not as one of its kind does when all is well."""


class Inquiry:
    """`asking` ask for their kind by themselves; `known` are told of by the table. `browser` is "" without one."""

    def __init__(
        self,
        text: str,
        asking: tuple[AskingAdapter, ...],
        known: tuple[ServerAdapter, ...],
        web: Web | None,
        *,
        browser: str,
    ) -> None:
        self._text = text
        self._asking = asking
        self._known = {adapter.kind: adapter for adapter in known}
        self._web = web
        self._browser = browser
        self._place = parse_place(text)

    async def candidates(self) -> tuple[Candidate, ...]:
        """What the link may be: one, several to choose from, or none. Raises `JoinError`."""
        links, rows = await together(self._of_adapters(), self._evidence(Weight.LINK))
        by_link = tuple(
            Candidate(link, NAMES.get(link.kind, link.kind)) for link in links if isinstance(link, MeetingLink)
        )
        found = self._distinct((*by_link, *self._made(rows)))
        if found:
            return found
        trouble = next((each for each in links if isinstance(each, JoinError)), None)
        if trouble is not None and trouble.problem.code not in _MAY_BE_ANOTHER:
            raise trouble
        rows = await self._evidence(Weight.SERVER, Weight.DOMAIN)
        found = self._distinct(self._made(_weightiest(rows)))
        if not found and rows:
            raise JoinError(Problem(ProblemCode.NO_MEETING_LINK, rows[0].title, self._browser))
        if not found and trouble is not None:
            raise trouble
        return found

    async def _of_adapters(self) -> list[MeetingLink | JoinError | None]:
        return await asyncio.gather(*(self._of(adapter) for adapter in self._asking))

    async def _of(self, adapter: AskingAdapter) -> MeetingLink | JoinError | None:
        try:
            return await adapter.identify(self._text)
        except JoinError as error:
            return error

    async def _evidence(self, *weights: Weight) -> tuple[Row, ...]:
        if self._web is None or self._place is None:
            return ()
        try:
            return await evident(self._web, self._place, weights)
        except NetError as error:
            raise JoinError(unreachable(error), str(error)) from error

    def _made(self, rows: Iterable[Row]) -> tuple[Candidate, ...]:
        return tuple(self._candidate(row, self._place) for row in rows if row.is_meeting and self._place is not None)

    def _candidate(self, row: Row, place: Place) -> Candidate:
        adapter, text = self._known.get(row.kind), row.link(place)
        link = adapter.recognise(text) if adapter is not None and text else None
        if link is not None:
            return Candidate(link, row.title)
        return Candidate(MeetingLink(row.kind, place.origin + place.path, place.host), row.title, self._browser)

    @staticmethod
    def _distinct(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
        """One of each kind: what an adapter knew by itself comes before what the table says of it."""
        found: dict[str, Candidate] = {}
        for candidate in candidates:
            found.setdefault(candidate.link.kind, candidate)
        return tuple(found.values())


def _weightiest(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    most = max((row.weight for row in rows), default=Weight.DOMAIN)
    return tuple(row for row in rows if row.weight is most)

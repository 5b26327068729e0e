"""Who waits to be let in, for those who may let them in: looked at each second while anybody waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from visio_desktop.meeting.events import ServerEvent, WaitingChanged
from visio_desktop.meeting.rooms import Knock
from visio_desktop.servers.fields import Fields
from visio_desktop.servers.lasuite.api import Api, ApiError, Busy, Faulty, NotLoggedIn, NotUnderstood, Unreachable
from visio_desktop.servers.lasuite.dialect import parse_colour
from visio_desktop.servers.port import Renew
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

_log = get_logger(__name__)

POLL_S = 1.0
_MAX_FAILURES = 8
_MAX_WAITING = 200
_MAX_NAME_CHARACTERS = 255


class WaitingRoom:
    """The list of one room. `look` begins, and goes on until nobody waits."""

    def __init__(
        self,
        api: Api,
        room_id: str,
        emit: Callable[[ServerEvent], None],
        tasks: Tasks,
        *,
        renew: Renew | None = None,
        poll_s: float = POLL_S,
    ) -> None:
        self._api = api
        self._renew = renew
        self._path = f"/rooms/{room_id}"
        self._emit = emit
        self._tasks = tasks
        self._poll_s = poll_s
        self._looking: asyncio.Task[None] | None = None
        self._due = 0
        self.waiting: tuple[Knock, ...] = ()

    def look(self, *, times: int = 1) -> None:
        """Somebody waits, or may; looked at so often even while nobody does."""
        self._due = max(self._due, times)
        if self._looking is None or self._looking.done():
            self._looking = self._tasks.start(self._look(), name="waiting")

    def stop(self) -> None:
        """It is ours no longer."""
        if self._looking is not None:
            self._looking.cancel()
        self._tell(())

    async def admit(self, waiting_id: str, *, allowed: bool) -> None:
        """Let somebody in, or refuse them. Raises `ApiError`, `NotFound` for those who wait no more."""
        body = {"participant_id": waiting_id, "allow_entry": allowed}
        try:
            await self._api.call("POST", f"{self._path}/enter/", body)
        finally:
            self._tell(tuple(knock for knock in self.waiting if knock.id != waiting_id))

    async def _look(self) -> None:
        failures = 0
        while failures < _MAX_FAILURES:
            # Counted before the question: who comes while it is under way is asked for once more.
            self._due -= 1
            try:
                self._tell(knocks(await self._api.call("GET", f"{self._path}/waiting-participants/")))
                failures = 0
            except Busy as error:
                self._due = max(self._due, 1)
                await asyncio.sleep(error.retry_after_s)
            except (Unreachable, Faulty, NotUnderstood) as error:
                failures += 1
                _log.info("waiting_not_told", error=str(error))
            except ApiError as error:
                if isinstance(error, NotLoggedIn) and self._renew is not None and await self._renew():
                    failures += 1
                    continue
                _log.info("waiting_not_ours", error=str(error))
                break
            if not self.waiting and not failures and self._due <= 0:
                return
            await asyncio.sleep(self._poll_s)
        self._due = 0
        self._tell(())

    def _tell(self, waiting: tuple[Knock, ...]) -> None:
        if waiting != self.waiting:
            self.waiting = waiting
            self._emit(WaitingChanged(waiting))


def knocks(answer: object) -> tuple[Knock, ...]:
    """Those who wait; others of the list are decided about already."""
    found = [
        Knock(knock_id, entry.text("username", longest=_MAX_NAME_CHARACTERS), parse_colour(entry.text("color")))
        for entry in Fields(answer).objects("participants")[:_MAX_WAITING]
        if (knock_id := entry.text("id", longest=64)) and entry.text("status", "waiting") == "waiting"
    ]
    return tuple(found)

"""Hearing what happens in one room: one question after the other, each answered once there is something to tell."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from random import Random

from visio_desktop.servers.matrix.api import CLIENT, Api, ApiError, LoggedOut, NotUnderstood
from visio_desktop.servers.matrix.keys import ENCRYPTED_EVENT
from visio_desktop.servers.matrix.membership import MEMBER_EVENT
from visio_desktop.servers.matrix.timeline import HAND_EVENT, MESSAGE_EVENT, REACTION_EVENT, REDACTION_EVENT
from visio_desktop.servers.matrix.words import Synced, parse_sync
from visio_desktop.system.clock import Clock
from visio_desktop.system.log import get_logger

_log = get_logger(__name__)

HISTORY = 50
_STATE = (
    "m.room.member",
    "m.room.name",
    "m.room.create",
    "m.room.encryption",
    "m.room.power_levels",
    MEMBER_EVENT,
)
_SAID = (MESSAGE_EVENT, HAND_EVENT, REACTION_EVENT, REDACTION_EVENT, ENCRYPTED_EVENT)
_POLL_S = 20.0
_GRACE_S = 10.0
_FIRST_TIMEOUT_S = 20.0
_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 30.0
_AT_ONCE_MS = 200.0
# Where events come in at once, what a timeline says of state may have lost against what others said (MSC4222).
_AFTER = {"use_state_after": "true", "org.matrix.msc4222.use_state_after": "true"}


class Syncing:
    """The syncs of one room."""

    def __init__(
        self,
        api: Api,
        room_id: str,
        *,
        clock: Clock,
        random: Random,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._api = api
        self._room_id = room_id
        self._clock = clock
        self._random = random
        self._sleep = sleep
        self._since = ""
        wanted = {
            "rooms": [room_id],
            "state": {"types": list(_STATE)},
            "timeline": {"types": [*_STATE, *_SAID], "limit": HISTORY},
            "ephemeral": {"types": []},
            "account_data": {"types": []},
        }
        nothing: dict[str, list[str]] = {"types": []}
        self._filter = json.dumps({"room": wanted, "presence": nothing, "account_data": nothing})

    async def first(self) -> Synced:
        """All there is to know, with the last that was said. Raises `ApiError`."""
        return await self._ask(0.0, _FIRST_TIMEOUT_S)

    async def run(self, take: Callable[[Synced], Awaitable[None]]) -> None:
        """Goes on; a server that does not answer is asked again later and later. Raises `LoggedOut`."""
        pause_s = _PAUSE_S
        while True:
            asked_ms = self._clock()
            try:
                synced = await self._ask(_POLL_S, _POLL_S + _GRACE_S)
            except LoggedOut:
                raise
            except ApiError as error:
                _log.info("sync_failed", error=str(error))
                await self._sleep(pause_s * (1 + self._random.random()))
                pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
                continue
            pause_s = _PAUSE_S
            await take(synced)
            if not synced.timeline and self._clock() - asked_ms < _AT_ONCE_MS:
                # News of keys come without events; a server that never waits would keep us busy.
                await self._sleep(_PAUSE_S / 4)

    async def _ask(self, poll_s: float, timeout_s: float) -> Synced:
        parameters = {"filter": self._filter, "timeout": str(int(poll_s * 1e3)), "set_presence": "offline", **_AFTER}
        if self._since:
            parameters["since"] = self._since
        answer = await self._api.ask("GET", f"{CLIENT}/v3/sync", parameters=parameters, timeout_s=timeout_s)
        synced = parse_sync(answer, self._room_id)
        if synced is None:
            raise NotUnderstood(self._api.host, "no sync")
        self._since = synced.next_batch
        return synced

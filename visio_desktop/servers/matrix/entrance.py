"""The way into a room of a homeserver: in by its link, or knocking and waiting until somebody invites one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from urllib.parse import urlencode

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.servers.fields import Fields
from visio_desktop.servers.matrix.api import CLIENT, Api, ApiError, Forbidden, NotFound, Unreachable, in_path
from visio_desktop.servers.matrix.link import CallLink
from visio_desktop.servers.matrix.words import LONGEST_ID, parse_sync
from visio_desktop.servers.port import JoinError
from visio_desktop.system.clock import Clock

JOIN_TIMEOUT_S = 25.0
PATIENCE_MS = 600_000.0
_POLL_MS = 20_000
_PAUSE_S = 2.0
_NO_SUCH = {"M_NOT_FOUND", "M_UNKNOWN", "M_INVALID_PARAM"}
_OF_MEMBERS = json.dumps({"room": {"timeline": {"limit": 1}, "include_leave": True}, "presence": {"types": []}})


class Entrance:
    """One attempt to come into one room. `server_name` completes an alias that names no server."""

    def __init__(self, api: Api, link: CallLink, server_name: str, *, clock: Clock, pause_s: float = _PAUSE_S) -> None:
        self._api = api
        complete = link.room.startswith("!") or ":" in link.room
        self._room = link.room if complete else f"{link.room}:{server_name}"
        self._via = link.via
        self._clock = clock
        self._pause_s = pause_s

    async def enter(self, on_waiting: Callable[[], None]) -> str:
        """The room's id, once one is in it. Raises `JoinError`, `ApiError`."""
        try:
            return await self._ask("join")
        except Forbidden as error:
            try:
                room_id = await self._ask("knock")
            except (Forbidden, NotFound):
                raise JoinError(Problem(ProblemCode.ENTRY_DENIED, self._api.host), str(error)) from error
        on_waiting()
        return await self._wait(room_id)

    async def look(self) -> str | None:
        """The room's id, where one comes in at once. Raises `JoinError`, `ApiError`."""
        try:
            return await self._ask("join")
        except Forbidden:
            return None

    async def _ask(self, how: str) -> str:
        """Join or knock; the room's id. Raises `ApiError`."""
        # Older servers read the second name.
        query = urlencode([(name, server) for server in self._via for name in ("via", "server_name")])
        path = f"{CLIENT}/v3/{how}/{in_path(self._room)}" + (f"?{query}" if query else "")
        try:
            answer = await self._api.ask("POST", path, timeout_s=JOIN_TIMEOUT_S)
        except ApiError as error:
            if error.code in _NO_SUCH and not isinstance(error, Forbidden):
                raise NotFound(self._api.host, error.code, answer=error.answer) from error
            raise
        room_id = Fields(answer).text("room_id", longest=LONGEST_ID)
        if not room_id.startswith("!"):
            raise JoinError(Problem(ProblemCode.SERVER_NOT_UNDERSTOOD, self._api.host), "no room")
        return room_id

    async def _wait(self, room_id: str) -> str:
        """Until somebody invites one, or says no. Raises `JoinError`, `ApiError`."""
        began_ms, since = self._clock(), ""
        while self._clock() - began_ms < PATIENCE_MS:
            parameters = {"filter": _OF_MEMBERS, "timeout": str(_POLL_MS), **({"since": since} if since else {})}
            try:
                answer = await self._api.ask(
                    "GET", f"{CLIENT}/v3/sync", parameters=parameters, timeout_s=_POLL_MS / 1e3 + 10
                )
            except Unreachable:
                await asyncio.sleep(self._pause_s)
                continue
            synced = parse_sync(answer, room_id)
            if synced is None:
                raise JoinError(Problem(ProblemCode.SERVER_NOT_UNDERSTOOD, self._api.host), "no sync")
            if synced.was_invited:
                return await self._ask("join")
            if since and not synced.is_in:
                raise JoinError(Problem(ProblemCode.ENTRY_DENIED, self._api.host), "refused")
            since = synced.next_batch
        raise JoinError(Problem(ProblemCode.ENTRY_TIMED_OUT, self._api.host))

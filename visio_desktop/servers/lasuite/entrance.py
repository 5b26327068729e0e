"""The way into a room: straight in, or through its lobby."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.servers.fields import Fields
from visio_desktop.servers.lasuite.api import Api, ApiError, Busy, NotFound, NotLoggedIn, Unreachable
from visio_desktop.servers.lasuite.lobby import Denied, GivenUp, Guest, Lobby
from visio_desktop.servers.lasuite.room import RoomAnswer, Way, parse_room
from visio_desktop.servers.livekit.token import claims
from visio_desktop.servers.port import JoinError, Renew
from visio_desktop.system.clock import Clock
from visio_desktop.system.log import get_logger

_log = get_logger(__name__)

_MAX_NAME_CHARACTERS = 255
_PATIENCE_S = 5.0
_NOBODY = "Anonymous"  # what the server calls those who say no name


class Entrance:
    """One attempt to come into one room."""

    def __init__(self, api: Api, slug: str, guest: Guest, *, clock: Clock, renew: Renew | None = None) -> None:
        self._api = api
        self._renew = renew
        self._slug = slug
        self._lobby = Lobby(api, slug, guest, clock=clock)

    async def find(self, name: str, on_waiting: Callable[[], None]) -> tuple[RoomAnswer, Way]:
        """The room and the way in. Raises `JoinError`."""
        name = name.strip()[:_MAX_NAME_CHARACTERS] or _NOBODY
        try:
            room = await self._patiently(name)
            if self._api.has_session and not is_known(room.way):
                room = await self._as_oneself(room, name)
            if room.way is not None and (is_known(room.way) or not room.id):
                return room, room.way
            return room, await self._through_lobby(room, name, on_waiting)
        except Denied:
            raise JoinError(Problem(ProblemCode.ENTRY_DENIED, self._api.host)) from None
        except GivenUp:
            raise JoinError(Problem(ProblemCode.ENTRY_TIMED_OUT, self._api.host)) from None
        except ApiError as error:
            raise JoinError(error.problem, str(error)) from error

    async def _as_oneself(self, room: RoomAnswer, name: str) -> RoomAnswer:
        """The room, once more where a session had run out and could be renewed.

        Where it could not be, one is a guest; but not to wait at a door that would be open to oneself.
        """
        try:
            await self._api.call("GET", "/users/me/")
        except NotLoggedIn:
            if self._renew is not None and await self._renew():
                return await self._room(name)
            if room.way is None:
                raise
        except ApiError as error:
            _log.info("not_known_who_asks", error=str(error))
        return room

    async def _through_lobby(self, room: RoomAnswer, name: str, on_waiting: Callable[[], None]) -> Way:
        """Who comes in here keeps their identity from one time to the next; a room itself gives a new one each time."""
        try:
            return await self._lobby.enter(name, on_waiting)
        except (Unreachable, NotFound, Busy):
            if room.way is None:
                raise
            return room.way

    async def _patiently(self, name: str) -> RoomAnswer:
        """The room; a server that is busy for a moment only is asked once more when it says."""
        try:
            return await self._room(name)
        except Busy as error:
            if error.retry_after_s > _PATIENCE_S:
                raise
            await asyncio.sleep(error.retry_after_s)
            return await self._room(name)

    async def _room(self, name: str) -> RoomAnswer:
        return parse_room(await self._api.call("GET", f"/rooms/{self._slug}/", parameters={"username": name}))


def is_known(way: Way | None) -> bool:
    """Whether the server knows who it lets in."""
    attributes = claims(way.token).get("attributes") if way is not None else None
    return Fields(attributes).text("is_authenticated") == "true"

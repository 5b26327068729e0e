"""What moderators decide: through Nextcloud, and by words to the others that the server lets only them say."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from visio_desktop.meeting.events import ServerEvent, WaitingChanged
from visio_desktop.meeting.requests import Admit, AdmitEveryone, MuteEveryone, MuteOther, RemovePerson, Request, SetRole
from visio_desktop.meeting.rooms import Knock
from visio_desktop.servers.fields import Fields
from visio_desktop.servers.port import RequestFailed
from visio_desktop.servers.talk.chat import refusal
from visio_desktop.servers.talk.ocs import SPREED, Ocs, OcsError
from visio_desktop.servers.talk.rooms import IGNORES_LOBBY, role
from visio_desktop.servers.talk.roster import Roster
from visio_desktop.system.log import get_logger

LOOK_S = 5.0
_log = get_logger(__name__)

type Control = Callable[[Mapping[str, Any]], Awaitable[object]]


class Leading:
    """For as long as we moderate. `control` says something to all that only moderators may."""

    def __init__(
        self, ocs: Ocs, token: str, roster: Roster, control: Control, tell: Callable[[ServerEvent], None]
    ) -> None:
        self._ocs = ocs
        self._room = f"{SPREED}/v4/room/{token}"
        self._roster = roster
        self._control = control
        self._tell = tell
        self._waiting: tuple[Knock, ...] = ()

    async def request(self, request: Request) -> bool:
        """Do it; whether it is something moderators do here. Raises `RequestFailed`."""
        try:
            return await self._request(request)
        except OcsError as error:
            raise refusal(error) from error

    async def watch(self, has_lobby: Callable[[], bool]) -> None:
        """Look who waits, while there is a lobby."""
        while True:
            try:
                await self._look(open_door=not has_lobby())
            except OcsError as error:
                _log.info("lobby_not_seen", error=str(error))
            await asyncio.sleep(LOOK_S)

    async def _request(self, request: Request) -> bool:
        match request:
            case MuteOther(person):
                await self._mute(person)
            case MuteEveryone():
                for person in list(self._roster.people):
                    await self._mute(person)
            case RemovePerson(person):
                await self._put_out(await self._attendee(person))
            case SetRole(person, role=wanted):
                attendee = await self._attendee(person)
                method = "POST" if wanted.leads else "DELETE"
                await self._ocs.call(method, f"{self._room}/moderators", {"attendeeId": attendee})
            case Admit(waiting_id, allowed):
                await self._admit(waiting_id, allowed=allowed)
            case AdmitEveryone():
                await self._ocs.call("PUT", f"{self._room}/webinar/lobby", {"state": 0})
                self._show(())
            case _:
                return False
        return True

    async def _mute(self, person: str) -> None:
        await self._control({"type": "control", "action": "forceMute", "peerId": person})

    async def _put_out(self, attendee: int) -> None:
        await self._ocs.call("DELETE", f"{self._room}/attendees", {"attendeeId": attendee})

    async def _admit(self, waiting_id: str, *, allowed: bool) -> None:
        if not waiting_id.isdecimal():
            raise RequestFailed("nobody of that id waits")
        if allowed:
            body = {"attendeeId": int(waiting_id), "method": "add", "mode": "add", "permissions": IGNORES_LOBBY}
            await self._ocs.call("PUT", f"{self._room}/attendees/permissions", body)
        else:
            await self._put_out(int(waiting_id))
        self._show(tuple(knock for knock in self._waiting if knock.id != waiting_id))

    async def _attendee(self, person: str) -> int:
        """The number Nextcloud has for somebody in the call."""
        found = self._roster.people.get(person)
        if found is not None:
            for each in await self._attendees():
                number = each.count("attendeeId")
                if number is not None and (each.text("actorType"), each.text("actorId")) == found.actor:
                    return number
        raise RequestFailed("nobody of that name is there")

    async def _attendees(self) -> list[Fields]:
        answer = await self._ocs.call("GET", f"{self._room}/participants")
        return Fields({"all": answer.data}).objects("all")

    async def _look(self, *, open_door: bool) -> None:
        self._show(() if open_door else tuple(_waiting(await self._attendees())))

    def _show(self, waiting: tuple[Knock, ...]) -> None:
        if waiting != self._waiting:
            self._waiting = waiting
            self._tell(WaitingChanged(waiting))


def _waiting(attendees: Iterable[Fields]) -> Iterable[Knock]:
    """Those whom the lobby holds back, as far as they are there now."""
    for each in attendees:
        number = each.count("attendeeId")
        lets_in = role(each.count("participantType") or 0).leads or (each.count("permissions") or 0) & IGNORES_LOBBY
        if number is not None and each.texts("sessionIds") and not lets_in:
            yield Knock(str(number), each.text("displayName", longest=128))

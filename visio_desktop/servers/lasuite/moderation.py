"""What is asked of the server within a meeting: by REST, as LiveKit lets nobody change even their own entry here.

Everything of one's own, and muting where everybody may, goes with the LiveKit token; the rest with the session of
somebody who leads the room.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from livekit.protocol.models import DataPacket, UserPacket

from visio_desktop.meeting import requests
from visio_desktop.meeting.events import NoticeReceived, ServerEvent
from visio_desktop.meeting.requests import Request
from visio_desktop.meeting.rooms import Notice, RecordingKind, Rules
from visio_desktop.meeting.values import Participant, Role, Source
from visio_desktop.servers.lasuite.api import Api, NotFound
from visio_desktop.servers.lasuite.config import source_names
from visio_desktop.servers.lasuite.dialect import LaSuiteDialect
from visio_desktop.servers.lasuite.packets import REQUESTED, STARTED, STOPPED, print_notice
from visio_desktop.servers.lasuite.room import parse_room, print_configuration
from visio_desktop.servers.lasuite.waiting import WaitingRoom
from visio_desktop.servers.livekit.hands import print_hand
from visio_desktop.servers.port import RequestFailed

_ROLES = {Role.MEMBER: "member", Role.ADMINISTRATOR: "administrator"}


class Meeting(Protocol):
    """What of the LiveKit session is needed."""

    @property
    def people(self) -> list[Participant]:
        """Everybody, oneself first."""

    async def send_packet(self, packet: DataPacket) -> None:
        """Send data to others."""


@dataclass(frozen=True, slots=True)
class Means:
    """What a request is carried out with. `token` gives the newest LiveKit token, `language` that of the person."""

    api: Api
    room_id: str
    dialect: LaSuiteDialect
    waiting: WaitingRoom
    token: Callable[[], str]
    language: Callable[[], str]


class Moderation:
    """Carries requests out, and answers with the events they are for ourselves. Raises `ApiError`, `RequestFailed`."""

    def __init__(self, means: Means, meeting: Meeting) -> None:
        self._means = means
        self._meeting = meeting
        self._started: RecordingKind | None = None

    async def request(self, request: Request) -> list[ServerEvent]:
        """Carry one request out."""
        match request:
            case requests.Rename(name):
                await self._as_participant("rename", {"name": name})
            case requests.StartCaptions():
                await self._as_participant("start-subtitle")
            case requests.MuteOther(who):
                await self._mute([self._person(who)])
            case requests.MuteEveryone():
                await self._mute([person for person in self._meeting.people if not person.is_me])
            case requests.Admit(waiting_id, allowed):
                await self._means.waiting.admit(waiting_id, allowed=allowed)
            case requests.AdmitEveryone():
                await self._admit_everyone()
            case _:
                return await self._lead(request)
        return []

    async def raise_hand(self, raised: bool) -> None:
        """Raise or lower one's own hand; the server takes the time."""
        await self._as_participant("toggle-hand", {"raised": raised})

    async def _lead(self, request: Request) -> list[ServerEvent]:
        """What only those who lead do, and what others ask them for."""
        match request:
            case requests.LowerHand(who):
                lowered = {"participant_identity": who, "attributes": print_hand(raised=False, at_ms=0.0)}
                await self._as_leader("update-participant", lowered)
            case requests.RemovePerson(who):
                await self._as_leader("remove-participant", {"participant_identity": who})
            case requests.SetRole(who, role) if role in _ROLES:
                await self._as_leader("update-participant-role", {"participant_identity": who, "role": _ROLES[role]})
            case requests.SetRules(rules):
                return await self._set_rules(rules)
            case requests.StartRecording(kind):
                return await self._start_recording(kind)
            case requests.StopRecording():
                return await self._stop_recording()
            case requests.RequestRecording(kind):
                return await self._tell(REQUESTED[kind])
            case _:
                raise RequestFailed(f"this server has no {type(request).__name__}")
        return []

    # ---- muting, letting in

    async def _mute(self, people: list[Participant]) -> None:
        """Close open microphones; whoever left meanwhile is passed over."""
        for person in people:
            closed = False
            for track in person.publications:
                if track.source is not Source.MICROPHONE or track.muted:
                    continue
                body = {"participant_identity": person.id, "track_sid": track.id}
                try:
                    await (self._as_leader if self._leads else self._as_participant)("mute-participant", body)
                    closed = True
                except NotFound:
                    continue
            if closed:
                await self._send(print_notice(Notice.MUTED_BY_HOST), to=[person.id])

    async def _admit_everyone(self) -> None:
        if not self._leads:
            raise RequestFailed("only those who lead let others in")
        for knock in self._means.waiting.waiting:
            try:
                await self._means.waiting.admit(knock.id, allowed=True)
            except NotFound:
                continue  # they gave up waiting

    # ---- rules

    async def _set_rules(self, rules: Rules) -> list[ServerEvent]:
        before = self._means.dialect.rules
        configuration = print_configuration(self._means.dialect.configuration, rules)
        body: dict[str, Any] = {"configuration": configuration}
        if rules.access is not None and rules.access is not before.access:
            body["access_level"] = rules.access.value
        answer = await self._means.api.call("PATCH", f"/rooms/{self._means.room_id}/", body)
        if rules.member_sources != before.member_sources:
            await self._allow(rules.member_sources, removed=before.member_sources - rules.member_sources)
        return self._means.dialect.decided(parse_room(answer))

    async def _allow(self, sources: frozenset[Source], *, removed: frozenset[Source]) -> None:
        """Let those who do not lead send these; those who may no longer are told what they lost."""
        members = [person for person in self._meeting.people if not person.is_me and not person.role.leads]
        permission = {
            "can_subscribe": True,
            "can_publish": bool(sources),
            "can_publish_data": True,
            "can_publish_sources": source_names(sources),
        }
        for person in members:
            try:
                await self._as_leader(
                    "update-participant", {"participant_identity": person.id, "permission": permission}
                )
            except NotFound:
                continue
        if removed and members:
            await self._send(print_notice(Notice.SOURCES_REMOVED, removed), to=[person.id for person in members])

    # ---- recording

    async def _start_recording(self, kind: RecordingKind) -> list[ServerEvent]:
        await self._as_leader("start-recording", {"mode": kind.value, "options": {"language": self._means.language()}})
        self._started = kind
        return await self._tell(STARTED[kind])

    async def _stop_recording(self) -> list[ServerEvent]:
        await self._as_leader("stop-recording", {})
        now = self._means.dialect.recording
        kind = now.kind if now is not None else self._started
        return await self._tell(STOPPED[kind or RecordingKind.SCREEN])

    async def _tell(self, notice: Notice) -> list[ServerEvent]:
        """Tell everybody, oneself included: nothing comes back of what one sends."""
        await self._send(print_notice(notice))
        return [NoticeReceived(notice, self._me.id)]

    # ---- the server's doors

    async def _as_leader(self, action: str, body: Mapping[str, Any] | None = None) -> Any:
        return await self._means.api.call("POST", self._path(action), body)

    async def _as_participant(self, action: str, body: Mapping[str, Any] | None = None) -> Any:
        return await self._means.api.call("POST", self._path(action), body, bearer=self._means.token())

    def _path(self, action: str) -> str:
        if not self._means.room_id:
            raise RequestFailed("the server does not know this room")
        return f"/rooms/{self._means.room_id}/{action}/"

    async def _send(self, payload: bytes, to: list[str] | None = None) -> None:
        await self._meeting.send_packet(DataPacket(user=UserPacket(payload=payload), destination_identities=to or ()))

    @property
    def _me(self) -> Participant:
        return self._meeting.people[0]

    @property
    def _leads(self) -> bool:
        return self._me.role.leads and self._means.api.has_session

    def _person(self, identity: str) -> Participant:
        found = next((person for person in self._meeting.people if person.id == identity), None)
        if found is None:
            raise RequestFailed("they are not here any more")
        return found

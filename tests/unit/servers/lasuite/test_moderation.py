from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from livekit.protocol.models import DataPacket, Room

from tests.helpers.lasuite_samples import answer
from tests.helpers.rest_server import Answer, RestServer, rest_server
from visio_desktop.meeting import requests
from visio_desktop.meeting.events import NoticeReceived, RulesChanged, ServerEvent
from visio_desktop.meeting.requests import Request
from visio_desktop.meeting.rooms import EVERY_SOURCE, Access, Knock, Notice, RecordingKind, Rules
from visio_desktop.meeting.values import Participant, Publication, Role, Source
from visio_desktop.net import Web
from visio_desktop.servers.lasuite.api import Api, Conflict, Faulty, Forbidden
from visio_desktop.servers.lasuite.config import ServerConfig
from visio_desktop.servers.lasuite.dialect import LaSuiteDialect
from visio_desktop.servers.lasuite.moderation import Means, Moderation
from visio_desktop.servers.lasuite.place import Place
from visio_desktop.servers.lasuite.room import RoomAnswer
from visio_desktop.servers.lasuite.waiting import WaitingRoom
from visio_desktop.servers.port import RequestFailed
from visio_desktop.system.tasks import Tasks

COOKIES = {"sessionid": "s", "csrftoken": "c"}
DONE = {"status": "success"}
ALL_BUT_SCREEN = EVERY_SOURCE - {Source.SCREEN, Source.SCREEN_AUDIO}


def talking(identity: str, *, muted: bool = False, role: Role = Role.MEMBER) -> Participant:
    microphone = Publication(f"TR_{identity}", identity, Source.MICROPHONE, muted)
    camera = Publication(f"TR_{identity}_c", identity, Source.CAMERA)
    return Participant(identity, identity.title(), publications=(camera, microphone), role=role)


@dataclass
class Meeting:
    """Who is there, and what was said to whom."""

    people: list[Participant]
    packets: list[DataPacket] = field(default_factory=list)

    async def send_packet(self, packet: DataPacket) -> None:
        self.packets.append(packet)

    def said(self) -> list[tuple[str, list[str]]]:
        return [(json.loads(p.user.payload)["type"], list(p.destination_identities)) for p in self.packets]


@dataclass
class Desk:
    """Somebody's means in a meeting."""

    server: RestServer
    moderation: Moderation
    meeting: Meeting
    dialect: LaSuiteDialect
    waiting: WaitingRoom

    async def ask(self, request: Request) -> list[ServerEvent]:
        return await self.moderation.request(request)

    def asked(self, action: str) -> list[object]:
        return [asked.body for asked in self.server.of(f"POST /rooms/uuid/{action}/")]


@pytest.fixture
async def server() -> AsyncIterator[RestServer]:
    async with rest_server() as server:
        for action in ("rename", "toggle-hand", "start-subtitle", "mute-participant", "update-participant"):
            server.says(f"POST /rooms/uuid/{action}/", DONE)
        for action in ("remove-participant", "update-participant-role", "start-recording", "stop-recording", "enter"):
            server.says(f"POST /rooms/uuid/{action}/", DONE)
        yield server


async def desk(server: RestServer, *, leads: bool, room_id: str = "uuid") -> AsyncIterator[Desk]:
    api, tasks = Api(Web(), server.url, COOKIES if leads else {}), Tasks("test")
    me = Participant("me", "Me", is_me=True, role=Role.OWNER if leads else Role.MEMBER)
    meeting = Meeting([me, talking("ada"), talking("bob", muted=True), talking("eve", role=Role.ADMINISTRATOR)])
    room = RoomAnswer(room_id, "tea", Access.PUBLIC, {"new_thing": 1})
    dialect = LaSuiteDialect(Place(ServerConfig("x"), room, "", "tea", session=leads), lambda: None)
    dialect.room(Room())
    waiting = WaitingRoom(api, room_id, lambda _: None, tasks)
    means = Means(api, room_id, dialect, waiting, lambda: "jwt", lambda: "fr")
    yield Desk(server, Moderation(means, meeting), meeting, dialect, waiting)
    await tasks.close()
    await api.close()


@pytest.fixture
async def host(server: RestServer) -> AsyncIterator[Desk]:
    async for made in desk(server, leads=True):
        yield made


@pytest.fixture
async def guest(server: RestServer) -> AsyncIterator[Desk]:
    async for made in desk(server, leads=False):
        yield made


async def test_of_oneself_one_speaks_by_the_token(host: Desk) -> None:
    await host.ask(requests.Rename("Ada"))
    await host.ask(requests.StartCaptions())
    await host.moderation.raise_hand(raised=True)
    assert [asked.what.split("/")[3] for asked in host.server.asked] == ["rename", "start-subtitle", "toggle-hand"]
    assert (host.asked("rename"), host.asked("toggle-hand")) == ([{"name": "Ada"}], [{"raised": True}])
    assert all(asked.headers["Authorization"] == "Bearer jwt" for asked in host.server.asked)
    assert not any("Cookie" in asked.headers for asked in host.server.asked)


async def test_muting_closes_open_microphones_and_tells_their_owners_alone(host: Desk) -> None:
    await host.ask(requests.MuteOther("ada"))
    assert host.asked("mute-participant") == [{"participant_identity": "ada", "track_sid": "TR_ada"}]
    assert host.meeting.said() == [("participantMuted", ["ada"])]
    assert host.server.asked[0].headers["X-CSRFToken"] == "c"
    await host.ask(requests.MuteOther("bob"))
    assert len(host.server.asked) == 1, "closed already"


async def test_everybody_else_is_muted(guest: Desk) -> None:
    await guest.ask(requests.MuteEveryone())
    assert guest.meeting.said() == [("participantMuted", ["ada"]), ("participantMuted", ["eve"])]
    assert guest.server.asked[0].headers["Authorization"] == "Bearer jwt"


async def test_who_left_meanwhile_is_passed_over(host: Desk) -> None:
    host.server.says("POST /rooms/uuid/mute-participant/", Answer({}, 404), DONE)
    await host.ask(requests.MuteEveryone())
    assert host.meeting.said() == [("participantMuted", ["eve"])]
    with pytest.raises(RequestFailed):
        await host.ask(requests.MuteOther("nobody"))


async def test_where_not_everybody_mutes_that_is_refused(guest: Desk) -> None:
    refusal = Answer(answer("mute_by_guest_when_disabled"), 403)
    guest.server.says("POST /rooms/uuid/mute-participant/", refusal)
    with pytest.raises(Forbidden):
        await guest.ask(requests.MuteOther("ada"))
    assert guest.meeting.said() == []


async def test_hands_roles_and_removal(host: Desk) -> None:
    await host.ask(requests.LowerHand("ada"))
    await host.ask(requests.RemovePerson("ada"))
    await host.ask(requests.SetRole("bob", Role.ADMINISTRATOR))
    await host.ask(requests.SetRole("eve", Role.MEMBER))
    assert host.asked("update-participant") == [{"participant_identity": "ada", "attributes": {"handRaisedAt": ""}}]
    assert host.asked("remove-participant") == [{"participant_identity": "ada"}]
    assert host.asked("update-participant-role") == [
        {"participant_identity": "bob", "role": "administrator"},
        {"participant_identity": "eve", "role": "member"},
    ]
    with pytest.raises(RequestFailed):
        await host.ask(requests.SetRole("bob", Role.OWNER))


async def test_new_rules_reach_those_who_do_not_lead(host: Desk) -> None:
    decided = {"access_level": "trusted", "configuration": {"can_publish_sources": ["camera", "microphone"]}}
    host.server.says("PATCH /rooms/uuid/", decided)
    rules = Rules(Access.TRUSTED, ALL_BUT_SCREEN, everyone_mutes=True)
    assert await host.ask(requests.SetRules(rules)) == [RulesChanged(rules)]
    (patched,) = host.server.of("PATCH /rooms/uuid/")
    configuration = {"new_thing": 1, "can_publish_sources": ["camera", "microphone"], "everyone_can_mute": True}
    assert patched.body == {"access_level": "trusted", "configuration": configuration}
    allowed = {
        "can_subscribe": True,
        "can_publish": True,
        "can_publish_data": True,
        "can_publish_sources": ["camera", "microphone"],
    }
    changed = host.asked("update-participant")
    assert changed == [{"participant_identity": who, "permission": allowed} for who in ("ada", "bob")]
    (packet,) = host.meeting.packets
    told = {"type": "permissionsRemoved", "data": {"removedSources": ["screen_share", "screen_share_audio"]}}
    assert (json.loads(packet.user.payload), list(packet.destination_identities)) == (told, ["ada", "bob"])


async def test_giving_back_takes_nothing_away(host: Desk) -> None:
    host.server.says("PATCH /rooms/uuid/", {"configuration": {"everyone_can_mute": False}})
    await host.ask(requests.SetRules(Rules(Access.PUBLIC, EVERY_SOURCE, everyone_mutes=False)))
    (patched,) = host.server.of("PATCH /rooms/uuid/")
    assert "access_level" not in patched.body, "as it was"
    assert host.asked("update-participant") == host.meeting.packets == []


async def test_no_source_at_all_is_not_every_source(host: Desk) -> None:
    host.server.says("PATCH /rooms/uuid/", {"configuration": {"can_publish_sources": []}})
    await host.ask(requests.SetRules(Rules(Access.PUBLIC, frozenset())))
    (first, _) = host.asked("update-participant")
    assert isinstance(first, dict)
    assert first["permission"]["can_publish"] is False


async def test_a_recording_is_told_to_everybody(host: Desk) -> None:
    started = await host.ask(requests.StartRecording(RecordingKind.TRANSCRIPT))
    stopped = await host.ask(requests.StopRecording())
    assert host.asked("start-recording") == [{"mode": "transcript", "options": {"language": "fr"}}]
    assert host.meeting.said() == [("transcriptionStarted", []), ("transcriptionStopped", [])]
    assert started == [NoticeReceived(Notice.TRANSCRIPT_STARTED, "me")]
    assert stopped == [NoticeReceived(Notice.TRANSCRIPT_STOPPED, "me")]


@pytest.mark.parametrize(("status", "kind"), [(409, Conflict), (502, Faulty)])
async def test_a_recording_that_does_not_begin_is_not_told(host: Desk, status: int, kind: type[Exception]) -> None:
    host.server.says("POST /rooms/uuid/start-recording/", answer("start_recording_no_egress"), status=status)
    with pytest.raises(kind):
        await host.ask(requests.StartRecording(RecordingKind.SCREEN))
    assert host.meeting.packets == []


async def test_whose_recording_is_running_says_the_room(host: Desk) -> None:
    running = json.dumps({"recording_mode": "transcript", "recording_status": "started"})
    host.dialect.room(Room(metadata=running))
    await host.ask(requests.StopRecording())
    assert host.meeting.said() == [("transcriptionStopped", [])]


async def test_others_ask_for_a_recording(guest: Desk) -> None:
    assert await guest.ask(requests.RequestRecording(RecordingKind.SCREEN)) == [
        NoticeReceived(Notice.RECORDING_REQUESTED, "me")
    ]
    assert guest.meeting.said() == [("screenRecordingRequested", [])]
    assert guest.server.asked == []


async def test_letting_in_one_and_all(host: Desk) -> None:
    host.waiting.waiting = (Knock("1", "A"), Knock("2", "B"))
    await host.ask(requests.Admit("1", allowed=False))
    host.waiting.waiting = (Knock("2", "B"), Knock("3", "C"))
    host.server.says("POST /rooms/uuid/enter/", Answer({}, 404), DONE)
    await host.ask(requests.AdmitEveryone())
    assert host.asked("enter") == [
        {"participant_id": "1", "allow_entry": False},
        {"participant_id": "2", "allow_entry": True},
        {"participant_id": "3", "allow_entry": True},
    ]


async def test_in_a_room_the_server_does_not_know_nothing_is_asked_of_it(server: RestServer) -> None:
    async for unknown in desk(server, leads=False, room_id=""):
        with pytest.raises(RequestFailed):
            await unknown.ask(requests.Rename("Ada"))
    assert server.asked == []

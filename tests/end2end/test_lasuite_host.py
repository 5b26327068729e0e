"""Our client as the host, La Suite Meet's web client as a guest: moderation and the lobby, on the wire."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.helpers.clock_media import until
from tests.helpers.lasuite import ContractServer, Fault
from tests.helpers.lasuite.ours import Ours, ours
from tests.helpers.lasuite.web_client import WebClient, WebState
from visio_desktop.meeting.events import (
    Dropped,
    Joined,
    LobbyEntered,
    NoticeReceived,
    ParticipantLeft,
    RecordingChanged,
    RulesChanged,
    WaitingChanged,
)
from visio_desktop.meeting.requests import (
    Admit,
    AdmitEveryone,
    LowerHand,
    MuteEveryone,
    MuteOther,
    RemovePerson,
    SetRole,
    SetRules,
    StartRecording,
    StopRecording,
)
from visio_desktop.meeting.rooms import EVERY_SOURCE, Access, Notice, RecordingKind, RecordingState, Rules
from visio_desktop.meeting.values import Capability, ProblemCode, Role, Source
from visio_desktop.servers.port import JoinError, RequestFailed

pytestmark = pytest.mark.asyncio(loop_scope="module")
ROOM = "tru-sted-aaa"
LEADING = (
    Capability.LOWER_HANDS
    | Capability.MUTE_OTHERS
    | Capability.REMOVE
    | Capability.ROLES
    | Capability.RULES
    | Capability.ADMIT
    | Capability.RECORD
    | Capability.TRANSCRIBE
)


@pytest.fixture(scope="module")
def server() -> Iterator[ContractServer]:
    with ContractServer() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def odile(server: ContractServer) -> AsyncIterator[Ours]:
    async with ours(server, ROOM, "Odile", user="owner") as joined:
        yield joined


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def web(server: ContractServer, odile: Ours) -> AsyncIterator[WebClient]:
    async with WebClient(server) as client:
        await client.log_in("trusted")
        await client.enter(ROOM, "Tristan")
        await client.publish_tone(660)
        yield client


async def tristan(odile: Ours) -> str:
    return (await odile.somebody("Tristan")).id


def microphone_muted(state: WebState) -> bool:
    return {"source": "microphone", "muted": True} in state.me["sending"]


class TestPeople:
    async def test_who_leads(self, odile: Ours, web: WebClient) -> None:
        (joined,) = odile.heard(Joined)
        assert (joined.me.id, joined.me.role, joined.me.is_authenticated) == ("owner-sub", Role.OWNER, True)
        assert LEADING in joined.capabilities
        person = await odile.somebody("Tristan")
        assert (person.role, person.is_authenticated) == (Role.MEMBER, True)

    async def test_a_hand_is_lowered(self, odile: Ours, web: WebClient) -> None:
        await web.do("hand", True)
        await until(lambda: hand(odile), "Tristan's hand up")
        await odile.session.request(LowerHand(await tristan(odile)))
        await web.wait(lambda s: s.me["attributes"].get("handRaisedAt", "") == "", "hand down")
        await until(lambda: not hand(odile), "and seen down")

    async def test_one_and_all_are_muted(self, odile: Ours, web: WebClient) -> None:
        await until(lambda: odile.ear.publication("Tristan", Source.MICROPHONE) is not None, "Tristan's microphone")
        told = {"from": "owner-sub", "type": "participantMuted"}
        await odile.session.request(MuteOther(await tristan(odile)))
        await web.wait(lambda s: microphone_muted(s) and s.told.count(told) == 1, "muted and told")
        await web.mute("microphone", False)
        await until(lambda: not muted(odile), "open again")
        await odile.session.request(MuteEveryone())
        await web.wait(lambda s: microphone_muted(s) and s.told.count(told) == 2, "muted and told again")

    async def test_roles(self, odile: Ours, web: WebClient) -> None:
        for role in (Role.ADMINISTRATOR, Role.MEMBER):
            await odile.session.request(SetRole(await tristan(odile), role))
            await web.wait(lambda s, r=role: s.me["attributes"]["room_role"] == r.value, "the role")  # type: ignore[misc]
            await until(lambda r=role: odile.ear.people["trusted-sub"].role is r, "the role seen")  # type: ignore[misc]
        with pytest.raises(RequestFailed):
            await odile.session.request(SetRole("owner-sub", Role.MEMBER))


def hand(odile: Ours) -> bool:
    return odile.ear.people["trusted-sub"].hand_raised_at_ms is not None


def muted(odile: Ours) -> bool:
    found = odile.ear.publication("Tristan", Source.MICROPHONE)
    return found is None or found.muted


class TestRules:
    async def test_what_members_may_send(self, server: ContractServer, odile: Ours, web: WebClient) -> None:
        odile.forget()
        allowed = frozenset({Source.MICROPHONE})
        await odile.session.request(SetRules(Rules(Access.TRUSTED, allowed, everyone_mutes=False)))
        await web.wait(lambda s: s.me["permissions"]["canPublishSources"] == [2], "only the microphone")
        removed = {"camera", "screen_share", "screen_share_audio"}
        state = await web.wait(lambda s: [t for t in s.told if t["type"] == "permissionsRemoved"], "told so")
        packet = next(t for t in state.told if t["type"] == "permissionsRemoved")
        assert (packet["from"], set(packet["data"]["removedSources"])) == ("owner-sub", removed)
        known = json.loads(state.raw["metadata"])
        assert known["configuration"] == {"can_publish_sources": ["microphone"], "everyone_can_mute": False}
        assert server.room(ROOM).configuration == known["configuration"]
        assert (await odile.hears(RulesChanged)).rules == Rules(Access.TRUSTED, allowed, everyone_mutes=False)
        await odile.session.request(SetRules(Rules(Access.TRUSTED, EVERY_SOURCE, everyone_mutes=True)))
        await web.wait(lambda s: len(s.me["permissions"]["canPublishSources"]) in {0, 4}, "everything again")

    async def test_who_may_enter(self, server: ContractServer, odile: Ours, web: WebClient) -> None:
        await odile.session.request(SetRules(Rules(Access.RESTRICTED)))
        await web.wait(lambda s: json.loads(s.raw["metadata"]).get("access_level") == "restricted", "restricted")
        assert server.room(ROOM).access_level == "restricted"


class TestRecording:
    @pytest.mark.parametrize("kind", RecordingKind)
    async def test_everybody_is_told(self, odile: Ours, web: WebClient, kind: RecordingKind) -> None:
        name = {"screen_recording": "screenRecording", "transcript": "transcription"}[kind.value]
        odile.forget()
        await odile.session.request(StartRecording(kind))
        await web.wait(lambda s: {"from": "owner-sub", "type": f"{name}Started"} in s.told, "told of the start")
        with pytest.raises(RequestFailed):
            await odile.session.request(StartRecording(kind))
        await odile.hears(RecordingChanged, lambda r: bool(r.recording and r.recording.state is RecordingState.STARTED))
        await odile.session.request(StopRecording())
        await web.wait(lambda s: {"from": "owner-sub", "type": f"{name}Stopped"} in s.told, "told of the end")
        await odile.hears(RecordingChanged, lambda r: r.recording is None)

    async def test_one_that_fails(self, server: ContractServer, odile: Ours, web: WebClient) -> None:
        server.options.recording = "no_egress"
        odile.forget()
        before = len((await web.web_state()).told)
        with pytest.raises(RequestFailed):
            await odile.session.request(StartRecording(RecordingKind.SCREEN))
        assert len((await web.web_state()).told) == before
        server.options.recording = "works"
        await odile.session.request(StartRecording(RecordingKind.SCREEN))
        server.abort_recording(ROOM)
        await odile.hears(RecordingChanged, lambda r: bool(r.recording and r.recording.state is RecordingState.FAILED))

    async def test_a_guests_wish(self, odile: Ours, web: WebClient) -> None:
        odile.forget()
        await web.do("askToRecord", "transcript")
        wish = await odile.hears(NoticeReceived)
        assert (wish.notice, wish.participant_id) == (Notice.TRANSCRIPT_REQUESTED, "trusted-sub")


class TestLobby:
    async def test_a_guest_is_let_in_and_once_removed_must_ask_again(self, odile: Ours, web: WebClient) -> None:
        await odile.session.request(RemovePerson(await tristan(odile)))
        await odile.hears(ParticipantLeft)
        await web.wait(lambda s: not s.raw["connected"], "out")
        await web.log_in("")
        for _ in range(2):
            odile.forget()
            await web.begin_entering(ROOM, "Gus")
            knocked = await odile.hears(WaitingChanged, lambda w: len(w.waiting) == 1)
            assert knocked.waiting[0].name == "Gus"
            await odile.session.request(Admit(knocked.waiting[0].id, allowed=True))
            await web.wait(lambda s: s.raw["connected"], "in")
            await odile.hears(WaitingChanged, lambda w: not w.waiting)
            gus = await odile.somebody("Gus")
            assert (gus.id, gus.is_authenticated) == (knocked.waiting[0].id, False)
            await odile.session.request(RemovePerson(gus.id))
            await web.wait(lambda s: not s.raw["connected"], "out again")

    async def test_our_guest_waits_and_is_let_in(self, server: ContractServer, odile: Ours) -> None:
        odile.forget()
        async with asyncio.TaskGroup() as group:
            joining = group.create_task(self.visit(server, "Ada"))
            group.create_task(self.visit(server, "Ben"))
            await odile.hears(WaitingChanged, lambda w: len(w.waiting) == 2)
            await odile.session.request(AdmitEveryone())
        assert joining.result() == ["LobbyEntered", "Joined"]

    async def test_a_server_in_trouble_costs_nobody_their_place(self, server: ContractServer, odile: Ours) -> None:
        odile.forget()
        joining = asyncio.get_running_loop().create_task(self.visit(server, "Fay"))
        knocked = await odile.hears(WaitingChanged, lambda w: any(k.name == "Fay" for k in w.waiting))
        trouble = (
            Fault(status=502, body="<h1>Bad Gateway</h1>", times=1),
            Fault(status=429, body={"detail": "slow down"}, headers={"Retry-After": "1"}, times=1),
        )
        for fault in trouble:
            server.interfere("POST /rooms/[^/]+/request-entry/", fault)
        await until(lambda: all(fault.times == 0 for fault in trouble), "the trouble is met")
        server.behave()
        fay = next(k for k in knocked.waiting if k.name == "Fay")
        await odile.session.request(Admit(fay.id, allowed=True))
        assert await joining == ["LobbyEntered", "Joined"]

    async def visit(self, server: ContractServer, name: str) -> list[str]:
        async with ours(server, ROOM, name) as guest:
            kinds = [type(event).__name__ for event in guest.ear.events]
            return [kind for kind in kinds if kind in {LobbyEntered.__name__, Joined.__name__}]

    async def test_our_guest_is_refused(self, server: ContractServer, odile: Ours) -> None:
        odile.forget()
        joining = asyncio.get_running_loop().create_task(self.visit(server, "Eve"))
        knocked = await odile.hears(WaitingChanged, lambda w: any(k.name == "Eve" for k in w.waiting))
        eve = next(k for k in knocked.waiting if k.name == "Eve")
        asked = len(server.faults.seen)
        await odile.session.request(Admit(eve.id, allowed=False))
        with pytest.raises(JoinError) as refused:
            await joining
        assert refused.value.problem.code is ProblemCode.ENTRY_DENIED
        await asyncio.sleep(1.5)
        assert not [seen for seen in server.faults.seen[asked + 5 :] if "request-entry" in seen]


class TestEnd:
    async def test_somewhere_else(self, server: ContractServer, odile: Ours) -> None:
        async with ours(server, ROOM, "Odile", user="owner"):
            dropped = await odile.hears(Dropped)
        assert (dropped.problem.code, dropped.may_retry) == (ProblemCode.DUPLICATE_IDENTITY, False)

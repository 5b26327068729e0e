from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any, cast

import pytest

from tests.helpers.clock_media import until
from tests.helpers.rest_server import Answer, RestServer
from tests.helpers.session_ear import SessionEar
from tests.unit.servers.matrix.test_membership import ADA, left, member
from tests.unit.servers.matrix.test_room import inside, state
from tests.unit.servers.matrix.test_standing import STATE
from visio_desktop.meeting.events import (
    CapabilitiesChanged,
    ChatReceived,
    Dropped,
    HandChanged,
    Joined,
    MutedByServer,
    PublicationChanged,
    PublicationGone,
    Reacted,
    SendingAllowed,
)
from visio_desktop.meeting.requests import EditChat, LowerHand, MuteEveryone, React, RemovePerson, Rename, Request
from visio_desktop.meeting.rooms import EVERY_SOURCE, Emoji
from visio_desktop.meeting.values import Capability, Participant, Problem, ProblemCode, Publication, Source
from visio_desktop.servers.livekit.session import LiveKitSession
from visio_desktop.servers.matrix.account import Account
from visio_desktop.servers.matrix.api import Api
from visio_desktop.servers.matrix.keys import CallDevice
from visio_desktop.servers.matrix.place import Place
from visio_desktop.servers.matrix.room import Room
from visio_desktop.servers.matrix.session import MatrixSession, Surroundings
from visio_desktop.servers.matrix.standing import Standing
from visio_desktop.servers.matrix.syncing import Syncing
from visio_desktop.servers.matrix.timeline import print_hand
from visio_desktop.servers.matrix.words import RoomEvent, Synced
from visio_desktop.servers.port import JoinError, RequestFailed, SessionClosed, SessionListener, Wanted

ME = CallDevice("@me:h", "M")
MINE = STATE.replace("@ada:h_A", "@me:h_M")
ONE, TWO = "https://one", "https://two"
SYNC, ROOM = "GET /v3/sync", "/v3/rooms/!r:h"
NEVER = Answer(never=True)
CAMERA = Publication("TR_a", ADA.identity, Source.CAMERA)


@dataclass
class Line:
    """A LiveKit session of which only what is asked of it counts."""

    asked: list[object] = field(default_factory=list)
    left: int = 0

    async def leave(self) -> None:
        self.left += 1

    async def set_wanted(self, publication_id: str, wanted: Wanted) -> None:
        self.asked.append((publication_id, wanted))

    async def set_muted(self, source: Source, muted: bool) -> None:
        self.asked.append((source, muted))

    async def publish(self, request: object) -> object:
        self.asked.append(request)
        return None

    async def unpublish(self, source: Source) -> None:
        self.asked.append(source)

    async def request(self, request: Request) -> None:
        raise RequestFailed(type(request).__name__)

    def network_changed(self) -> None:
        self.asked.append("network")

    def path(self) -> dict[str, str]:
        return {"protocol": "udp"}

    def capacity_bps(self) -> int | None:
        return 7


class Call:
    """A session in a room, with what it tells and whom it asks."""

    def __init__(self, server: RestServer, api: Api, *state: RoomEvent) -> None:
        self.server = server
        self.ear = SessionEar()
        self.own, self.others = Line(), dict[str, tuple[Line, SessionListener]]()
        room = Room("!r:h")
        for event in (inside("@me:h", "Me"), inside("@ada:h", "Ada"), *state):
            room.take(event)
        nothing = cast("Any", None)
        clock = lambda: 1_000.0  # noqa: E731 - time stands still
        standing = Standing(api, ME, "!r:h", ONE, follows_oldest=False, leave_ms=1e6, clock=clock)
        syncing = Syncing(api, "!r:h", clock=clock, random=Random(1), sleep=lambda _s: asyncio.sleep(0))
        said = (RoomEvent("m.room.message", "@ada:h", "$old", 5.0, {"msgtype": "m.text", "body": "before"}),)
        place = Place(api, Account(ME, "t"), room, "tea", ONE, nothing, standing, syncing, said)
        ids = map("t{}".format, count(1))
        self.session = MatrixSession(place, self.ear, Surroundings(clock, lambda: next(ids), self._enter))

    async def _enter(self, focus: str, ear: SessionListener) -> LiveKitSession:
        self.others[focus] = (Line(), ear)
        return cast("LiveKitSession", self.others[focus][0])

    async def begin(self) -> None:
        """As our media server lets us in."""
        me = Participant(ME.identity, ME.identity, is_me=True)
        self.session.ear.on_event(Joined(me, "x", Capability.PUBLISH | Capability.CHAT, 5.0))
        self.session.ear.on_event(SendingAllowed(EVERY_SOURCE))
        await self.session.begin(cast("LiveKitSession", self.own))


@pytest.fixture
async def call(server: RestServer, api: Api) -> AsyncIterator[Call]:
    server.says(MINE, Answer({"delay_id": "d1"}), Answer({"event_id": "$me"}))
    server.says("POST /unstable/org.matrix.msc4140/delayed_events/d1/send", {})
    server.says(SYNC, NEVER)
    call = Call(server, api, member(ADA, 1.0, TWO))
    yield call
    await call.session.leave()


def synced(*events: dict[str, Any], **rooms: Any) -> dict[str, Any]:
    return {"next_batch": "s", "rooms": {"join": {"!r:h": {"timeline": {"events": list(events)}}}, **rooms}}


def wire(event: RoomEvent) -> dict[str, Any]:
    found = {"type": event.type, "sender": event.sender, "event_id": event.event_id, "content": dict(event.content)}
    return {
        **found,
        "origin_server_ts": event.at_ms,
        **({} if event.state_key is None else {"state_key": event.state_key}),
    }


async def test_everything_there_is_told_in_order(call: Call) -> None:
    await call.begin()
    first, allowed, *_ = call.ear.events
    assert first == Joined(
        Participant(ME.identity, "Me", is_me=True), "tea", Capability.PUBLISH | Capability.CHAT, 1_000.0
    )
    assert allowed == SendingAllowed(EVERY_SOURCE)
    assert call.ear.others == ["Ada"]
    assert [(m.text, m.sender_id, m.sender_name) for m in call.ear.chat] == [("before", ADA.identity, "Ada")]
    assert (call.session.path(), call.session.capacity_bps()) == ({"protocol": "udp"}, 7)


async def test_media_of_others_comes_by_their_own_server(call: Call) -> None:
    await call.begin()
    await until(lambda: TWO in call.others, "Ada's server")
    line, ear = call.others[TWO]
    stream = cast("Any", object())
    ear.on_stream("TR_a", stream)
    assert call.ear.streams == {}, "media before its publication"
    ear.on_event(PublicationChanged(CAMERA))
    assert call.ear.streams == {"TR_a": stream}
    await call.session.set_wanted("TR_a", Wanted(enabled=False))
    assert line.asked == [("TR_a", Wanted(enabled=False))]
    call.session.network_changed()
    assert line.asked[-1] == "network"
    ear.on_event(PublicationGone("TR_a"))
    assert (call.ear.streams, call.ear.ended) == ({}, ["TR_a"])
    ear.on_event(PublicationChanged(CAMERA))
    assert call.ear.streams == {"TR_a": stream}, "back, and the stream with it"
    ear.on_stream_ended("TR_a")
    assert call.ear.streams == {}


async def test_who_goes_by_the_room_is_gone_with_all_they_sent(call: Call) -> None:
    answers = [Answer(synced(wire(left(ADA, 2.0)))), NEVER]
    await call.begin()
    await until(lambda: TWO in call.others, "Ada's server")
    call.others[TWO][1].on_event(PublicationChanged(CAMERA))
    call.server.says(SYNC, *answers)
    call.session._tasks.start(call.session._hear(), name="again")
    await until(lambda: call.ear.others == [], "Ada gone")
    await until(lambda: call.others[TWO][0].left == 1, "her server left")
    assert PublicationGone("TR_a") in call.ear.events


async def test_what_others_say_is_told(call: Call) -> None:
    line = RoomEvent("m.room.message", "@ada:h", "$2", 9.0, {"msgtype": "m.text", "body": "tea?"})
    party = {"m.relates_to": {"event_id": "$m1.0"}, "emoji": "🎉"}
    reaction = RoomEvent("io.element.call.reaction", "@ada:h", "$3", 9.0, party)
    call.server.says(SYNC, synced(wire(line), wire(reaction)), NEVER)
    await call.begin()
    await until(lambda: Reacted(ADA.identity, Emoji.PARTY_POPPER) in call.ear.events, "her reaction")
    assert [m.text for m in call.ear.chat] == ["before", "tea?"]


async def test_what_we_say_is_told_once(call: Call) -> None:
    call.server.says(f"PUT {ROOM}/send/m.room.message/t1", {"event_id": "$1"})
    call.server.says(f"PUT {ROOM}/send/m.room.message/t2", {"event_id": "$2"})
    call.server.says(f"PUT {ROOM}/send/io.element.call.reaction/t3", {"event_id": "$3"})
    await call.begin()
    await call.session.send_chat("m1", "helo")
    await call.session.request(EditChat("m1", "hello"))
    await call.session.request(React(Emoji.PARTY_POPPER))
    mine = [(m.id, m.text, m.is_mine, m.edited) for m in call.ear.chat[1:]]
    assert mine == [("m1", "helo", True, False), ("m1", "hello", True, True)]
    assert call.ear.events[-1] == Reacted(ME.identity, Emoji.PARTY_POPPER)
    for refused in (Rename("x"), MuteEveryone()):
        with pytest.raises(RequestFailed):
            await call.session.request(refused)


async def test_power_in_the_room_is_what_removes(call: Call) -> None:
    usual, power = Capability.PUBLISH | Capability.CHAT, Capability.REMOVE | Capability.LOWER_HANDS
    granted, equal, taken = (
        state("m.room.power_levels", users=users)
        for users in ({"@me:h": 50}, {"@me:h": 50, "@ada:h": 50}, dict[str, int]())
    )
    call.server.says(SYNC, NEVER)
    call.server.says(f"POST {ROOM}/kick", {}, Answer({"errcode": "M_FORBIDDEN"}, 403))
    await call.begin()
    ada = ADA.identity
    assert not call.ear.people[ada].removable
    with pytest.raises(RequestFailed):
        await call.session.request(RemovePerson(ada))
    for event, able, removable in ((granted, True, True), (equal, True, False), (taken, False, False)):
        await call.session._take(Synced("s", timeline=(event,)))
        assert call.session._able() == usual | (power if able else Capability.NONE)
        assert call.ear.people[ada].removable is removable
        if removable:
            await call.session.request(RemovePerson(ada))
            for refused in (ada, ME.identity, "nobody"):
                with pytest.raises(RequestFailed):
                    await call.session.request(RemovePerson(refused))
    told = [e.capabilities for e in call.ear.events if isinstance(e, CapabilitiesChanged)]
    assert told == [usual | power, usual]
    assert [each.body for each in call.server.of(f"POST {ROOM}/kick")] == [{"user_id": "@ada:h"}] * 2


async def test_a_hand_that_went_up_long_ago_is_found(call: Call) -> None:
    hand = RoomEvent("m.reaction", "@ada:h", "$h", 7.0, print_hand("$m1.0"))
    forged = RoomEvent("m.reaction", "@eve:h", "$f", 6.0, print_hand("$m1.0"))
    call.server.says("GET /v1/rooms/!r:h/relations/$m1.0/m.annotation", {"chunk": [wire(forged), wire(hand)]})
    await call.begin()
    await until(lambda: HandChanged(ADA.identity, 7.0) in call.ear.events, "her hand")
    assert len([e for e in call.ear.events if isinstance(e, HandChanged)]) == 1
    with pytest.raises(RequestFailed):
        await call.session.request(LowerHand(ADA.identity))
    call.server.says(f"PUT {ROOM}/redact/$h/t1", {"event_id": "$gone"})
    await call.session._take(Synced("s", timeline=(state("m.room.power_levels", users={"@me:h": 50}),)))
    await call.session.request(LowerHand(ADA.identity))
    assert len(call.server.of(f"PUT {ROOM}/redact/$h/t1")) == 1
    with pytest.raises(RequestFailed):
        await call.session.request(LowerHand("nobody"))


async def test_our_own_server_decides_what_can_be_done_and_when_it_is_over(call: Call) -> None:
    await call.begin()
    for event in (CapabilitiesChanged(Capability.CHAT), MutedByServer(Source.MICROPHONE)):
        call.session.ear.on_event(event)
        assert call.ear.events[-1] == event
    await call.session.set_muted(Source.MICROPHONE, muted=True)
    await call.session.unpublish(Source.CAMERA)
    assert call.own.asked == [(Source.MICROPHONE, True), Source.CAMERA]
    call.session.ear.on_mark("first_ice_connected")
    assert call.ear.marks == ["first_ice_connected"]
    dropped = Dropped(Problem(ProblemCode.ROOM_ENDED), may_retry=False)
    call.session.ear.on_event(dropped)
    assert call.ear.dropped == dropped
    for over in (call.session.send_chat("m", "x"), call.session.unpublish(Source.CAMERA)):
        with pytest.raises(SessionClosed):
            await over
    await call.session.leave()
    assert call.own.left == 1


async def test_thrown_out_of_the_room(call: Call) -> None:
    call.server.says(SYNC, synced(leave={"!r:h": {}}), NEVER)
    await call.begin()
    await until(lambda: call.ear.dropped is not None, "out")
    assert call.ear.dropped == Dropped(Problem(ProblemCode.REMOVED, "127.0.0.1"), may_retry=False)


async def test_logged_out_meanwhile(call: Call) -> None:
    call.server.says(SYNC, Answer({}, 401))
    await call.begin()
    await until(lambda: call.ear.dropped is not None, "out")
    assert call.ear.dropped is not None
    assert call.ear.dropped.problem.code is ProblemCode.LOGIN_EXPIRED


async def test_a_membership_that_an_earlier_stay_took_back_is_said_again(call: Call) -> None:
    mine, gone = member(ME, 2.0, ONE), left(ME, 3.0)
    call.server.says(SYNC, synced(wire(mine)), synced(wire(gone)), NEVER)
    await call.begin()
    await until(lambda: len(call.server.of(MINE)) == 3, "said again")
    assert call.server.of(MINE)[-1].body["device_id"] == "M"


async def test_leaving_takes_the_membership_back(call: Call) -> None:
    await call.begin()
    await call.session.leave()
    await call.session.leave()
    assert (call.own.left, call.ear.dropped) == (1, None)
    assert len(call.server.of("POST /unstable/org.matrix.msc4140/delayed_events/d1/send")) == 1


async def test_where_one_may_not_take_part(call: Call) -> None:
    call.server.says(MINE, Answer({"errcode": "M_FORBIDDEN"}, 403))
    with pytest.raises(JoinError) as caught:
        await call.begin()
    assert caught.value.problem == Problem(ProblemCode.CALL_NOT_ALLOWED, "tea")
    assert call.ear.events == []


async def test_lost_before_it_began(call: Call) -> None:
    call.session.ear.on_event(Dropped(Problem(ProblemCode.CONNECTION_LOST), may_retry=True))
    with pytest.raises(JoinError) as caught:
        await call.begin()
    assert caught.value.problem.code is ProblemCode.CONNECTION_LOST
    assert call.ear.events == []


async def test_in_an_encrypted_room_without_keys_nothing_is_read_or_said(server: RestServer, api: Api) -> None:
    server.says(MINE, Answer({"delay_id": "d1"}), Answer({"event_id": "$me"}))
    server.says("POST /unstable/org.matrix.msc4140/delayed_events/d1/send", {})
    secret = RoomEvent("m.room.encrypted", "@ada:h", "$2", 9.0, {"ciphertext": "x"})
    server.says(SYNC, synced(wire(secret)), NEVER)
    call = Call(server, api, state("m.room.encryption", algorithm="m.megolm.v1.aes-sha2"))
    await call.begin()
    await until(lambda: len(server.of(SYNC)) == 2, "heard")
    assert [e for e in call.ear.events if isinstance(e, ChatReceived)][1:] == []
    with pytest.raises(RequestFailed):
        await call.session.send_chat("m", "hello")
    await call.session.leave()

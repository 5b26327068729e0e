from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from livekit.protocol.models import DataPacket, DisconnectReason, Room, UserPacket
from livekit.protocol.rtc import LeaveRequest, ParticipantUpdate, RoomUpdate

from tests.helpers.clock_media import until
from tests.helpers.fake_lasuite import COOKIES, FakeLaSuite, fake_lasuite
from tests.helpers.lasuite_samples import answer
from tests.helpers.session_ear import SessionEar
from visio_desktop.meeting.events import CapabilitiesChanged, Dropped, Joined, RulesChanged, WaitingChanged
from visio_desktop.meeting.requests import MuteEveryone, Rename, SetRole
from visio_desktop.meeting.values import Capability, ProblemCode, Role, Source
from visio_desktop.servers.port import RequestFailed, SessionClosed, Wanted

WAITING = "GET /rooms/uuid/waiting-participants/"
NOBODY: dict[str, list[object]] = {"participants": []}


@pytest.fixture
async def fake() -> AsyncIterator[FakeLaSuite]:
    async with fake_lasuite() as fake:
        fake.rest.says(WAITING, NOBODY)
        yield fake


def last[T](ear: SessionEar, kind: type[T]) -> T:
    return [event for event in ear.events if isinstance(event, kind)][-1]


async def test_the_meeting_is_called_as_its_link(fake: FakeLaSuite) -> None:
    fake.opens("t")
    ear = SessionEar()
    session = await fake.join(ear)
    joined = last(ear, Joined)
    assert (joined.title, joined.me.is_authenticated) == ("tea", False)
    assert "signalling_open" in ear.marks
    await session.leave()


async def test_refusals_say_why(fake: FakeLaSuite) -> None:
    fake.opens("t", role="owner")
    session = await fake.join(SessionEar(), **COOKIES)
    fake.rest.says("POST /rooms/uuid/update-participant-role/", answer("users_me_anonymous"), status=401)
    with pytest.raises(RequestFailed) as caught:
        await session.request(SetRole("ada", Role.ADMINISTRATOR))
    assert caught.value.problem is not None
    assert caught.value.problem.code is ProblemCode.LOGIN_EXPIRED
    with pytest.raises(RequestFailed) as caught:
        await session.set_hand(raised=True, at_ms=0.0)
    assert caught.value.problem is None, "nothing of a room that does not exist"
    await session.leave()


async def test_one_speaks_of_oneself_by_the_newest_token(fake: FakeLaSuite) -> None:
    fake.opens("t")
    fake.rest.says("POST /rooms/uuid/rename/", {"status": "success"})
    fake.rest.says("POST /rooms/uuid/toggle-hand/", {"status": "success"})
    session = await fake.join(SessionEar())
    await session.set_hand(raised=True, at_ms=5.0)
    await fake.say(refresh_token="newer")
    await session.request(Rename("Ada L."))
    tokens = [asked.headers.get("Authorization") for asked in fake.rest.asked[-2:]]
    assert tokens == ["Bearer t", "Bearer newer"]
    await session.leave()


async def test_one_looks_who_waits_when_one_comes_and_when_the_server_says_so(fake: FakeLaSuite) -> None:
    fake.opens("t", role="owner")
    ear = SessionEar()
    session = await fake.join(ear, **COOKIES)
    await until(lambda: len(fake.rest.of(WAITING)) == 1, "one look")
    fake.rest.says(WAITING, answer("waiting_participants_owner"))
    knock = DataPacket(user=UserPacket(payload=b'{"type": "participantWaiting"}'))
    fake.send(knock)
    await until(lambda: any(isinstance(event, WaitingChanged) for event in ear.events), "somebody")
    assert last(ear, WaitingChanged).waiting[0].name == "Guest G"
    await session.leave()


async def test_who_is_made_to_lead_looks_and_who_no_longer_does_not(fake: FakeLaSuite) -> None:
    fake.opens("t", role="member")
    ear = SessionEar()
    session = await fake.join(ear, **COOKIES)
    assert fake.rest.of(WAITING) == []
    fake.attributes = {"room_role": "administrator", "is_authenticated": "true"}
    await fake.say(update=ParticipantUpdate(participants=[fake.me(version=1)]))
    await until(lambda: len(fake.rest.of(WAITING)) == 1, "a look")
    assert Capability.ADMIT in last(ear, CapabilitiesChanged).capabilities
    fake.attributes = {"room_role": "member", "is_authenticated": "true"}
    await fake.say(update=ParticipantUpdate(participants=[fake.me(version=2)]))
    assert Capability.ADMIT not in last(ear, CapabilitiesChanged).capabilities
    await session.leave()


async def test_rules_change_what_one_can_do(fake: FakeLaSuite) -> None:
    fake.opens("t")
    ear = SessionEar()
    session = await fake.join(ear)
    muting = Room(metadata='{"configuration": {"everyone_can_mute": false}}')
    await fake.say(room_update=RoomUpdate(room=muting))
    assert not last(ear, RulesChanged).rules.everyone_mutes
    assert Capability.MUTE_OTHERS not in last(ear, CapabilitiesChanged).capabilities
    await session.leave()


async def test_what_flows_is_livekits(fake: FakeLaSuite) -> None:
    fake.opens("t")
    session = await fake.join(SessionEar())
    await session.set_wanted("TR_nobody", Wanted())
    await session.set_muted(Source.CAMERA, muted=True)
    await session.unpublish(Source.CAMERA)
    session.network_changed()
    assert session.path()["protocol"] == "udp"
    assert session.capacity_bps() == 1_500_000
    await session.leave()


async def test_after_the_end_nothing_is_asked(fake: FakeLaSuite) -> None:
    fake.opens("t")
    ear = SessionEar()
    session = await fake.join(ear)
    removed = LeaveRequest(reason=DisconnectReason.PARTICIPANT_REMOVED, action=LeaveRequest.Action.DISCONNECT)
    await fake.say(leave=removed)
    await until(lambda: any(isinstance(event, Dropped) for event in ear.events), "dropped")
    assert last(ear, Dropped).problem.code is ProblemCode.REMOVED
    asked = len(fake.rest.asked)
    with pytest.raises(SessionClosed):
        await session.request(MuteEveryone())
    with pytest.raises(SessionClosed):
        await session.set_hand(raised=True, at_ms=0.0)
    await session.leave()
    await session.leave()
    assert len(fake.rest.asked) == asked

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from livekit.protocol.models import (
    ChatMessage,
    DataPacket,
    DisconnectReason,
    ParticipantInfo,
    Room,
    SpeakerInfo,
    TrackInfo,
    TrackSource,
    TrackType,
    UserPacket,
)
from livekit.protocol.rtc import (
    JoinResponse,
    LeaveRequest,
    MuteTrackRequest,
    ParticipantUpdate,
    ReconnectResponse,
    RoomUpdate,
    SessionDescription,
    SignalResponse,
    SpeakersChanged,
    TrackPublishedResponse,
    TrackUnpublishedResponse,
    TrickleRequest,
)

from tests.helpers.clock_media import until
from tests.helpers.fake_livekit import FakeLiveKit, fake_livekit
from tests.helpers.fakes import FakeInbound
from visio_desktop.meeting.events import DataReceived, MutedByServer, PublicationGone, Reacted, ServerEvent
from visio_desktop.meeting.events import SpeakersChanged as Speaking
from visio_desktop.meeting.requests import EditChat, MuteEveryone, React, Rename
from visio_desktop.meeting.rooms import Emoji
from visio_desktop.meeting.values import ProblemCode, Source
from visio_desktop.rtc import PeerState
from visio_desktop.rtc.frames import Codec
from visio_desktop.servers.livekit.dialect import Dialect
from visio_desktop.servers.livekit.session import LiveKitSession
from visio_desktop.servers.port import PublishRequest, RequestFailed, SessionClosed, Wanted

CAMERA = TrackInfo(sid="TR_c", type=TrackType.VIDEO, source=TrackSource.CAMERA)
ADA = ParticipantInfo(sid="PA_ada", identity="ada", name="Ada", tracks=[CAMERA])
MICROPHONE = PublishRequest(Source.MICROPHONE, (Codec.OPUS,))
TAKEN = TrackInfo(sid="TR_m", type=TrackType.AUDIO, source=TrackSource.MICROPHONE)


async def publish(server: FakeLiveKit) -> None:
    """Our microphone is published under TR_m."""
    first = await server.hear("offer")
    await server.say(answer=SessionDescription(type="answer", sdp="a1", id=first.id))
    task = asyncio.gather(server.session.publish(MICROPHONE))
    announced = await server.hear("add_track")
    offer = await server.hear("offer")
    await server.say(track_published=TrackPublishedResponse(cid=announced.cid, track=TAKEN))
    await server.say(answer=SessionDescription(type="answer", sdp="a2", id=offer.id))
    await task


def from_ada(server: FakeLiveKit, **value: object) -> None:
    packet = DataPacket(participant_identity="ada", **value)  # type: ignore[arg-type]
    server.session.on_packet(packet.SerializeToString())  # type: ignore[attr-defined]


async def test_news_become_events() -> None:
    async with fake_livekit(other_participants=[ADA]) as server:
        await server.say(speakers_changed=SpeakersChanged(speakers=[SpeakerInfo(sid="PA_ada", active=True)]))
        gone = ParticipantInfo(sid="PA_ada", identity="ada", state=ParticipantInfo.State.DISCONNECTED)
        await server.say(update=ParticipantUpdate(participants=[gone]))
        await until(lambda: server.ear.others == [], "Ada gone")
        assert Speaking(frozenset({"ada"})) in server.ear.events


async def test_media_waits_for_its_publication() -> None:
    async with fake_livekit() as server:
        listener = server.subscriber.listener
        stream = FakeInbound("s1")
        listener.on_stream(stream, mid="1", stream_id="PA_ada", track_id="TR_c")
        assert server.ear.streams == {}
        await server.say(update=ParticipantUpdate(participants=[ADA]))
        await until(lambda: server.ear.streams == {"TR_c": stream}, "media")


async def test_media_ends_once_with_its_publication_or_before() -> None:
    async with fake_livekit(other_participants=[ADA]) as server:
        listener = server.subscriber.listener
        stream = FakeInbound("s1")
        listener.on_stream(stream, mid="1", stream_id="PA_ada", track_id="TR_c")
        without = ParticipantInfo(sid="PA_ada", identity="ada", version=1)
        await server.say(update=ParticipantUpdate(participants=[without]))
        await until(lambda: PublicationGone("TR_c") in server.ear.events, "gone")
        listener.on_stream_ended(stream)
        assert server.ear.ended == ["TR_c"]


async def test_a_moderator_mutes_but_opens_nothing() -> None:
    async with fake_livekit() as server:
        await publish(server)
        await server.say(mute=MuteTrackRequest(sid="TR_m", muted=True))
        await until(lambda: MutedByServer(Source.MICROPHONE) in server.ear.events, "muted")
        seen = len(server.ear.events)
        await server.say(mute=MuteTrackRequest(sid="TR_m", muted=False))
        await server.say(mute=MuteTrackRequest(sid="TR_nobody", muted=True))
        assert len(server.ear.events) == seen
        assert server.ear.publications["TR_m"].muted


async def test_the_server_takes_a_track_away() -> None:
    async with fake_livekit() as server:
        await publish(server)
        await server.say(track_unpublished=TrackUnpublishedResponse(track_sid="TR_m"))
        await server.hear("offer")
        assert PublicationGone("TR_m") in server.ear.events
        assert len(server.publisher.removed) == 1


async def test_settings_say_everything_each_time_and_once() -> None:
    async with fake_livekit(other_participants=[ADA]) as server:
        await server.session.set_wanted("TR_nobody", Wanted(enabled=False))
        await server.session.set_wanted("TR_c", Wanted(width_px=320, height_px=180))
        settings = await server.hear("track_setting")
        assert list(settings.track_sids) == ["TR_c"]
        assert (settings.disabled, settings.width, settings.height, settings.fps) == (False, 320, 180, 60)
        await server.session.set_wanted("TR_c", Wanted(width_px=320, height_px=180))
        await server.session.set_wanted("TR_c", Wanted(enabled=False))
        assert (await server.hear("track_setting")).disabled


async def test_chat_and_data_of_others() -> None:
    async with fake_livekit(other_participants=[ADA]) as server:
        from_ada(server, chat_message=ChatMessage(id="m", timestamp=5, message="tea?"))
        from_ada(server, user=UserPacket(topic="lk-chat-topic", payload=b"rubbish"))
        from_ada(server, user=UserPacket(topic="poll", payload=b"{}"))
        server.session.on_packet(b"\xff\xff\xff")  # type: ignore[attr-defined]
        (line,) = server.ear.chat
        assert (line.id, line.sender_name, line.text, line.at_ms, line.is_mine) == ("ada/m", "Ada", "tea?", 5.0, False)
        assert server.ear.events[-1] == DataReceived("ada", "poll", b"{}")


async def test_nobody_writes_in_my_name() -> None:
    async with fake_livekit() as server:
        packet = DataPacket(participant_identity="me", chat_message=ChatMessage(id="m", message="I resign"))
        server.session.on_packet(packet.SerializeToString())  # type: ignore[attr-defined]
        nobody = DataPacket(chat_message=ChatMessage(id="m", message="hello"))
        server.session.on_packet(nobody.SerializeToString())  # type: ignore[attr-defined]
        assert server.ear.chat == []


async def test_ones_own_line_waits_for_the_channel_and_comes_back() -> None:
    async with fake_livekit() as server:
        task = asyncio.gather(server.session.send_chat("m1", "tea?"))
        await asyncio.sleep(0.02)
        assert server.ear.chat == []
        channel = server.publisher.channels["_reliable"]
        channel.open()
        await task
        assert [(m.id, m.is_mine) for m in server.ear.chat] == [("m1", True)]
        assert len(channel.sent) == 4
        with pytest.raises(RequestFailed):
            await server.session.send_chat("m2", "x" * 40_000)


@pytest.mark.parametrize(
    ("leave", "code", "may_retry"),
    [
        (LeaveRequest(reason=DisconnectReason.PARTICIPANT_REMOVED), ProblemCode.REMOVED, False),
        (LeaveRequest(reason=DisconnectReason.DUPLICATE_IDENTITY), ProblemCode.DUPLICATE_IDENTITY, False),
        (LeaveRequest(reason=DisconnectReason.ROOM_DELETED), ProblemCode.ROOM_ENDED, False),
        (LeaveRequest(action=LeaveRequest.Action.RECONNECT), ProblemCode.CONNECTION_LOST, True),
    ],
)
async def test_the_server_says_goodbye(leave: LeaveRequest, code: ProblemCode, may_retry: bool) -> None:
    async with fake_livekit() as server:
        await server.say(leave=leave)
        await until(lambda: server.ear.dropped is not None, "dropped")
        dropped = server.ear.dropped
        assert dropped is not None
        assert (dropped.problem.code, dropped.may_retry) == (code, may_retry)
        await until(lambda: all(p.closed for p in server.peers), "everything released")
        with pytest.raises(SessionClosed):
            await server.session.set_hand(raised=True, at_ms=1.0)


async def test_a_broken_connection_is_told_once() -> None:
    async with fake_livekit() as server:
        await server.hang_up()
        await until(lambda: server.ear.dropped is not None, "dropped")
        events = list(server.ear.events)
        server.subscriber.listener.on_state(PeerState.FAILED)
        assert server.ear.events == events


async def test_rubbish_is_passed_over_but_not_for_ever() -> None:
    async with fake_livekit() as server:
        for _ in range(10):
            await server.say_bytes(b"\xff\xff\xff")
        await server.say(update=ParticipantUpdate(participants=[ADA]))
        await until(lambda: server.ear.others == ["Ada"], "Ada seen")
        for _ in range(10):
            await server.say_bytes(b"\xff\xff\xff")
        await until(lambda: server.ear.dropped is not None, "dropped")


@pytest.mark.parametrize(
    ("connected", "code", "may_retry"),
    [(False, ProblemCode.MEDIA_UNREACHABLE, False), (True, ProblemCode.CONNECTION_LOST, True)],
)
async def test_media_fails(connected: bool, code: ProblemCode, may_retry: bool) -> None:
    async with fake_livekit() as server:
        if connected:
            server.subscriber.listener.on_state(PeerState.CONNECTED)
            server.publisher.listener.on_state(PeerState.CONNECTED)
            assert server.ear.marks == ["signalling_open", "first_ice_connected"]
        server.subscriber.listener.on_state(PeerState.FAILED)
        await until(lambda: server.ear.dropped is not None, "dropped")
        dropped = server.ear.dropped
        assert dropped is not None
        assert (dropped.problem.code, dropped.may_retry) == (code, may_retry)


async def test_media_that_never_comes_about_is_given_up() -> None:
    async with fake_livekit(ping_interval=30, ping_timeout=60) as server:
        server.pass_time(16_000)
        await until(lambda: server.ear.dropped is not None, "dropped")
        dropped = server.ear.dropped
        assert dropped is not None
        assert (dropped.problem.code, dropped.may_retry) == (ProblemCode.MEDIA_UNREACHABLE, False)


async def test_one_of_two_connections_that_stays_away_is_enough() -> None:
    async with fake_livekit(ping_interval=30, ping_timeout=60) as server:
        ours, theirs = server.publisher.listener, server.subscriber.listener
        for listener in (ours, theirs):
            listener.on_state(PeerState.CONNECTED)
        assert server.returns == []
        ours.on_state(PeerState.DISCONNECTED)
        await until(lambda: len(server.returns) == 1, "come back")
        assert server.ear.dropped is None


async def test_a_goodbye_that_comes_just_after_media_ended_says_why() -> None:
    async with fake_livekit() as server:
        server.subscriber.listener.on_state(PeerState.FAILED)
        await server.say(leave=LeaveRequest(reason=DisconnectReason.ROOM_DELETED))
        await until(lambda: server.ear.dropped is not None, "dropped")
        dropped = server.ear.dropped
        assert dropped is not None
        assert dropped.problem.code is ProblemCode.ROOM_ENDED


def nonsense(chance: random.Random) -> dict[str, Any]:
    """A well-formed message with senseless contents."""
    pick: Callable[[list[Any]], Any] = chance.choice
    word = pick(["", "me", "ada", "PA_me", "PA_ada", "TR_c", "TR_m", "x" * 5_000, "\ud7ff", "{}", "0"])
    number = pick([0, 1, 7, 2**31 - 1])
    track = TrackInfo(sid=word, type=pick([0, 1, 2]), source=pick([0, 1, 2, 3, 4]), width=number)
    person = ParticipantInfo(
        sid=pick([word, "PA_ada"]),
        identity=pick([word, "ada"]),
        state=pick([0, 1, 2, 3]),
        tracks=[track] * pick([0, 1, 200]),
        attributes={"handRaisedAt": word, "color": word},
        version=number,
    )
    found: dict[str, Any] = pick(
        [
            {"update": ParticipantUpdate(participants=[person])},
            {"mute": MuteTrackRequest(sid=word, muted=True)},
            {"track_published": TrackPublishedResponse(cid=word, track=track)},
            {"track_unpublished": TrackUnpublishedResponse(track_sid=word)},
            {"speakers_changed": SpeakersChanged(speakers=[SpeakerInfo(sid=word, active=True)])},
            {"offer": SessionDescription(type=word, sdp=word, id=number, mid_to_track_id={word: word})},
            {"answer": SessionDescription(type=word, sdp=word, id=number)},
            {"trickle": TrickleRequest(candidateInit=word, target=pick([0, 1]))},
            {"refresh_token": word},
            {"reconnect": ReconnectResponse()},
            {"join": JoinResponse()},
            {"pong": number},
        ]
    )
    return found


@pytest.mark.parametrize("seed", range(5))
async def test_senseless_messages_do_no_harm(seed: int) -> None:
    chance = random.Random(seed)
    async with fake_livekit(other_participants=[ADA]) as server:
        for _ in range(200):
            await server.say_bytes(SignalResponse(**nonsense(chance)).SerializeToString())
        eve = ParticipantInfo(sid="PA_eve", identity="eve", name="Eve")
        await server.say(update=ParticipantUpdate(participants=[eve]))
        await until(lambda: "Eve" in server.ear.others, "somebody sensible after it")
        assert server.ear.me.id == "me"
        assert server.ear.dropped is None


async def test_leaving_says_goodbye_once() -> None:
    async with fake_livekit() as server:
        await server.session.leave()
        await server.session.leave()
        assert (await server.hear("leave")).reason == DisconnectReason.CLIENT_INITIATED
        rest = [server.requests.get_nowait() for _ in range(server.requests.qsize())]
        assert not any(request.HasField("leave") for request in rest)
        assert all(p.closed for p in server.peers)


async def test_leaving_while_publishing() -> None:
    async with fake_livekit() as server:
        task = asyncio.gather(server.session.publish(MICROPHONE), return_exceptions=True)
        await server.hear("offer")
        await server.session.leave()
        (error,) = await task
        assert isinstance(error, SessionClosed)


async def test_the_path_is_that_of_received_media() -> None:
    async with fake_livekit() as server:
        assert server.session.path() == {"protocol": "udp", "candidate": "host", "proxy": ""}


async def test_what_livekit_carries_is_sent_and_shown_to_oneself() -> None:
    async with fake_livekit(other_participants=[ADA]) as server:
        channel = server.publisher.channels["_reliable"]
        channel.open()
        await server.session.request(React(Emoji.PARTY_POPPER))
        await server.session.request(EditChat("m1", "tea!"))
        await server.session.request(Rename("Grace"))
        assert (await server.hear("update_metadata")).name == "Grace"
        assert Reacted("me", Emoji.PARTY_POPPER) in server.ear.events
        assert (server.ear.chat[-1].text, server.ear.chat[-1].edited) == ("tea!", True)
        first = DataPacket.FromString(channel.sent[0])
        assert json.loads(first.user.payload) == {"type": "reactionReceived", "data": {"emoji": "party-popper"}}
        with pytest.raises(RequestFailed):
            await server.session.request(MuteEveryone())
        await server.session.leave()
        with pytest.raises(SessionClosed):
            await server.session.request(React(Emoji.RED_HEART))


class Loud(Dialect):
    """Says something of the room whenever it changes."""

    def room(self, room: Room) -> list[ServerEvent]:
        return [DataReceived("", room.name, room.metadata.encode())]


async def test_the_dialect_hears_of_the_room() -> None:
    async with fake_livekit(other_participants=[ADA]) as server:
        session = server.session
        assert isinstance(session, LiveKitSession)
        assert [person.id for person in session.people] == ["me", "ada"]
        assert not session.is_over
        session._dialect = Loud()
        await server.say(room_update=RoomUpdate(room=Room(name="tea", metadata="{}")))
        await until(lambda: DataReceived("", "tea", b"{}") in server.ear.events, "the room")

"""A session that is interrupted comes back: with a server the test speaks for, and connections that only keep books."""

from __future__ import annotations

import asyncio
from base64 import urlsafe_b64decode

import pytest
from livekit.protocol.models import ParticipantInfo, TrackInfo, TrackSource, TrackType
from livekit.protocol.rtc import (
    ICEServer,
    JoinRequest,
    LeaveRequest,
    ParticipantUpdate,
    ReconnectResponse,
    SessionDescription,
    SignalResponse,
    SyncState,
    TrackPublishedResponse,
    WrappedJoinRequest,
)

from tests.helpers.clock_media import until
from tests.helpers.fake_livekit import ME, FakeLiveKit, fake_livekit
from visio_desktop.meeting.events import Dropped, Restored, Restoring
from visio_desktop.meeting.values import ProblemCode, Source
from visio_desktop.rtc import PeerState
from visio_desktop.rtc.frames import Codec
from visio_desktop.servers.livekit import resume as module
from visio_desktop.servers.port import PublishRequest, Wanted

CAMERA = TrackInfo(sid="TR_c", type=TrackType.VIDEO, source=TrackSource.CAMERA)
ADA = ParticipantInfo(sid="PA_ada", identity="ada", name="Ada", tracks=[CAMERA])
MICROPHONE = PublishRequest(Source.MICROPHONE, (Codec.OPUS,))
TAKEN = TrackInfo(sid="TR_m", type=TrackType.AUDIO, source=TrackSource.MICROPHONE)


async def answer(server: FakeLiveKit) -> str:
    """Answer the next offer; what it was."""
    offer = await server.hear("offer")
    await server.say(answer=SessionDescription(type="answer", sdp=f"answer to {offer.sdp}", id=offer.id))
    return str(offer.sdp)


async def settle(server: FakeLiveKit) -> None:
    """Our microphone is published under TR_m, and media flows both ways."""
    await answer(server)
    task = asyncio.gather(server.session.publish(MICROPHONE))
    announced = await server.hear("add_track")
    await server.say(track_published=TrackPublishedResponse(cid=announced.cid, track=TAKEN))
    await answer(server)
    await task
    for peer in server.peers:
        peer.listener.on_state(PeerState.CONNECTED)


async def meet_again(server: FakeLiveKit) -> SyncState:
    """The server's part of a return, after which media flows again; what it was told."""
    state: SyncState = await server.hear("sync_state")
    assert (await answer(server)).endswith("restart")
    for peer in server.peers:
        peer.restarts += 1
        peer.listener.on_state(PeerState.CONNECTED)
    return state


def events(server: FakeLiveKit, kind: type[Restored | Restoring | Dropped]) -> list[Restored | Restoring | Dropped]:
    return [event for event in server.ear.events if isinstance(event, kind)]


async def test_a_single_connection_comes_back_by_the_same_door() -> None:
    async with fake_livekit(single=True, other_participants=[ADA]) as server:
        await settle(server)
        await server.hang_up()
        state = await meet_again(server)
        assert (await back(server)).cause == "signalling"
        (query,) = server.returns
        request = JoinRequest.FromString(
            WrappedJoinRequest.FromString(urlsafe_b64decode(query["join_request"])).join_request
        )
        assert (request.reconnect, request.participant_sid) == (True, "PA_me")
        assert (state.offer.sdp, state.answer.sdp) == ("offer 2", "answer to offer 2")
        assert len(server.peers) == 1
        assert server.ear.others == ["Ada"]


async def back(server: FakeLiveKit) -> Restored:
    """Wait until the session says that it is whole."""
    await until(lambda: bool(events(server, Restored)), "restored")
    (restored,) = events(server, Restored)
    assert isinstance(restored, Restored)
    return restored


async def test_lost_signalling_comes_back_without_anybody_noticing() -> None:
    async with fake_livekit(other_participants=[ADA]) as server:
        await settle(server)
        relay = ICEServer(urls=["turn:relay.example:3478"], username="u", credential="c")
        server.welcome = SignalResponse(reconnect=ReconnectResponse(ice_servers=[relay]))
        await server.say(refresh_token="newer")
        await server.say(offer=SessionDescription(type="offer", sdp="theirs", id=7))
        await server.hang_up()
        state = await meet_again(server)
        restored = await back(server)
        assert restored.cause == "signalling"
        (query,) = server.returns
        assert {k: query[k] for k in ("reconnect", "sid", "reconnect_reason", "access_token")} == {
            "reconnect": "1",
            "sid": "PA_me",
            "reconnect_reason": "1",
            "access_token": "newer",
        }
        assert [t.track.sid for t in state.publish_tracks] == ["TR_m"]
        assert (state.offer.sdp, state.answer.sdp) == ("theirs", "answer to theirs")
        assert not state.subscription.subscribe
        assert {c.label for c in state.data_channels} == {"_reliable", "_lossy"}
        assert all(peer.servers[0].urls == ("turn:relay.example:3478",) for peer in server.peers)
        assert events(server, Restoring) == events(server, Dropped) == []
        assert server.ear.others == ["Ada"]


async def test_what_was_asked_meanwhile_is_said_after_the_return() -> None:
    async with fake_livekit(other_participants=[ADA]) as server:
        await settle(server)
        server.welcome = 503
        await server.hang_up()
        await until(lambda: len(server.returns) > 0, "a first try")
        await server.session.set_muted(Source.MICROPHONE, muted=True)
        await server.session.set_hand(raised=True, at_ms=5.0)
        await server.session.set_wanted("TR_c", Wanted(enabled=False))
        server.welcome = SignalResponse(reconnect=ReconnectResponse())
        state = await meet_again(server)
        assert list(state.track_sids_disabled) == ["TR_c"]
        mute = await server.hear("mute")
        assert (mute.sid, mute.muted) == ("TR_m", True)
        setting = await server.hear("track_setting")
        assert (list(setting.track_sids), setting.disabled) == (["TR_c"], True)
        assert (await server.hear("update_metadata")).attributes
        await back(server)


async def test_a_publication_under_way_is_taken_up_again() -> None:
    async with fake_livekit() as server:
        await answer(server)
        for peer in server.peers:
            peer.listener.on_state(PeerState.CONNECTED)
        task = asyncio.gather(server.session.publish(MICROPHONE))
        first = await server.hear("add_track")
        await server.hear("offer")
        await server.hang_up()
        await server.hear("sync_state")
        again = await server.hear("add_track")
        assert again.cid == first.cid
        assert (await answer(server)).endswith("restart")
        await server.say(track_published=TrackPublishedResponse(cid=again.cid, track=TAKEN))
        for peer in server.peers:
            peer.restarts += 1
        await task
        await back(server)


async def test_silent_media_brings_the_session_back_too() -> None:
    async with fake_livekit() as server:
        await settle(server)
        server.publisher.listener.on_state(PeerState.DISCONNECTED)
        await meet_again(server)
        assert (await back(server)).cause == "media"
        assert server.returns[0]["reconnect_reason"] == "3"


async def test_a_changed_network_is_looked_into_and_named_as_the_cause() -> None:
    async with fake_livekit() as server:
        await settle(server)
        server.session.network_changed()
        await server.hear("ping_req")
        assert all("suspect" in peer.done for peer in server.peers)
        assert server.returns == []
        server.subscriber.listener.on_state(PeerState.DISCONNECTED)
        await meet_again(server)
        assert (await back(server)).cause == "network"


async def test_the_server_may_send_us_on_our_way_back() -> None:
    async with fake_livekit() as server:
        await settle(server)
        await server.say(leave=LeaveRequest(action=LeaveRequest.Action.RESUME))
        await meet_again(server)
        assert (await back(server)).cause == "server"


async def test_a_long_interruption_is_told_and_a_changed_network_ends_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SHOWN_AFTER_S", 0.01)
    monkeypatch.setattr(module, "_FIRST_WAIT_S", 60.0)
    monkeypatch.setattr(module, "_LONGEST_WAIT_S", 60.0)
    async with fake_livekit() as server:
        await settle(server)
        server.welcome = 503
        await server.hang_up()
        await until(lambda: events(server, Restoring) == [Restoring("signalling")], "told")
        server.welcome = SignalResponse(reconnect=ReconnectResponse())
        server.session.network_changed()
        await meet_again(server)
        await back(server)


@pytest.mark.parametrize(
    "welcome", [404, 401, SignalResponse(leave=LeaveRequest(action=LeaveRequest.Action.RECONNECT))]
)
async def test_a_server_that_knows_us_no_more_ends_the_session_at_once(welcome: SignalResponse | int) -> None:
    async with fake_livekit() as server:
        await settle(server)
        server.welcome = welcome
        await server.hang_up()
        await until(lambda: server.ear.dropped is not None, "dropped")
        dropped = server.ear.dropped
        assert dropped is not None
        assert (dropped.may_retry, dropped.cause, len(server.returns)) == (True, "server", 1)


async def test_what_does_not_help_for_long_is_given_up() -> None:
    async with fake_livekit(ping_interval=30, ping_timeout=60) as server:
        await settle(server)
        server.welcome = SignalResponse(pong=1)
        await server.hang_up()
        await until(lambda: len(server.returns) > 1, "tried twice")
        assert server.ear.dropped is None
        server.pass_time(21_000)
        await until(lambda: server.ear.dropped is not None, "dropped")
        dropped = server.ear.dropped
        assert dropped is not None
        assert (dropped.problem.code, dropped.cause) == (ProblemCode.CONNECTION_LOST, "signalling")


async def test_signalling_that_breaks_on_the_way_back_is_tried_again() -> None:
    async with fake_livekit() as server:
        await settle(server)
        await server.hang_up()
        await server.hear("sync_state")
        await server.hang_up()
        await meet_again(server)
        await back(server)
        assert len(server.returns) == 2


async def test_who_left_meanwhile_is_gone_after_the_return() -> None:
    async with fake_livekit(other_participants=[ADA]) as server:
        await settle(server)
        await server.hang_up()
        await meet_again(server)
        await back(server)
        dan = ParticipantInfo(sid="PA_dan", identity="dan", name="Dan")
        await server.say(update=ParticipantUpdate(participants=[dan]))
        await until(lambda: server.ear.others == ["Ada", "Dan"], "news of one only")
        eve = ParticipantInfo(sid="PA_eve", identity="eve", name="Eve")
        await server.say(update=ParticipantUpdate(participants=[ME, eve]))
        await until(lambda: server.ear.others == ["Eve"], "Ada and Dan gone")
        bob = ParticipantInfo(sid="PA_bob", identity="bob", name="Bob")
        await server.say(update=ParticipantUpdate(participants=[bob]))
        await until(lambda: server.ear.others == ["Bob", "Eve"], "a later update names only some")


async def test_who_comes_back_to_somebody_elses_session_ends_at_once() -> None:
    async with fake_livekit() as server:
        await settle(server)
        await server.hang_up()
        await server.hear("sync_state")
        other = ParticipantInfo(sid="PA_other", identity="me", name="Me")
        await server.say(update=ParticipantUpdate(participants=[other]))
        await until(lambda: server.ear.dropped is not None, "dropped")
        dropped = server.ear.dropped
        assert dropped is not None
        assert (dropped.problem.code, dropped.may_retry) == (ProblemCode.DUPLICATE_IDENTITY, False)


async def test_leaving_on_the_way_back_ends_it() -> None:
    async with fake_livekit() as server:
        await settle(server)
        server.welcome = 503
        await server.hang_up()
        await until(lambda: len(server.returns) > 0, "a first try")
        await server.session.leave()
        assert all(peer.closed for peer in server.peers)
        assert events(server, Restored) == events(server, Dropped) == []


async def test_without_media_there_is_nothing_to_come_back_to() -> None:
    async with fake_livekit() as server:
        await server.hang_up()
        await until(lambda: server.ear.dropped is not None, "dropped")
        assert server.returns == []

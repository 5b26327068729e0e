from __future__ import annotations

import json

import pytest
from livekit.protocol.models import ParticipantInfo, TrackInfo, TrackType
from livekit.protocol.rtc import SessionDescription, SignalTarget, TrickleRequest

from tests.helpers.fake_livekit import FakeChannel, FakePeer, fake_livekit
from tests.helpers.fakes import FakeInbound
from visio_desktop.rtc import NegotiationError

ADA = ParticipantInfo(
    sid="PA_ada", identity="ada", tracks=[TrackInfo(sid=sid, type=TrackType.VIDEO) for sid in ("TR_1", "TR_2")]
)


def trickle(line: str, target: SignalTarget = SignalTarget.SUBSCRIBER) -> TrickleRequest:
    return TrickleRequest(candidateInit=json.dumps({"candidate": line, "sdpMid": "0"}), target=target)


async def test_offers_are_answered_in_order_candidates_in_between() -> None:
    async with fake_livekit() as server:
        await server.say(trickle=trickle("early"))
        for number in (1, 2):
            await server.say(offer=SessionDescription(type="offer", sdp=f"o{number}", id=number))
            await server.say(trickle=trickle(f"c{number}"))
        answers = [await server.hear("answer") for _ in range(2)]
        assert [(a.type, a.sdp, a.id) for a in answers] == [
            ("answer", "answer to o1", 1),
            ("answer", "answer to o2", 2),
        ]
        expected = ["candidate early 0", "accept o1", "candidate c1 0", "accept o2", "candidate c2 0"]
        assert server.subscriber.done == expected


async def test_candidates_find_their_connection() -> None:
    async with fake_livekit() as server:
        await server.say(trickle=trickle("theirs", SignalTarget.PUBLISHER))
        await server.say(trickle=trickle(""))
        await server.say(trickle=TrickleRequest(candidateInit="rubbish"))
        await server.say(trickle=trickle("ours"))
        assert "candidate theirs 0" in server.publisher.done
        assert server.subscriber.done == ["candidate ours 0"]


async def test_an_offer_not_understood_does_not_stop_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    accept = FakePeer.accept_offer

    async def choosy(peer: FakePeer, sdp: str) -> str:
        if sdp == "bad":
            raise NegotiationError(sdp)
        return await accept(peer, sdp)

    monkeypatch.setattr(FakePeer, "accept_offer", choosy)
    async with fake_livekit() as server:
        await server.say(offer=SessionDescription(type="offer", sdp="bad", id=1))
        await server.say(offer=SessionDescription(type="offer", sdp="good", id=2))
        assert (await server.hear("answer")).id == 2


async def test_a_flood_of_offers_is_bounded() -> None:
    async with fake_livekit() as server:
        flood = [SessionDescription(type="offer", sdp=str(number), id=number) for number in range(1_000)]
        subscriber = server.session._subscriber  # type: ignore[attr-defined]
        for offer in flood:
            subscriber.receive(offer)
        assert subscriber._waiting.qsize() <= 256


async def test_streams_are_named_by_msid_or_by_mid() -> None:
    async with fake_livekit(other_participants=[ADA]) as server:
        offer = SessionDescription(type="offer", sdp="o", id=1, mid_to_track_id={"7": "TR_2"})
        await server.say(offer=offer)
        await server.hear("answer")
        listener = server.subscriber.listener
        first, second = FakeInbound("s1"), FakeInbound("s2")
        listener.on_stream(first, mid="3", stream_id="PA_ada", track_id="TR_1")
        listener.on_stream(second, mid="7", stream_id="", track_id="some-random-id")
        assert server.ear.streams == {"TR_1": first, "TR_2": second}


async def test_a_stream_that_replaces_another_keeps_the_publication() -> None:
    async with fake_livekit(other_participants=[ADA]) as server:
        listener = server.subscriber.listener
        old, new = FakeInbound("s1"), FakeInbound("s2")
        listener.on_stream(old, mid="1", stream_id="PA_ada", track_id="TR_1")
        listener.on_stream(new, mid="2", stream_id="PA_ada", track_id="TR_1")
        listener.on_stream_ended(old)
        assert server.ear.streams == {"TR_1": new}
        listener.on_stream_ended(new)
        assert server.ear.ended == ["TR_1"]


async def test_channels_of_the_server_are_read() -> None:
    async with fake_livekit() as server:
        channel = FakeChannel("_reliable")
        server.subscriber.listener.on_channel(channel)  # type: ignore[arg-type]
        assert channel.listener == server.session.on_packet  # type: ignore[attr-defined]


async def test_our_late_candidates_are_told_for_the_right_connection() -> None:
    async with fake_livekit() as server:
        for peer, target in ((server.subscriber, SignalTarget.SUBSCRIBER), (server.publisher, SignalTarget.PUBLISHER)):
            peer.listener.on_own_candidate("7 1 udp 1 198.51.100.1 40000 typ relay")
            told = await server.hear("trickle")
            assert told.target == target
            assert json.loads(told.candidateInit) == {
                "candidate": "candidate:7 1 udp 1 198.51.100.1 40000 typ relay",
                "sdpMid": "0",
                "sdpMLineIndex": 0,
            }
        assert server.subscriber.options.trickles
        assert server.subscriber.options.network.dialer is not None

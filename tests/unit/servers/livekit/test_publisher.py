from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from livekit.protocol.models import ParticipantInfo, TrackInfo, TrackSource, TrackType, VideoQuality
from livekit.protocol.rtc import (
    AddTrackRequest,
    MediaSectionsRequirement,
    RequestResponse,
    SessionDescription,
    SubscribedQuality,
    SubscribedQualityUpdate,
    TrackPublishedResponse,
)

from tests.helpers.clock_media import until
from tests.helpers.fake_livekit import FakeLiveKit, fake_livekit
from tests.helpers.fakes import FakeInbound
from visio_desktop.meeting.events import PublicationChanged, PublicationGone
from visio_desktop.meeting.values import Publication, Source
from visio_desktop.rtc.congestion.demand import Priority
from visio_desktop.rtc.frames import Codec, SendLayer
from visio_desktop.servers.port import PublishRequest, RequestFailed

CAMERA = PublishRequest(
    Source.CAMERA, (Codec.VP8,), muted=True, width_px=1280, height_px=720, fps=30, bitrate_bps=1_700_000
)
MICROPHONE = PublishRequest(Source.MICROPHONE, (Codec.OPUS,))


async def answer(server: FakeLiveKit) -> str:
    """Answer the next offer; gives it."""
    offer = await server.hear("offer")
    await server.say(answer=SessionDescription(type="answer", sdp=f"to {offer.sdp}", id=offer.id))
    return str(offer.sdp)


async def publish(server: FakeLiveKit, request: PublishRequest, sid: str) -> AddTrackRequest:
    task = asyncio.gather(server.session.publish(request))
    announced: AddTrackRequest = await server.hear("add_track")
    await answer(server)
    track = TrackInfo(sid=sid, type=announced.type, source=announced.source, muted=announced.muted)
    await server.say(track_published=TrackPublishedResponse(cid=announced.cid, track=track))
    (stream,) = await task
    assert stream.codec is request.codecs[0]
    return announced


async def test_channels_come_with_the_first_offer() -> None:
    async with fake_livekit() as server:
        assert await answer(server) == "offer 1"
        assert set(server.publisher.channels) == {"_reliable", "_lossy"}
        assert server.publisher.done == ["set to offer 1"]


async def test_a_camera_is_announced_with_all_the_server_asks() -> None:
    async with fake_livekit() as server:
        await answer(server)
        announced = await publish(server, CAMERA, "TR_c")
        assert (announced.type, announced.source, announced.muted) == (TrackType.VIDEO, TrackSource.CAMERA, True)
        assert (announced.width, announced.height) == (1280, 720)
        assert [(layer.width, layer.height, layer.bitrate) for layer in announced.layers] == [(1280, 720, 1_700_000)]
        assert [(c.codec, c.cid) for c in announced.simulcast_codecs] == [("vp8", announced.cid)]
        assert set(server.publisher.senders) == {announced.cid}
        assert PublicationChanged(Publication("TR_c", "me", Source.CAMERA, muted=True)) in server.ear.events


async def test_announcement_and_offer_do_not_wait_for_each_other() -> None:
    async with fake_livekit() as server:
        await answer(server)
        task = asyncio.gather(server.session.publish(MICROPHONE))
        announced = await server.hear("add_track")
        assert await answer(server) == "offer 2"
        assert not task.done()
        await server.say(track_published=TrackPublishedResponse(cid=announced.cid, track=TrackInfo(sid="TR_m")))
        await task


async def test_changes_that_wait_together_share_an_offer() -> None:
    async with fake_livekit() as server:
        task = asyncio.gather(server.session.publish(CAMERA), server.session.publish(MICROPHONE))
        for sid in ("TR_1", "TR_2"):
            announced = await server.hear("add_track")
            track = TrackInfo(sid=sid, type=announced.type)
            await server.say(track_published=TrackPublishedResponse(cid=announced.cid, track=track))
        await server.say(answer=SessionDescription(type="answer", sdp="to 1", id=1))
        await server.say(answer=SessionDescription(type="answer", sdp="to 2", id=2))
        await task
        assert server.publisher.done == ["set to 1", "set to 2"]


async def test_an_answer_to_an_older_offer_is_passed_over() -> None:
    async with fake_livekit() as server:
        offer = await server.hear("offer")
        await server.say(answer=SessionDescription(type="answer", sdp="old", id=offer.id + 7))
        assert server.publisher.done == []
        await server.say(answer=SessionDescription(type="answer", sdp="right", id=offer.id))
        assert server.publisher.done == ["set right"]


async def test_a_refusal() -> None:
    async with fake_livekit() as server:
        await answer(server)
        task = asyncio.gather(server.session.publish(MICROPHONE), return_exceptions=True)
        announced = await server.hear("add_track")
        refusal = RequestResponse(
            reason=RequestResponse.Reason.NOT_ALLOWED, message="no", add_track=AddTrackRequest(cid=announced.cid)
        )
        await server.say(request_response=refusal)
        await answer(server)
        (error,) = await task
        assert isinstance(error, RequestFailed)
        assert len(server.publisher.removed) == 1
        await publish(server, MICROPHONE, "TR_m")


async def test_twice_is_refused_and_again_is_not() -> None:
    async with fake_livekit() as server:
        await answer(server)
        await publish(server, MICROPHONE, "TR_1")
        with pytest.raises(RequestFailed):
            await server.session.publish(MICROPHONE)
        task = asyncio.gather(server.session.unpublish(Source.MICROPHONE))
        await answer(server)
        await task
        assert server.ear.events[-1] == PublicationGone("TR_1")
        await publish(server, MICROPHONE, "TR_2")
        assert set(server.ear.publications) == {"TR_2"}


async def test_muting_names_the_track() -> None:
    async with fake_livekit() as server:
        await answer(server)
        await server.session.set_muted(Source.MICROPHONE, muted=True)
        await publish(server, MICROPHONE, "TR_m")
        await server.session.set_muted(Source.MICROPHONE, muted=True)
        muted = await server.hear("mute")
        assert (muted.sid, muted.muted) == ("TR_m", True)
        assert server.ear.publications["TR_m"].muted


async def test_layers_go_to_the_connection_and_what_is_watched_to_the_stream() -> None:
    layers = (SendLayer("q", 2.0, 150_000), SendLayer("h", 1.0, 500_000))
    async with fake_livekit() as server:
        await answer(server)
        announced = await publish(server, replace(CAMERA, layers=layers), "TR_c")
        stream = server.publisher.senders[announced.cid]
        assert (stream.layers, stream.priority) == (layers, Priority.CAMERA)
        low = [SubscribedQuality(quality=VideoQuality.LOW, enabled=True)]
        for sid in ("TR_other", "TR_c"):
            await server.say(subscribed_quality_update=SubscribedQualityUpdate(track_sid=sid, subscribed_qualities=low))
        await until(lambda: stream.wanted == (True, False), "the low layer watched")


async def test_the_server_looks_afresh_when_layers_pause_or_come_back() -> None:
    layers = (SendLayer("q", 2.0, 150_000), SendLayer("h", 1.0, 500_000))
    async with fake_livekit() as server:
        await answer(server)
        announced = await publish(server, replace(CAMERA, layers=layers), "TR_c")
        paused = server.publisher.senders[announced.cid].paused
        assert paused is not None
        told = []
        for _ in range(3):
            paused()
            told.append(await server.hear("update_video_track"))
        assert [(each.track_sid, each.width, each.height) for each in told] == [
            ("TR_c", 1278, 720),
            ("TR_c", 1280, 720),
            ("TR_c", 1278, 720),
        ]
        announced = await publish(server, replace(CAMERA, source=Source.SCREEN), "TR_s")
        assert server.publisher.senders[announced.cid].paused is None, "there are no layers"


async def test_a_screen_comes_before_a_camera() -> None:
    async with fake_livekit() as server:
        await answer(server)
        announced = await publish(server, replace(CAMERA, source=Source.SCREEN), "TR_s")
        assert server.publisher.senders[announced.cid].priority is Priority.SCREEN


SOUND, PICTURE = TrackInfo(sid="TR_1", type=TrackType.AUDIO), TrackInfo(sid="TR_2", type=TrackType.VIDEO)
ADA = ParticipantInfo(sid="PA_ada", identity="ada", tracks=[SOUND, PICTURE])


def sections(sounds: int, pictures: int) -> MediaSectionsRequirement:
    return MediaSectionsRequirement(num_audios=sounds, num_videos=pictures)


async def test_a_single_connection_has_room_for_everybody_from_the_first() -> None:
    async with fake_livekit(single=True, other_participants=[ADA]) as server:
        assert server.peers == [server.publisher]
        assert server.publisher.received == [1, 1]
        assert await answer(server) == "offer 1"
        server.publisher.listener.on_stream(FakeInbound("s1"), mid="1", stream_id="PA_ada", track_id="TR_2")
        assert set(server.ear.streams) == {"TR_2"}


async def test_what_the_server_asks_for_before_it_answers_is_not_offered_twice() -> None:
    async with fake_livekit(single=True, other_participants=[ADA]) as server:
        await server.say(media_sections_requirement=sections(1, 1))
        await answer(server)
        assert server.publisher.received == [1, 1]
        await server.say(media_sections_requirement=sections(2, 3))
        assert await answer(server) == "offer 2"
        assert server.publisher.received == [3, 4]


async def test_a_server_that_sends_on_what_there_is_gets_another_offer() -> None:
    async with fake_livekit(single=True) as server:
        await answer(server)
        await server.say(media_sections_requirement=sections(0, 0))
        assert await answer(server) == "offer 2"
        assert server.publisher.received == [0, 0]


async def test_nobody_makes_us_offer_without_end() -> None:
    async with fake_livekit(single=True) as server:
        await answer(server)
        for _ in range(3):
            await server.say(media_sections_requirement=sections(2**31, 2**31))
            await answer(server)
        assert sum(server.publisher.received) == 200


async def test_an_answer_names_what_comes_over_an_m_line() -> None:
    async with fake_livekit(single=True, other_participants=[ADA]) as server:
        first = await server.hear("offer")
        told = SessionDescription(type="answer", sdp="a", id=first.id, mid_to_track_id={"2": "TR_2"})
        await server.say(answer=told)
        server.publisher.listener.on_stream(FakeInbound("s1"), mid="2", stream_id="", track_id="")
        assert set(server.ear.streams) == {"TR_2"}

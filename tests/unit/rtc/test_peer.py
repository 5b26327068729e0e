"""Two peers on 127.0.0.1 exchange pictures, sound and messages."""

from __future__ import annotations

import asyncio
import socket
import threading
from dataclasses import replace
from random import Random

import psutil
import pytest
from aiortc.rtp import RTCP_PSFB_APP, RtcpPsfbPacket, pack_remb_fci

from tests.helpers.encoded import decode
from tests.helpers.rtc_pair import LOOPBACK, Camera, Heard, lose, pair, sound, until
from visio_desktop.rtc.errors import NegotiationError
from visio_desktop.rtc.formats import TRANSPORT_CC
from visio_desktop.rtc.frames import Codec, Feedback, SendLayer
from visio_desktop.rtc.ice.network import NetworkOptions
from visio_desktop.rtc.options import PeerOptions, PeerState
from visio_desktop.rtc.peer import PeerConnection


@pytest.mark.parametrize("codec", [Codec.VP8, Codec.VP9, Codec.H264, Codec.AV1])
async def test_pictures_sound_and_messages_arrive(codec: Codec) -> None:
    async with pair() as two:
        video = two.caller.add_sender((codec,), stream_id="ada", track_id="camera")
        audio = two.caller.add_sender((Codec.OPUS,), stream_id="ada", track_id="microphone")
        channel = two.caller.open_channel("chat")
        await two.negotiate()
        await two.connected()
        camera = Camera(video)
        for number in range(30):
            camera.shoot()
            audio.send(sound(number))
            await asyncio.sleep(0.002)
        await until(lambda: channel.is_open)
        channel.send(b"hello")
        heard = two.callee_heard
        await until(lambda: len(heard.frames["camera"]) == 30 and len(heard.frames["microphone"]) == 30)
        await until(lambda: heard.messages == [("chat", b"hello")])
        assert decode(codec, [f.payload for f in heard.frames["camera"]]) == [(320, 180)] * 30
        assert [f.payload for f in heard.frames["microphone"]] == [sound(n).payload for n in range(30)]
        assert heard.frames["microphone"][0].audio_level_db == -30
        assert {("1", "ada", "camera"), ("2", "ada", "microphone")} == set(heard.began)
        assert two.caller.path() == {"protocol": "udp", "candidate": "host", "proxy": ""}


async def test_both_sides_send_over_one_connection() -> None:
    async with pair() as two:
        there = two.caller.add_sender((Codec.VP8,), stream_id="ada", track_id="there")
        await two.negotiate()
        await two.connected()
        back = two.callee.add_sender((Codec.VP8,), stream_id="bob", track_id="back")
        await two.negotiate_back()
        first, second = Camera(there), Camera(back)
        await asyncio.gather(first.film(20), second.film(20))
        await until(lambda: len(two.callee_heard.frames["there"]) == 20)
        await until(lambda: len(two.caller_heard.frames["back"]) == 20)


async def test_the_answerer_opens_a_channel() -> None:
    async with pair() as two:
        two.caller.open_channel("_reliable")
        mine = two.callee.open_channel("_lossy", ordered=False, max_retransmits=0)
        await two.negotiate()
        await until(lambda: mine.is_open)
        mine.send(b"x" * 65_535)
        await until(lambda: two.caller_heard.messages == [("_lossy", b"x" * 65_535)])


async def test_streams_come_and_go_in_ten_negotiations() -> None:
    async with pair() as two:
        two.caller.open_channel("chat")
        await two.negotiate()
        await two.connected()
        heard = two.callee_heard
        for round_number in range(10):
            name = f"camera-{round_number}"
            stream = two.caller.add_sender((Codec.VP8,), stream_id="ada", track_id=name)
            await two.negotiate()
            await Camera(stream).film(5)
            await until(lambda name=name: len(heard.frames[name]) == 5)  # type: ignore[misc]
            two.caller.remove_sender(stream)
            offer, _ = await two.negotiate()
            assert heard.ended[-1] is heard.streams[name]
            assert offer.count("a=inactive") == offer.count("m=video") == round_number + 1
        assert len({stream.id for stream in heard.streams.values()}) == 10


async def test_m_lines_used_again_keep_descriptions_small() -> None:
    async with pair(options=replace(LOOPBACK, reuse_lines=True)) as two:
        heard = two.callee_heard
        for round_number in range(5):
            name = f"camera-{round_number}"
            stream = two.caller.add_sender((Codec.VP8,), stream_id="ada", track_id=name)
            offer, _ = await two.negotiate()
            assert offer.count("m=video") == 1
            await two.connected()
            await Camera(stream).film(3)
            await until(lambda name=name: len(heard.frames[name]) == 3)  # type: ignore[misc]
            two.caller.remove_sender(stream)
            await two.negotiate()
            assert heard.ended[-1] is heard.streams[name]
        assert len({stream.id for stream in heard.streams.values()}) == 5


async def test_a_removed_stream_sends_nothing_more() -> None:
    async with pair() as two:
        stream = two.caller.add_sender((Codec.OPUS,), stream_id="ada", track_id="microphone")
        await two.negotiate()
        await two.connected()
        stream.send(sound(0))
        await until(lambda: len(two.callee_heard.frames["microphone"]) == 1)
        two.caller.remove_sender(stream)
        stream.send(sound(1))
        await asyncio.sleep(0.1)
        assert len(two.callee_heard.frames["microphone"]) == 1


async def test_lost_packets_are_sent_again() -> None:
    async with pair() as two:
        stream = two.caller.add_sender((Codec.VP8,), stream_id="ada", track_id="camera")
        await two.negotiate()
        await two.connected()
        camera, heard = Camera(stream), two.callee_heard
        await camera.film(1)
        await until(lambda: len(heard.frames["camera"]) == 1)
        lose(two.callee, 0.1)
        await camera.film(99, pause_s=0.02)
        await until(lambda: len(heard.frames["camera"]) >= 99)
        statistics = heard.streams["camera"].statistics()
        assert statistics.packets_recovered > 20
        assert stream.statistics().packets_retransmitted > 20
        assert len(decode(Codec.VP8, [f.payload for f in heard.frames["camera"]])) >= 99


async def test_a_key_frame_wanted_over_there_is_made_here() -> None:
    async with pair() as two:
        stream = two.caller.add_sender((Codec.VP8,), stream_id="ada", track_id="camera")
        await two.negotiate()
        await two.connected()
        camera, heard = Camera(stream), two.callee_heard
        await camera.film(5)
        await until(lambda: len(heard.frames["camera"]) == 5)
        heard.streams["camera"].request_key_frame()
        await until(lambda: any(feedback.key_frame_wanted for feedback in camera.feedback))
        await camera.film(5)
        await until(lambda: len(heard.frames["camera"]) == 10)
        assert [f.key for f in heard.frames["camera"]].count(True) == 2


async def test_the_sender_hears_of_loss_round_trip_and_bandwidth() -> None:
    async with pair() as two:
        stream = two.caller.add_sender((Codec.VP8,), stream_id="ada", track_id="camera")
        await two.negotiate()
        await two.connected()
        camera = Camera(stream)
        async with asyncio.timeout(10):
            while stream.statistics().rtt_ms is None or camera.feedback[-1].target_bps is None:
                await camera.film(5, pause_s=0.02)
        frames = two.callee_heard.frames["camera"]
        assert frames[-1].capture_ms is not None
        assert stream.statistics().rtt_ms is not None


async def test_the_way_is_measured_and_probes_are_no_media() -> None:
    async with pair() as two:
        layer = SendLayer("f", 1.0, 5_000_000)
        video = two.caller.add_sender((Codec.VP8,), stream_id="ada", track_id="camera", layers=(layer,))
        audio = two.caller.add_sender((Codec.OPUS,), stream_id="ada", track_id="microphone")
        assert two.caller.transport_statistics().capacity_bps is None
        offer, answer = await two.negotiate()
        assert offer.count("transport-cc") == answer.count("transport-cc") >= 2
        await two.connected()
        camera, sent = Camera(video), 0
        async with asyncio.timeout(15):
            while two.caller.transport_statistics().probe_bytes_sent == 0:
                await camera.film(2, pause_s=0.02)
                audio.send(sound(sent))
                sent += 1
        heard = two.callee_heard
        await until(lambda: len(heard.frames["camera"]) == 2 * sent and len(heard.frames["microphone"]) == sent)
        await asyncio.sleep(0.1)
        assert len(heard.frames["camera"]) == 2 * sent
        known = two.caller.transport_statistics()
        assert known.capacity_bps is not None
        assert known.rtt_ms is not None
        assert known.loss_fraction == 0.0
        assert known.wanted_bps > 5_000_000
        assert video.statistics().nacks_received == 0
        assert video.statistics().packets_retransmitted == 0
        assert heard.streams["camera"].statistics().packets_recovered == 0
        assert camera.feedback[-1].target_bps is not None
        assert two.callee.transport_statistics().packets_sent == 0


async def test_an_offer_that_is_refused_changes_nothing() -> None:
    async with pair() as two:
        stream = two.caller.add_sender((Codec.OPUS,), stream_id="ada", track_id="microphone")
        offer, _ = await two.negotiate()
        await two.connected()
        for rubbish in ("", "v=0\r\n", offer.replace("m=audio", "m=video"), offer.split("m=")[0]):
            with pytest.raises(NegotiationError):
                await two.callee.accept_offer(rubbish)
        stream.send(sound(0))
        await until(lambda: len(two.callee_heard.frames["microphone"]) == 1)


async def test_offers_that_cross_are_refused() -> None:
    async with pair() as two:
        two.caller.open_channel("a")
        two.callee.open_channel("b")
        offer = await two.caller.create_offer()
        await two.callee.create_offer()
        with pytest.raises(NegotiationError):
            await two.callee.accept_offer(offer)


async def test_the_other_side_going_is_noticed() -> None:
    async with pair() as two:
        two.caller.open_channel("chat")
        await two.negotiate()
        await two.connected()
        await two.callee.close()
        await until(lambda: two.caller.state is PeerState.FAILED)
        assert two.caller_heard.states == [PeerState.CONNECTING, PeerState.CONNECTED, PeerState.FAILED]


async def test_silence_is_noticed_and_forgiven() -> None:
    now_ms = 0.0
    heard = Heard()
    peer = PeerConnection(LOOPBACK, heard, clock=lambda: now_ms, random=Random(1))
    transport = peer._transport
    transport._change(PeerState.CONNECTED)
    for _ in range(40):
        now_ms += 100.0
        transport.tick(now_ms)
    transport.ice.last_received_ms = now_ms
    transport.tick(now_ms)
    assert heard.states == [PeerState.CONNECTED, PeerState.DISCONNECTED, PeerState.CONNECTED]
    await peer.close()


async def test_closing_leaves_nothing_behind() -> None:
    process = psutil.Process()
    tasks, threads, files = asyncio.all_tasks(), threading.active_count(), process.num_fds()
    async with pair() as two:
        two.caller.open_channel("chat")
        stream = two.caller.add_sender((Codec.VP8,), stream_id="ada", track_id="camera")
        await two.negotiate()
        await two.connected()
        await Camera(stream).film(3)
        assert process.num_fds() > files
    await two.caller.close()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == tasks
    assert threading.active_count() == threads
    assert process.num_fds() == files
    assert two.callee_heard.ended == [two.callee_heard.streams["camera"]]
    assert two.caller_heard.states[-1] is PeerState.CLOSED
    with pytest.raises(NegotiationError):
        await two.caller.create_offer()


@pytest.mark.parametrize("after_s", [0.0, 0.005, 0.01, 0.02, 0.03])
async def test_closing_while_connecting_leaves_nothing_behind(after_s: float) -> None:
    process = psutil.Process()
    tasks, files = asyncio.all_tasks(), process.num_fds()
    async with pair() as two:
        two.caller.open_channel("chat")
        await two.negotiate()
        await asyncio.sleep(after_s)
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == tasks
    assert process.num_fds() == files


async def test_an_offer_under_way_while_closing_is_given_up() -> None:
    files = psutil.Process().num_fds()
    async with pair() as two:
        two.caller.open_channel("chat")
        offer = asyncio.get_running_loop().create_task(two.caller.create_offer())
        await asyncio.sleep(0)
        await two.caller.close()
        with pytest.raises(NegotiationError):
            await offer
    assert psutil.Process().num_fds() == files


async def test_codecs_of_both_kinds_are_refused() -> None:
    async with pair() as two:
        for codecs in ((), (Codec.OPUS, Codec.VP8)):
            with pytest.raises(ValueError, match="codecs"):
                two.caller.add_sender(codecs, stream_id="ada", track_id="x")


async def test_an_answer_that_comes_after_the_end_begins_nothing() -> None:
    async with pair() as two:
        two.caller.add_sender((Codec.OPUS,), stream_id="ada", track_id="microphone")
        await two.negotiate()
        await two.connected()
        answer = await two.callee.accept_offer(await two.caller.create_offer())
        await two.caller.close()
        with pytest.raises(NegotiationError):
            await two.caller.set_answer(answer)
        await two.callee.close()
        assert not [task for task in asyncio.all_tasks() if "tick" in task.get_name()]


async def test_simulcast_that_is_not_taken_becomes_one_stream_also_when_offered_again() -> None:
    layers = (SendLayer("q", 2.0, 150_000), SendLayer("h", 1.0, 500_000))
    async with pair() as two:
        stream = two.caller.add_sender((Codec.VP8,), stream_id="ada", track_id="camera", layers=layers)
        offer, answer = await two.negotiate()
        assert "a=simulcast:send q;h\r\n" in offer
        assert "a=ssrc:" not in offer
        assert "a=rid" not in answer
        assert stream.layers == ()
        await two.connected()
        await Camera(stream).film(5)
        await until(lambda: len(two.callee_heard.frames.get("camera", [])) == 5)
        offer, _ = await two.negotiate()
        assert "a=simulcast" not in offer
        assert f"a=ssrc:{stream.ssrcs[0]} cname:" in offer
        await Camera(stream).film(5)
        await until(lambda: len(two.callee_heard.frames["camera"]) == 10)


async def test_they_may_send_on_an_m_line_of_ours_and_stop_again() -> None:
    async with pair() as two:
        two.caller.add_receivers(sounds=1, pictures=1)
        heard = two.caller_heard
        for round_number in range(2):
            offer = await two.caller.create_offer()
            assert offer.count("a=recvonly") == 2
            silent = await two.callee.accept_offer(offer)
            assert silent.count("a=inactive") == 2
            theirs = f"a=sendonly\r\na=msid:ada camera-{round_number}\r\na=ssrc:77{round_number} cname:x"
            await two.caller.set_answer(theirs.join(silent.rsplit("a=inactive", 1)))
            assert heard.began[-1] == ("1", "ada", f"camera-{round_number}")
            assert heard.streams[f"camera-{round_number}"].is_video
            offer = await two.caller.create_offer()
            await two.caller.set_answer(await two.callee.accept_offer(offer))
            assert heard.ended == [heard.streams[f"camera-{n}"] for n in range(round_number + 1)]


async def test_codecs_that_were_decided_against_are_neither_offered_nor_taken_nor_sent() -> None:
    narrow = replace(LOOPBACK, network=replace(LOOPBACK.network, video_codecs=("h264",)))
    decided = PeerConnection(narrow, Heard(), random=Random(7))
    async with pair() as two:
        stream = decided.add_sender((Codec.VP9, Codec.VP8), stream_id="eve", track_id="camera")
        assert stream.codecs == (Codec.VP8,)
        two.caller.add_sender((Codec.AV1, Codec.H264), stream_id="ada", track_id="camera")
        offered = await decided.create_offer()
        answered = await decided_answer(await two.caller.create_offer(), narrow)
    await decided.close()
    for text in (offered, answered):
        assert "VP8/90000" in text
        assert "H264/90000" in text
        assert "VP9" not in text
        assert "AV1" not in text


async def decided_answer(offer: str, options: PeerOptions) -> str:
    peer = PeerConnection(options, Heard(), random=Random(8))
    answer = await peer.accept_offer(offer)
    await peer.close()
    return answer


def without_transport_feedback(offer: str) -> str:
    """As a server that knows nothing of it would answer: it never saw it offered."""
    lines = [line for line in offer.splitlines() if TRANSPORT_CC not in line and "transport-cc" not in line]
    return "\r\n".join(lines) + "\r\n"


async def test_without_transport_wide_feedback_all_streams_share_what_is_estimated_and_reported() -> None:
    async with pair() as two:
        layer = SendLayer("f", 1.0, 5_000_000)
        video = two.caller.add_sender((Codec.VP8,), stream_id="ada", track_id="camera", layers=(layer,))
        audio = two.caller.add_sender((Codec.OPUS,), stream_id="ada", track_id="microphone")
        answer = await two.callee.accept_offer(without_transport_feedback(await two.caller.create_offer()))
        await two.caller.set_answer(answer)
        await two.connected()
        assert (video.is_numbered, audio.is_numbered) == (False, False)
        camera, told = Camera(video), list[Feedback]()
        audio.on_feedback(told.append)
        remb = RtcpPsfbPacket(RTCP_PSFB_APP, 1, 0, pack_remb_fci(400_000, list(video.ssrcs)))
        two.callee._transport.dtls.send_rtcp(bytes(remb))
        async with asyncio.timeout(15):
            while not told or two.caller.transport_statistics().rtt_ms is None:
                await camera.film(2, pause_s=0.02)
                audio.send(sound(1))
        known = two.caller.transport_statistics()
        assert known.capacity_bps is not None
        assert known.probe_bytes_sent == 0
        assert sum(camera.feedback[-1].layer_targets_bps) < known.capacity_bps
        assert told[-1].target_bps is not None


async def test_packets_are_marked_by_what_they_carry() -> None:
    marked = replace(LOOPBACK, network=NetworkOptions(dscp=34, dscp_sound=46))
    async with pair(options=marked) as two:
        video = two.caller.add_sender((Codec.VP8,), stream_id="ada", track_id="camera")
        audio = two.caller.add_sender((Codec.OPUS,), stream_id="ada", track_id="microphone")
        await two.negotiate()
        await two.connected()
        handle = two.caller._transport.ice._nominated[1].protocol.transport.get_extra_info("socket")
        camera = Camera(video)
        for number in range(2):
            camera.shoot()
            await until(lambda: handle.getsockopt(socket.IPPROTO_IP, socket.IP_TOS) == 34 << 2)
            audio.send(sound(number))
            assert handle.getsockopt(socket.IPPROTO_IP, socket.IP_TOS) == 46 << 2
        await until(lambda: len(two.callee_heard.frames["camera"]) == len(two.callee_heard.frames["microphone"]) == 2)

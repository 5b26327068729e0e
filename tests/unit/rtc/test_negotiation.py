from __future__ import annotations

import pytest

from tests.helpers.rtc_pair import pair
from visio_desktop.rtc import formats, sdp
from visio_desktop.rtc.errors import NegotiationError
from visio_desktop.rtc.frames import Codec
from visio_desktop.rtc.negotiation import MLine, received_key, transport_of

HEAD = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n"
VIDEO = (
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=mid:0\r\na=sendrecv\r\na=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\n"
    "a=rtcp-fb:96 transport-cc\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\na=ssrc:5 msid:s t\r\n"
    "a=extmap:4 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time\r\na=extmap:5 urn:unknown\r\n"
)


def line(text: str) -> MLine:
    session = sdp.parse(HEAD + text)
    remote = session.sections[0]
    made = MLine(remote.kind, remote.mid)
    made.take(remote, session.bundle)
    return made


def test_an_answer_takes_only_what_both_know() -> None:
    made = line(VIDEO)
    section = made.answer()
    assert [f.payload_type for f in section.formats] == [96]
    assert section.feedback == {96: ("nack", "transport-cc")}
    assert section.extensions == {formats.ABS_SEND_TIME: 4}
    assert section.direction == "inactive"
    assert made.is_received


@pytest.mark.parametrize(
    "text",
    [
        "m=text 9 UDP/TLS/RTP/SAVPF 98\r\na=mid:0\r\n",
        VIDEO.replace("VP8", "THEORA"),
        VIDEO.replace("m=video 9", "m=video 0"),
        VIDEO.replace("a=mid:0", "a=mid:1"),
    ],
)
def test_what_cannot_be_is_turned_down(text: str) -> None:
    made = line(text)
    assert made.refused
    assert made.answer().refused is not None
    assert not made.is_received


def test_another_kind_of_media_on_an_m_line_is_refused() -> None:
    made = line(VIDEO)
    audio = sdp.parse(HEAD + VIDEO.replace("m=video", "m=audio")).sections[0]
    with pytest.raises(NegotiationError):
        made.check(audio)


def test_a_source_is_the_same_as_long_as_its_ssrc_and_names_are() -> None:
    (first,) = sdp.parse(HEAD + VIDEO).sections
    (same,) = sdp.parse(HEAD + VIDEO).sections
    (other,) = sdp.parse(HEAD + VIDEO.replace("ssrc:5", "ssrc:6")).sections
    assert received_key(first) == received_key(same) != received_key(other)


def test_a_session_without_a_usable_m_line_is_refused() -> None:
    with pytest.raises(NegotiationError):
        transport_of(sdp.parse(HEAD + VIDEO.replace("m=video 9", "m=video 0")))


async def test_every_codec_is_offered_and_the_wanted_one_first() -> None:
    async with pair() as two:
        two.caller.add_sender((Codec.H264, Codec.VP8), stream_id="ada", track_id="camera")
        offer, _ = await two.negotiate()
        assert "m=video 9 UDP/TLS/RTP/SAVPF 108 109 96 97 98 99 35 36\r\n" in offer


async def test_redundancy_is_sent_only_if_they_put_it_first() -> None:
    async with pair() as two:
        stream = two.caller.add_sender((Codec.OPUS,), stream_id="ada", track_id="microphone")
        answer = await two.callee.accept_offer(await two.caller.create_offer())
        await two.caller.set_answer(answer.replace("SAVPF 111 63", "SAVPF 63 111"))
        assert stream._format is not None
        assert stream._format.red_payload_type == 63


def test_an_m_line_to_receive_on_stays_one() -> None:
    made = MLine("video", "0", is_offered=True)
    offer = made.offer()
    assert offer.direction == "recvonly"
    assert offer.extensions == formats.EXTENSIONS["video"] | formats.PASSED_OVER["video"]
    session = sdp.parse(HEAD + VIDEO.replace("sendrecv", "inactive"))
    made.take(session.sections[0], session.bundle)
    made.answered()
    assert made.offer().direction == "recvonly"
    assert not made.is_free


def test_every_header_extension_has_a_number_of_its_own() -> None:
    everything = {uri: n for kind in ("audio", "video") for uri, n in formats.PASSED_OVER[kind].items()}
    for kind in ("audio", "video"):
        for uri, number in formats.EXTENSIONS[kind].items():
            assert everything.setdefault(uri, number) == number
    assert len(set(everything.values())) == len(everything)

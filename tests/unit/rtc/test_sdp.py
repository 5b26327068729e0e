from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.rtc import sdp
from visio_desktop.rtc.errors import NegotiationError

OFFER = """v=0
o=- 7261194448498143939 1795325736 IN IP4 0.0.0.0
s=-
t=0 0
a=msid-semantic:WMS*
a=fingerprint:sha-256 4A:03:66
a=group:BUNDLE 0 1 2
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=setup:actpass
a=mid:0
a=sendrecv
a=sctp-port:5000
a=max-message-size:65535
a=ice-ufrag:keLhmIhLFoDgkJnz
a=ice-pwd:RFPpmucSxEkiwRwFfqWPqVvBMlAEBULF
a=candidate:2878742611 1 udp 2130706431 127.0.0.1 50009 typ host ufrag keLhmIhLFoDgkJnz
a=end-of-candidates
m=audio 9 UDP/TLS/RTP/SAVPF 111 63 0 8
c=IN IP4 0.0.0.0
a=setup:actpass
a=mid:1
a=rtpmap:111 opus/48000/2
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
a=fmtp:63 111/111
a=rtpmap:0 PCMU/8000
a=rtcp-fb:0 nack
a=extmap:2/recvonly urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=ssrc:999691659 cname:x
a=msid:PA_TwP2QoXbpWDf|TR_AMBZGeLcJMUvVJ TR_AMBZGeLcJMUvVJ
a=sendrecv
m=video 0 UDP/TLS/RTP/SAVPF 96 97
c=IN IP4 0.0.0.0
a=mid:2
a=rtpmap:96 VP8/90000
a=rtcp-fb:* nack pli
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
a=ssrc-group:FID 139472374 69406964
a=ssrc:139472374 msid:stream track
a=ssrc:69406964 msid:stream track
a=rid:q recv
a=rid:h recv pt=96
a=simulcast:recv q;~f;h send x
a=inactive
"""


def test_a_livekit_offer_is_read() -> None:
    session = sdp.parse(OFFER.replace("\n", "\r\n"))
    application, audio, _ = session.sections
    assert session.bundle == ("0", "1", "2")
    assert (application.kind, application.max_message_bytes, application.sctp_port) == ("application", 65_535, 5_000)
    assert application.transport.ufrag == "keLhmIhLFoDgkJnz"
    assert application.transport.fingerprints == [("sha-256", "4A:03:66")]
    assert len(application.transport.candidates) == 1
    assert audio.msid == ("PA_TwP2QoXbpWDf|TR_AMBZGeLcJMUvVJ", "TR_AMBZGeLcJMUvVJ")
    assert audio.maps[111].parameters == {"minptime": "10", "useinbandfec": "1"}
    assert audio.extensions == {"urn:ietf:params:rtp-hdrext:ssrc-audio-level": 2}
    assert audio.sends
    assert audio.receives


def test_retransmissions_are_told_from_media() -> None:
    video = sdp.parse(OFFER).sections[2]
    assert video.media_ssrcs == (139472374,)
    assert video.repairs == {69406964: 139472374}
    assert video.msid == ("stream", "track")
    assert video.maps[96].feedback == ["nack pli"]


def test_the_layers_that_are_taken_are_read() -> None:
    video = sdp.parse(OFFER).sections[2]
    assert video.rids_taken == ("q", "h")
    assert video.simulcast["send"] == ("x",)


@pytest.mark.parametrize(
    "lines",
    [
        "a=simulcast:recv",
        "a=simulcast:",
        "a=simulcast:recv q;h",  # without a=rid
        "a=rid:q recv",
        "a=rid:q send\na=simulcast:recv q",
        "a=rid:" + "q" * 17 + " recv\na=simulcast:recv " + "q" * 17,
        "a=rid:\u00e9 recv\na=simulcast:recv \u00e9",
    ],
)
def test_layers_not_agreed_on_both_lines_are_not_taken(lines: str) -> None:
    head, tail = OFFER.split("a=rid:q recv\n")
    text = head + lines + tail.partition("send x")[2]
    assert sdp.parse(text).sections[2].rids_taken == ()


def test_layers_without_end_are_cut() -> None:
    rids = [f"r{number}" for number in range(1_000)]
    lines = "\n".join(f"a=rid:{rid} recv" for rid in rids) + "\na=simulcast:recv " + ";".join(rids)
    text = OFFER.replace("a=simulcast:recv q;~f;h send x", lines)
    assert len(sdp.parse(text).sections[2].rids_taken) <= 16


def test_a_refused_m_line_neither_sends_nor_receives() -> None:
    video = sdp.parse(OFFER.replace("a=inactive", "a=sendrecv")).sections[2]
    assert video.rejected
    assert not video.sends
    assert not video.receives


def test_the_password_is_not_shown() -> None:
    assert "RFPpmucSxEkiwRwFfqWPqVvBMlAEBULF" not in repr(sdp.parse(OFFER))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "v=0\r\n",
        OFFER.replace("v=0", "v=1"),
        OFFER.replace("rtpmap:111", "rtpmap:x"),
        OFFER.replace("rtpmap:111", "rtpmap:128"),
        OFFER.replace("rtpmap:111", "rtpmap:72"),
        OFFER.replace("opus/48000/2", "opus"),
        OFFER.replace("a=mid:1", "a=mid:0"),
        OFFER.replace("a=mid:1", "a=mid:"),
        OFFER.replace("ssrc:999691659", "ssrc:99969165900"),
        OFFER.replace("ice-ufrag:keLhmIhLFoDgkJnz", "ice-ufrag:k"),
        OFFER.replace("m=audio 9", "m=audio x"),
        OFFER + "a=x\r\n" * 5_000,
        OFFER + "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n" * 600,
        OFFER + " " * sdp.MAX_SDP_BYTES,
    ],
)
def test_what_is_odd_is_refused(text: str) -> None:
    with pytest.raises(NegotiationError):
        sdp.parse(text)


@given(st.text(max_size=200))
def test_any_text_gives_a_session_or_the_one_error(text: str) -> None:
    _parse_or_refuse(text)


@given(st.data())
def test_any_mutation_of_an_offer_gives_a_session_or_the_one_error(data: st.DataObject) -> None:
    lines = OFFER.split("\n")
    index = data.draw(st.integers(0, len(lines) - 1))
    cut = data.draw(st.integers(0, len(lines[index])))
    lines[index] = lines[index][:cut] + data.draw(st.text(max_size=20))
    _parse_or_refuse("\n".join(lines))


def _parse_or_refuse(text: str) -> None:
    try:
        session = sdp.parse(text)
    except NegotiationError:
        return
    assert session.sections

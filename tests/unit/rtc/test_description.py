from __future__ import annotations

from dataclasses import replace

from visio_desktop.rtc import formats, sdp
from visio_desktop.rtc.description import LocalSection, LocalTransport, SentLayer, SentSource, write
from visio_desktop.rtc.frames import Codec

TRANSPORT = LocalTransport("user", "p" * 22, "AA:BB", "actpass", ("1 1 udp 1 127.0.0.1 5000 typ host",))


def video(direction: str = "sendonly") -> LocalSection:
    return LocalSection(
        "video",
        "1",
        direction,
        (formats.OFFERED[Codec.VP8], formats.OFFERED[Codec.H264]),
        formats.EXTENSIONS["video"],
        {96: formats.FEEDBACK["video"]},
        SentSource("ada", "camera", "cname", 7, 8),
    )


def test_what_is_written_is_read_back() -> None:
    sections = (LocalSection("application", "0"), video())
    session = sdp.parse(write(5, 2, sections, TRANSPORT))
    application, section = session.sections
    assert session.bundle == ("0", "1")
    assert application.max_message_bytes == 65_535
    assert (section.kind, section.mid, section.direction) == ("video", "1", "sendonly")
    assert section.msid == ("ada", "camera")
    assert section.media_ssrcs == (7,)
    assert section.repairs == {8: 7}
    assert section.extensions == formats.EXTENSIONS["video"]
    assert section.maps[96].feedback == ["nack", "nack pli", "ccm fir", "goog-remb", "transport-cc"]
    assert [f.codec for f in formats.common(section, (Codec.VP8, Codec.H264))] == [Codec.VP8, Codec.H264]
    assert section.transport.fingerprints == [("sha-256", "AA:BB")]


def test_candidates_stand_once() -> None:
    text = write(5, 2, (LocalSection("application", "0"), video()), TRANSPORT)
    assert text.count("a=candidate:") == 1
    assert text.count("a=fingerprint:") == 2


def test_a_refused_m_line_is_out_of_the_bundle() -> None:
    refused = LocalSection("text", "0", refused=("RTP/AVP", "98"))
    session = sdp.parse(write(5, 2, (refused, video("recvonly")), TRANSPORT))
    assert session.bundle == ("1",)
    assert session.sections[0].rejected
    assert session.sections[1].transport.candidates


def test_opus_is_written_with_fec_dtx_and_redundancy() -> None:
    audio = LocalSection("audio", "0", "sendonly", (formats.OFFERED[Codec.OPUS],))
    text = write(5, 2, (audio,), TRANSPORT)
    assert "a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1\r\n" in text
    assert "a=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n" in text


def test_secrets_are_not_shown() -> None:
    assert "p" * 22 not in repr(TRANSPORT)


def test_simulcast_is_told_by_rids_and_without_ssrcs() -> None:
    layers = tuple(SentLayer(rid, 10 + at, 20 + at) for at, rid in enumerate("qhf"))
    section = replace(video(), source=SentSource("ada", "camera", "cname", 7, 8, layers))
    text = write(5, 2, (section,), TRANSPORT)
    assert "a=rid:q send\r\na=rid:h send\r\na=rid:f send\r\na=simulcast:send q;h;f\r\n" in text
    (read,) = sdp.parse(text).sections
    assert read.msid == ("ada", "camera")
    assert read.ssrcs == {}
    assert (read.simulcast, read.rids_taken) == ({"send": ("q", "h", "f")}, ())

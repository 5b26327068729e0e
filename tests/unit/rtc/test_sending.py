from __future__ import annotations

from random import Random

import pytest
from aiortc.rtcrtpparameters import RTCRtpHeaderExtensionParameters, RTCRtpParameters
from aiortc.rtp import HeaderExtensionsMap, RtcpPacket, RtcpReceiverInfo, RtcpSrPacket, RtpPacket

from tests.helpers.encoded import encoded
from tests.helpers.rtc_pair import sound
from visio_desktop.rtc import formats
from visio_desktop.rtc.description import SentSource
from visio_desktop.rtc.frames import Codec, EncodedFrame, Feedback, OutboundStatistics
from visio_desktop.rtc.payloads import CodecFormat
from visio_desktop.rtc.sending import SendingStream, ntp_time

VP8 = CodecFormat(Codec.VP8, 96, 97)
ALL = {formats.MID: 1, formats.AUDIO_LEVEL: 2, formats.ABS_SEND_TIME: 3}


class Out:
    """A sent stream with all it does."""

    def __init__(self, *codecs: Codec) -> None:
        self.now_ms = 1_000.0
        self.sent: list[RtpPacket] = []
        self.feedback: list[Feedback] = []
        self.map = HeaderExtensionsMap()
        known = [RTCRtpHeaderExtensionParameters(id=n, uri=uri) for uri, n in ALL.items()]
        self.map.configure(RTCRtpParameters(headerExtensions=known))
        self.stream = SendingStream(
            codecs,
            SentSource("ada", "camera", "cname", 7, 8),
            clock=lambda: self.now_ms,
            wall_clock=lambda: self.now_ms,
            random=Random(1),
            extensions=self.map,
            send_rtp=lambda data: self.sent.append(RtpPacket.parse(data, self.map)),
        )
        self.stream.on_feedback(self.feedback.append)


def frame() -> EncodedFrame:
    return encoded(Codec.VP8, 1)[0]


def test_frames_are_dropped_until_agreed_and_connected() -> None:
    out = Out(Codec.VP8, Codec.H264)
    out.stream.send(frame())
    assert out.stream.statistics() == OutboundStatistics()
    out.stream.agree([VP8], "1", ALL)
    out.stream.send(frame())
    assert out.sent == []
    out.stream.flow(True)
    assert out.feedback == [Feedback(key_frame_wanted=True)]
    out.stream.send(frame())
    assert {p.ssrc for p in out.sent} == {7}
    assert out.stream.statistics().frames_sent == 1
    out.stream.refuse()
    out.stream.send(frame())
    assert out.stream.sender_report() is None


def test_a_format_in_use_stays_and_its_sequence_goes_on() -> None:
    out = Out(Codec.VP8, Codec.H264)
    out.stream.agree([VP8], "1", ALL)
    out.stream.flow(True)
    out.stream.send(frame())
    last = out.sent[-1].sequence_number
    h264 = CodecFormat(Codec.H264, 108, 109)
    out.stream.agree([h264], "1", ALL)
    assert not out.stream.is_agreed
    out.sent.clear()
    out.stream.send(frame())
    assert out.sent == []
    out.stream.agree([h264, VP8], "1", ALL)
    out.stream.flow(True)
    assert out.stream.is_agreed
    out.stream.send(frame())
    assert out.sent[0].sequence_number == (last + 1) & 0xFFFF


def test_packets_carry_the_extensions_that_were_agreed_and_no_others() -> None:
    out = Out(Codec.VP8)
    out.stream.agree([VP8], "1", ALL)
    out.stream.flow(True)
    out.stream.send(frame())
    assert out.sent[0].extensions.mid == "1"
    assert out.sent[0].extensions.abs_send_time is not None
    out.stream.agree([VP8], "1", {})
    out.sent.clear()
    out.stream.send(frame())
    assert out.sent[0].extensions.mid is None
    assert out.sent[0].extensions.abs_send_time is None


@pytest.mark.parametrize("agreed", [True, False])
def test_the_audio_level_goes_along_if_agreed(agreed: bool) -> None:
    out = Out(Codec.OPUS)
    out.stream.agree([CodecFormat(Codec.OPUS, 111)], "0", ALL if agreed else {})
    out.stream.flow(True)
    out.stream.send(sound(1))
    assert out.sent[0].extensions.audio_level == ((True, 30) if agreed else None)


def test_the_negotiated_codec_counts_and_others_are_refused() -> None:
    out = Out(Codec.H264, Codec.VP8)
    codecs = [out.stream.codec]
    out.stream.agree([VP8], "1", {})
    out.stream.flow(True)
    codecs.append(out.stream.codec)
    assert codecs == [Codec.H264, Codec.VP8]
    with pytest.raises(ValueError, match="VP8"):
        out.stream.send(sound(1))


def test_lost_packets_are_sent_again_on_their_own_ssrc() -> None:
    out = Out(Codec.VP8)
    out.stream.agree([VP8], "1", ALL)
    out.stream.flow(True)
    out.stream.send(frame())
    lost = out.sent[0].sequence_number
    out.sent.clear()
    out.stream.nacked([lost, lost + 0x10000], 1_100.0)
    assert [(p.ssrc, p.payload_type) for p in out.sent] == [(8, 97)]


def test_the_network_is_heard() -> None:
    out = Out(Codec.VP8)
    out.stream.agree([VP8], "1", ALL)
    out.stream.flow(True)
    out.stream.send(frame())
    out.stream.estimated(300_000)
    out.stream.receiver_report(RtcpReceiverInfo(7, 128, 0, 0, 0, 0, 0))
    out.stream.receiver_report(RtcpReceiverInfo(8, 255, 0, 0, 0, 0, 0))
    out.stream.key_frame_wanted()
    assert out.feedback[1].target_bps == 300_000
    assert all(f.target_bps is not None for f in out.feedback[1:])
    assert [f.loss_fraction for f in out.feedback[1:]] == [None, 0.5, 0.5]
    assert out.feedback[-1].key_frame_wanted
    out.stream.on_feedback(None)
    out.stream.estimated(1)
    assert len(out.feedback) == 4


def test_a_report_names_the_time_of_day() -> None:
    out = Out(Codec.VP8)
    out.stream.agree([VP8], "1", {})
    out.stream.flow(True)
    assert out.stream.sender_report() is None
    out.stream.send(frame())
    (report,) = RtcpPacket.parse(out.stream.sender_report() or b"")
    assert isinstance(report, RtcpSrPacket)
    assert report.sender_info.ntp_timestamp == ntp_time(1_000.0) == (2_208_988_801 << 32)

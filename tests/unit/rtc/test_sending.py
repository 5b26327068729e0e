from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random

import pytest
from aiortc.rtcrtpparameters import RTCRtpHeaderExtensionParameters, RTCRtpParameters
from aiortc.rtp import HeaderExtensionsMap, RtcpReceiverInfo, RtcpSrPacket, RtpPacket

from tests.helpers.encoded import encoded
from tests.helpers.rtc_pair import sound
from visio_desktop.rtc import formats
from visio_desktop.rtc.congestion.writer import PacketKind
from visio_desktop.rtc.depacketize import vp8
from visio_desktop.rtc.description import SentLayer, SentSource
from visio_desktop.rtc.frames import Codec, EncodedFrame, Feedback, OutboundStatistics, SendLayer
from visio_desktop.rtc.payloads import CodecFormat
from visio_desktop.rtc.sending import SendingStream, ntp_time

VP8 = CodecFormat(Codec.VP8, 96, 97)
ALL = {formats.MID: 1, formats.AUDIO_LEVEL: 2, formats.ABS_SEND_TIME: 3}
PLAIN = SentSource("ada", "camera", "cname", 7, 8)


class Out:
    """A sent stream with all it does."""

    def __init__(
        self,
        *codecs: Codec,
        layers: tuple[SendLayer, ...] = (),
        source: SentSource = PLAIN,
        extensions: Mapping[str, int] = ALL,
    ) -> None:
        self.now_ms = 1_000.0
        self.sent: list[RtpPacket] = []
        self.kinds: list[PacketKind] = []
        self.feedback: list[Feedback] = []
        self.map = HeaderExtensionsMap()
        known = [RTCRtpHeaderExtensionParameters(id=n, uri=uri) for uri, n in extensions.items()]
        self.map.configure(RTCRtpParameters(headerExtensions=known))
        self.stream = SendingStream(
            codecs,
            source,
            layers=layers,
            clock=lambda: self.now_ms,
            wall_clock=lambda: self.now_ms,
            random=Random(1),
            write=self._write,
        )
        self.stream.on_feedback(self.feedback.append)

    def _write(self, packets: Sequence[RtpPacket], kind: PacketKind) -> None:
        self.kinds += [kind] * len(packets)
        self.sent += [RtpPacket.parse(packet.serialize(self.map), self.map) for packet in packets]


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
    assert out.stream.sender_reports() == []


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
    out.stream.nacked(7, [lost, lost + 0x10000], 1_100.0)
    assert [(p.ssrc, p.payload_type) for p in out.sent] == [(8, 97)]
    assert out.kinds[-1] is PacketKind.RETRANSMISSION


def test_the_network_is_heard() -> None:
    out = Out(Codec.VP8)
    out.stream.agree([VP8], "1", ALL)
    out.stream.flow(True)
    out.stream.send(frame())
    out.stream.allot((300_000,))
    told = [out.stream.receiver_report(RtcpReceiverInfo(7, 128, 0, 0, 0, 0, 0)) for _ in range(2)]
    assert told == [(0.5, len(out.sent), None), (0.5, 0, None)]  # nothing was sent since
    assert out.stream.receiver_report(RtcpReceiverInfo(8, 255, 0, 0, 0, 0, 0)) == (0.0, 0, None)
    out.stream.key_frame_wanted(7)
    assert out.feedback[1].target_bps == 300_000
    assert all(f.target_bps is not None for f in out.feedback[1:])
    assert [f.loss_fraction for f in out.feedback[1:]] == [None, 0.5, 0.5, 0.5]
    assert out.feedback[-1].key_frame_wanted
    out.stream.on_feedback(None)
    out.stream.allot((1,))
    assert len(out.feedback) == 5


def test_a_report_names_the_time_of_day() -> None:
    out = Out(Codec.VP8)
    out.stream.agree([VP8], "1", {})
    out.stream.flow(True)
    assert out.stream.sender_reports() == []
    out.stream.send(frame())
    (report,) = out.stream.sender_reports()
    assert isinstance(report, RtcpSrPacket)
    assert report.sender_info.ntp_timestamp == ntp_time(1_000.0) == (2_208_988_801 << 32)


class Sealer:
    """Seals by turning bytes around, or not at all."""

    def __init__(self, *, works: bool = True) -> None:
        self.works = works

    def seal(self, codec: Codec, payload: bytes) -> bytes | None:
        assert codec is Codec.VP8 or codec is Codec.OPUS
        return payload[::-1] if self.works else None


def test_only_what_was_sealed_is_sent() -> None:
    out = Out(Codec.VP8)
    sealer = Sealer(works=False)
    out.stream.seal_with(sealer)
    out.stream.agree([VP8], "1", ALL)
    out.stream.flow(True)
    out.stream.send(frame())
    assert out.sent == []
    assert out.stream.statistics().frames_sent == 0
    sealer.works = True
    out.stream.send(frame())
    media = b"".join([vp8.parse(packet.payload).body for packet in out.sent])
    assert media == frame().payload[::-1]


def test_sealed_sound_is_not_sent_twice() -> None:
    """Receivers open a packet as one frame."""
    out = Out(Codec.OPUS)
    out.stream.seal_with(Sealer())
    out.stream.agree([CodecFormat(Codec.OPUS, 111, red_payload_type=63)], "1", ALL)
    out.stream.flow(True)
    out.stream.send(sound(0))
    out.stream.send(sound(960))
    assert [packet.payload_type for packet in out.sent] == [111, 111]
    assert out.sent[1].payload == sound(960).payload[::-1]


LAYERS = (SendLayer("q", 4.0, 150_000), SendLayer("h", 2.0, 450_000), SendLayer("f", 1.0, 1_700_000))
SENT = tuple(SentLayer(layer.rid, 10 + at, 20 + at) for at, layer in enumerate(LAYERS))
WITH_RIDS = {**ALL, formats.RID: 4, formats.REPAIRED_RID: 5}


def simulcast(rids: str = "qhf") -> Out:
    out = Out(Codec.VP8, layers=LAYERS, source=SentSource("ada", "camera", "cname", 7, 8, SENT), extensions=WITH_RIDS)
    out.stream.agree([VP8], "1", WITH_RIDS, rids)
    out.stream.flow(True)
    return out


def test_each_layer_has_packets_of_its_own_at_one_time() -> None:
    out = simulcast()
    for index in range(3):
        out.stream.send(replace(frame(), layer=index))
    assert {(p.ssrc, p.extensions.rtp_stream_id) for p in out.sent} == {(10, "q"), (11, "h"), (12, "f")}
    assert len({p.timestamp for p in out.sent}) == 1
    assert out.stream.ssrcs == (10, 20, 11, 21, 12, 22)
    assert {report.ssrc for report in out.stream.sender_reports()} == {10, 11, 12}
    counts = out.stream.statistics()
    assert [(layer.rid, layer.frames_sent, layer.key_frames) for layer in counts.layers] == [
        ("q", 1, 1),
        ("h", 1, 1),
        ("f", 1, 1),
    ]
    assert (counts.frames_sent, counts.packets_sent) == (3, len(out.sent))
    out.stream.send(replace(frame(), layer=3))
    assert out.stream.statistics().frames_sent == 3


def test_what_is_said_of_an_ssrc_reaches_its_layer_alone() -> None:
    out = simulcast()
    for index in range(3):
        out.stream.send(replace(frame(), layer=index))
    lost = next(p.sequence_number for p in out.sent if p.ssrc == 11)
    out.sent.clear()
    out.stream.nacked(11, [lost], 1_100.0)
    out.stream.nacked(99, [lost], 1_100.0)
    assert [(p.ssrc, p.extensions.repaired_rtp_stream_id) for p in out.sent] == [(21, "h")]
    out.stream.key_frame_wanted(12)
    assert (out.feedback[-1].key_frame_wanted, out.feedback[-1].key_frame_layers) == (True, (2,))
    out.stream.key_frame_wanted(11)
    assert out.feedback[-1].key_frame_layers == (1,)
    out.stream.receiver_report(RtcpReceiverInfo(12, 64, 0, 0, 0, 0, 0))
    assert [layer.loss_fraction for layer in out.stream.statistics().layers] == [0, 0, 0.25]


def test_a_server_that_takes_no_simulcast_gets_one_plain_stream() -> None:
    for extensions, rids in ((WITH_RIDS, ""), (ALL, "qhf")):
        out = Out(Codec.VP8, layers=LAYERS, source=SentSource("ada", "camera", "cname", 7, 8, SENT))
        out.stream.agree([VP8], "1", extensions, rids)
        out.stream.flow(True)
        out.stream.send(frame())
        assert {(p.ssrc, p.extensions.rtp_stream_id) for p in out.sent} == {(7, None)}
        assert (out.stream.layers, out.stream.source.layers) == ((), ())
        assert [layer.highest_bps for layer in out.stream.demand().layers] == [1_700_000]


def test_only_the_layers_taken_are_sent() -> None:
    out = simulcast("qf")
    assert [layer.rid for layer in out.stream.layers] == ["q", "f"]
    out.stream.send(replace(frame(), layer=1))
    assert {p.extensions.rtp_stream_id for p in out.sent} == {"f"}


def test_targets_are_told_once_and_to_whoever_comes_later() -> None:
    out = simulcast()
    out.feedback.clear()
    for _ in range(2):
        out.stream.allot((150_000, 450_000, 0))
    out.stream.want_layers((True, False, False))
    out.stream.want_layers((True,))
    assert [f.layer_targets_bps for f in out.feedback] == [(150_000, 450_000, 0), (150_000, 0, 0)]
    later: list[Feedback] = []
    out.stream.on_feedback(later.append)
    assert [f.layer_targets_bps for f in later] == [(150_000, 0, 0)]
    assert [layer.wanted for layer in out.stream.demand().layers] == [True, False, False]


def test_layers_that_were_sent_tell_when_they_pause_and_come_back() -> None:
    out, told = simulcast(), list[tuple[int, ...]]()
    wanted: tuple[int, ...] = (150_000, 450_000, 0)
    out.stream.on_pause(lambda: told.append(wanted))
    out.stream.allot(wanted)
    assert told == [], "nothing was sent yet"
    out.stream.send(replace(frame(), layer=0))
    out.stream.send(replace(frame(), layer=1))
    wanted = (150_000, 300_000, 900_000)
    out.stream.allot(wanted)
    assert told == [], "that layer begins"
    for wanted in ((150_000, 0, 0), (100_000, 0, 0), (150_000, 300_000, 0), ()):
        out.stream.allot(wanted)
    assert told == [(150_000, 0, 0), (150_000, 300_000, 0)]
    out.stream.want_layers((True, False, False))
    assert len(told) == 2, "the server knows what it wants itself"


def test_hushed_for_a_moment_nothing_is_sent_nor_sent_again() -> None:
    out = simulcast()
    out.stream.allot((150_000, 450_000, 0))
    out.stream.send(replace(frame(), layer=1))
    (ssrc,), (number, *_) = {p.ssrc for p in out.sent}, [p.sequence_number for p in out.sent]
    out.feedback.clear()
    out.sent.clear()
    out.stream.hush(quiet=True)
    assert out.stream.is_quiet
    out.stream.send(replace(frame(), layer=1))
    out.stream.allot((140_000, 400_000, 0))
    out.stream.nacked(ssrc, [number], 1_100.0)
    assert out.sent == []
    assert {f.layer_targets_bps for f in out.feedback} == {(0, 0, 0)}
    out.stream.hush(quiet=False)
    assert out.feedback[-1].layer_targets_bps == (140_000, 400_000, 0)
    out.stream.nacked(ssrc, [number], 1_200.0)
    assert out.sent == [], "what was sent before is of no use any more"
    out.stream.send(replace(frame(), layer=1))
    assert {p.ssrc for p in out.sent} == {ssrc}


def test_of_a_paused_layer_nothing_is_sent_again() -> None:
    out = simulcast()
    out.stream.send(replace(frame(), layer=1))
    (ssrc,), (number, *_) = {p.ssrc for p in out.sent}, [p.sequence_number for p in out.sent]
    out.stream.allot((100_000, 0, 0))
    out.sent.clear()
    out.stream.nacked(ssrc, [number], 1_100.0)
    assert out.sent == []
    out.stream.allot((100_000, 100_000, 0))
    out.stream.nacked(ssrc, [number], 1_100.0)
    assert {p.ssrc for p in out.sent} == out.stream.ssrcs_of(1) - {ssrc}


def test_probes_are_of_the_layer_sent_last() -> None:
    out = simulcast()
    assert out.stream.retransmittable(5_000) == []
    out.stream.send(replace(frame(), layer=0))
    out.now_ms += 33
    out.stream.send(replace(frame(), layer=1))
    probes = out.stream.retransmittable(5_000)
    assert probes
    assert {(p.ssrc, p.extensions.repaired_rtp_stream_id) for p in probes} == {(21, "h")}
    out.stream.refuse()
    assert out.stream.retransmittable(5_000) == []


def test_padding_names_the_lowest_layer_and_is_sent_by_nobody_who_is_refused() -> None:
    out = simulcast()
    (padding,) = out.stream.padding(100)
    assert (padding.extensions.rtp_stream_id, padding.extensions.repaired_rtp_stream_id) == (None, "q")
    assert {padding.ssrc} < out.stream.ssrcs_of(0)
    assert padding.payload == b""
    out.stream.refuse()
    assert out.stream.padding(100) == []


def test_without_anybody_making_frames_nothing_is_asked_for() -> None:
    out = simulcast()
    assert all(layer.wanted for layer in out.stream.demand().layers)
    out.stream.on_feedback(None)
    assert not any(layer.wanted for layer in out.stream.demand().layers)


def test_sound_that_does_not_fit_twice_is_sent_once() -> None:
    out = Out(Codec.OPUS)
    out.stream.agree([CodecFormat(Codec.OPUS, 111, red_payload_type=63)], "0", ALL)
    out.stream.flow(True)
    sizes = []
    for number, allotted_bps in enumerate((0, 88_000, 50_000, 88_000)):
        out.stream.allot((allotted_bps,) if allotted_bps else ())
        out.stream.send(sound(number))
        sizes.append(len(out.sent[-1].payload))
    assert sizes[1] == sizes[3] > sizes[2] == sizes[0]  # there is nothing before the first
    assert [f.target_bps for f in out.feedback] == [32_000, 26_000, 32_000]
    out.stream.receiver_report(RtcpReceiverInfo(7, 50, 0, 0, 0, 0, 0))
    out.stream.allot((50_000,))
    out.stream.send(sound(4))
    assert len(out.sent[-1].payload) == sizes[1]
    assert out.feedback[-1].target_bps == 13_000


def test_what_the_transport_tells_as_lost_is_sent_again_by_its_own_layer() -> None:
    out = simulcast()
    for index in range(3):
        out.stream.send(replace(frame(), layer=index))
    lost = next(p.sequence_number for p in out.sent if p.ssrc == 11)
    out.sent.clear()
    out.stream.lost(11, [lost], 1_100.0)
    out.stream.lost(99, [lost], 1_100.0)
    (repair,) = out.sent
    assert (repair.ssrc, repair.extensions.repaired_rtp_stream_id) == (21, "h")
    assert out.kinds[-1] is PacketKind.RETRANSMISSION
    out.stream.lost(21, [repair.sequence_number], 1_200.0)
    assert [p.ssrc for p in out.sent] == [21, 21]
    out.stream.allot((100_000, 0, 0))
    out.stream.lost(21, [out.sent[-1].sequence_number], 1_300.0)
    assert len(out.sent) == 2


def test_pictures_are_sent_as_often_as_asked_and_sound_is_not() -> None:
    out = simulcast()
    out.stream.double(1)
    out.stream.send(frame())
    numbers = [p.sequence_number for p in out.sent if p.ssrc == 10]
    assert [int.from_bytes(p.payload[:2]) for p in out.sent if p.ssrc == 20] == numbers
    assert out.stream.statistics().packets_sent == len(numbers)
    assert out.stream.statistics().packets_retransmitted == 0
    out.sent.clear()
    out.stream.double(0)
    out.stream.send(frame())
    assert {p.ssrc for p in out.sent} == {10}
    voice = Out(Codec.OPUS)
    voice.stream.agree([CodecFormat(Codec.OPUS, 111)], "0", ALL)
    voice.stream.flow(True)
    voice.stream.double(1)
    voice.stream.send(sound(0))
    assert len(voice.sent) == 1


def test_a_server_that_keeps_asking_while_a_layer_is_paused_gets_fewer_key_frames() -> None:
    counts = []
    for targets_bps in ((150_000, 450_000, 0), (150_000, 450_000, 1_700_000)):
        out = simulcast()
        out.stream.allot(targets_bps)
        out.feedback.clear()
        for _ in range(20):
            out.now_ms += 1_000
            out.stream.key_frame_wanted(11)
        counts.append(sum(told.key_frame_layers == (1,) for told in out.feedback))
    assert counts == [8, 20]


def test_a_key_frame_asked_for_right_after_the_last_comes_with_a_later_picture() -> None:
    out = simulcast()
    key, later = encoded(Codec.VP8, 2)
    out.stream.key_frame_wanted(11)
    out.stream.send(replace(key, layer=1))
    out.now_ms += 100
    out.stream.key_frame_wanted(11)
    out.feedback.clear()
    out.stream.send(replace(later, layer=1))
    assert out.feedback == []
    out.now_ms += 200
    out.stream.send(replace(later, layer=1))
    out.stream.send(replace(later, layer=1))
    assert [told.key_frame_layers for told in out.feedback] == [(1,)]

from __future__ import annotations

import time

from visio_desktop.rtc import formats, sdp
from visio_desktop.rtc.frames import Codec
from visio_desktop.rtc.payloads import CodecFormat

HEAD = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
VIDEO = """m=video 9 UDP/TLS/RTP/SAVPF 98 99 100 96 97 125 108 109
a=rtpmap:96 VP8/90000
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
a=rtpmap:98 VP9/90000
a=fmtp:98 profile-id=0
a=rtpmap:99 rtx/90000
a=fmtp:99 apt=98
a=rtpmap:100 VP9/90000
a=fmtp:100 profile-id=1
a=rtpmap:125 H264/90000
a=fmtp:125 packetization-mode=0;profile-level-id=42e01f
a=rtpmap:108 H264/90000
a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f
a=rtpmap:109 rtx/90000
a=fmtp:109 apt=108
"""
AUDIO = """m=audio 9 UDP/TLS/RTP/SAVPF 111 63 0
a=rtpmap:111 opus/48000/2
a=rtpmap:63 red/48000/2
a=fmtp:63 111/111
a=rtpmap:0 PCMU/8000
"""


def section(text: str) -> sdp.Section:
    return sdp.parse(HEAD + text).sections[0]


def test_common_formats_keep_their_order_and_payload_types() -> None:
    found = formats.common(section(VIDEO), (Codec.VP8, Codec.VP9, Codec.H264))
    assert [(f.codec, f.payload_type, f.rtx_payload_type) for f in found] == [
        (Codec.VP9, 98, 99),
        (Codec.VP8, 96, 97),
        (Codec.H264, 108, 109),
    ]


def test_only_the_main_profile_of_av1_is_taken() -> None:
    lines = "m=video 9 UDP/TLS/RTP/SAVPF 45 46 35 36\r\na=rtpmap:45 AV1/90000\r\na=fmtp:45 profile=1\r\n"
    lines += "a=rtpmap:35 AV1/90000\r\na=rtpmap:36 rtx/90000\r\na=fmtp:36 apt=35"
    found = formats.common(section(lines), formats.RECEIVED["video"])
    assert [(f.codec, f.payload_type, f.rtx_payload_type) for f in found] == [(Codec.AV1, 35, 36)]


def test_only_wanted_codecs_are_common() -> None:
    assert [f.codec for f in formats.common(section(VIDEO), (Codec.VP8,))] == [Codec.VP8]
    assert formats.common(section(AUDIO), (Codec.VP8,)) == ()


def test_opus_comes_with_its_redundancy() -> None:
    assert formats.common(section(AUDIO), (Codec.OPUS,)) == (CodecFormat(Codec.OPUS, 111, None, 63),)


def test_redundancy_of_another_codec_or_not_listed_is_left() -> None:
    for text in (AUDIO.replace("111/111", "0/0"), AUDIO.replace("111 63 0", "111 0")):
        (opus,) = formats.common(section(text), (Codec.OPUS,))
        assert opus.red_payload_type is None


def test_a_hostile_list_of_formats_costs_little() -> None:
    numbers = [n for n in range(128) if not 72 <= n <= 76]
    lines = [f"m=video 9 UDP/TLS/RTP/SAVPF {' '.join(['096'] * 400)}"]
    lines += [f"a=rtpmap:{n} rtx/90000\r\na=fmtp:{n} {'x=1;' * 240}apt=96" for n in numbers if n != 96]
    lines += ["a=rtpmap:96 VP8/90000"] + ["a=rtcp-fb:* nack"] * 1_000
    hostile = section("\r\n".join(lines))
    started = time.process_time()
    found = formats.common(hostile, (Codec.VP8,))
    assert time.process_time() - started < 0.5
    assert [(f.codec, f.payload_type, f.rtx_payload_type) for f in found] == [(Codec.VP8, 96, None)]
    assert len(hostile.maps[96].feedback) == 16


def test_offered_payload_types_are_those_of_livekit_and_never_clash() -> None:
    numbers = [
        n for f in formats.OFFERED.values() for n in (f.payload_type, f.rtx_payload_type, f.red_payload_type) if n
    ]
    assert len(set(numbers)) == len(numbers)
    assert [formats.OFFERED[c].payload_type for c in (Codec.OPUS, Codec.VP8, Codec.VP9, Codec.H264)] == [
        111,
        96,
        98,
        108,
    ]


def test_what_is_received_can_be_narrowed_but_never_below_what_is_sent() -> None:
    assert formats.received(None) == formats.RECEIVED
    assert formats.received(("h264",)) == {"audio": (Codec.OPUS,), "video": (Codec.VP8, Codec.H264)}
    assert formats.received(("theora",))["video"] == (formats.ALWAYS,)

"""Which payload formats we offer and which of theirs we take.

The payload types are those LiveKit itself uses, so that one number means one codec in both directions of a bundle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from visio_desktop.rtc.frames import Codec
from visio_desktop.rtc.payloads import CodecFormat
from visio_desktop.rtc.sdp import RtpMap, Section

MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
TRANSPORT_CC = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"

EXTENSIONS = {
    "audio": {MID: 1, AUDIO_LEVEL: 2, TRANSPORT_CC: 6},
    "video": {MID: 1, ABS_SEND_TIME: 3, RID: 4, REPAIRED_RID: 5, TRANSPORT_CC: 6},
}
"""The header extensions we offer by kind of m-line, with our ids (RFC 8285)."""

_CAPTURE_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time"
_DEPENDENCIES = "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension"
_PLAYOUT_DELAY = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"

PASSED_OVER = {
    "audio": {_CAPTURE_TIME: 7},
    "video": {_CAPTURE_TIME: 7, _DEPENDENCIES: 8, _PLAYOUT_DELAY: 9},
}
"""Header extensions that an offer to receive names besides, only to give them an id: nobody reads them here.

LiveKit writes them wherever pion knows them, under an id that means something else to us where ours is not told.
"""

FEEDBACK = {"audio": ("transport-cc",), "video": ("nack", "nack pli", "ccm fir", "goog-remb", "transport-cc")}
"""The kinds of RTCP feedback we give and take, by kind of m-line."""

OPUS_PARAMETERS = {"minptime": "10", "useinbandfec": "1", "usedtx": "1"}

OFFERED = {
    Codec.OPUS: CodecFormat(Codec.OPUS, 111, None, 63, OPUS_PARAMETERS),
    Codec.VP8: CodecFormat(Codec.VP8, 96, 97),
    Codec.VP9: CodecFormat(Codec.VP9, 98, 99, None, {"profile-id": "0"}),
    Codec.H264: CodecFormat(
        Codec.H264,
        108,
        109,
        None,
        {"level-asymmetry-allowed": "1", "packetization-mode": "1", "profile-level-id": "42e01f"},
    ),
    Codec.AV1: CodecFormat(Codec.AV1, 35, 36),
}

RECEIVED = {
    "audio": (Codec.OPUS,),
    "video": (Codec.VP8, Codec.VP9, Codec.H264, Codec.AV1),
}
"""What we can receive, by kind of m-line."""

ALWAYS = Codec.VP8
"""The codec of pictures that cannot be done without: ours are sent in it."""


def received(names: Iterable[str] | None) -> Mapping[str, tuple[Codec, ...]]:
    """What we receive, by kind of m-line, of these codecs of pictures; None for all."""
    if names is None:
        return RECEIVED
    wanted = {*names, ALWAYS.value}
    return RECEIVED | {"video": tuple(codec for codec in RECEIVED["video"] if codec.value in wanted)}


def common(section: Section, codecs: Iterable[Codec]) -> tuple[CodecFormat, ...]:
    """The formats of their section that are of these codecs, in their order and with their payload types."""
    wanted = set(codecs)
    found: list[CodecFormat] = []
    repairs = _repairs(section)
    for number in _numbers(section):
        known = section.maps[number]
        codec = _codec(known)
        if codec in wanted and codec is not None:
            red = _red(section, number) if codec is Codec.OPUS else None
            found.append(CodecFormat(codec, number, repairs.get(str(number)), red, known.parameters))
    return tuple(found)


def _numbers(section: Section) -> dict[int, None]:
    """The payload types that the m-line lists and that are described, in its order, each once."""
    listed = (int(text) for text in section.formats if text.isdecimal())
    return dict.fromkeys(number for number in listed if number in section.maps)


def _repairs(section: Section) -> dict[str, int]:
    """The payload type of retransmissions by the text of that which they repeat (RFC 4588: `apt`)."""
    return {m.parameters.get("apt", ""): m.payload_type for m in reversed(_listed(section, "rtx"))}


def _codec(known: RtpMap) -> Codec | None:
    parameters = known.parameters
    match known.name, known.clock_rate_hz:
        case "opus", 48_000:
            return Codec.OPUS
        case "vp8", 90_000:
            return Codec.VP8
        case "vp9", 90_000 if parameters.get("profile-id", "0") == "0":
            return Codec.VP9
        case "h264", 90_000 if parameters.get("packetization-mode", "0") == "1":
            return Codec.H264
        case "av1", 90_000 if parameters.get("profile", "0") == "0":
            return Codec.AV1
        case _:
            return None


def _red(section: Section, payload_type: int) -> int | None:
    return next((m.payload_type for m in _listed(section, "red") if _repeats(m, payload_type)), None)


def _listed(section: Section, name: str) -> list[RtpMap]:
    return [section.maps[number] for number in _numbers(section) if section.maps[number].name == name]


def _repeats(red: RtpMap, payload_type: int) -> bool:
    first = red.fmtp.split("/")[0].strip() or str(payload_type)
    return red.clock_rate_hz == Codec.OPUS.clock_rate_hz and first == str(payload_type)

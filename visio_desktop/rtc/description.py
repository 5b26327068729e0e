"""Writing session descriptions: our m-lines and our transport as text (RFC 8829, always one bundle)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from visio_desktop.rtc.frames import Codec
from visio_desktop.rtc.payloads import CodecFormat

MAX_MESSAGE_BYTES = 65_535


@dataclass(frozen=True, slots=True)
class LocalTransport:
    """What a description says of our end; `setup` is our DTLS role as `a=setup` has it."""

    ufrag: str
    password: str = field(repr=False)
    fingerprint: str
    setup: str
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SentLayer:
    """One simulcast layer of a stream we send. Its SSRCs are not told: packets carry the RID (RFC 8852)."""

    rid: str
    ssrc: int
    rtx_ssrc: int


@dataclass(frozen=True, slots=True)
class SentSource:
    """What an m-line says of the stream we send on it; with layers, lowest first, it is these that are sent."""

    stream_id: str
    track_id: str
    cname: str
    ssrc: int
    rtx_ssrc: int | None
    layers: tuple[SentLayer, ...] = ()


@dataclass(frozen=True, slots=True)
class LocalSection:
    """One of our m-lines. `refused` holds the formats of an m-line we turn down; `feedback` is by payload type."""

    kind: str
    mid: str
    direction: str = "inactive"
    formats: tuple[CodecFormat, ...] = ()
    extensions: Mapping[str, int] = field(default_factory=dict)
    feedback: Mapping[int, Sequence[str]] = field(default_factory=dict)
    source: SentSource | None = None
    refused: tuple[str, str] | None = None


def write(session_id: int, version: int, sections: Iterable[LocalSection], transport: LocalTransport) -> str:
    """The whole description. Candidates stand in the first m-line of the bundle only."""
    listed = tuple(sections)
    bundled = [s.mid for s in listed if s.refused is None]
    lines = [
        "v=0",
        f"o=- {session_id} {version} IN IP4 0.0.0.0",
        "s=-",
        "t=0 0",
        f"a=group:BUNDLE {' '.join(bundled)}",
        "a=msid-semantic: WMS *",
    ]
    for section in listed:
        lines += _section(section)
        if section.refused is None:
            lines += _transport(transport, with_candidates=section.mid == bundled[0])
    return "\r\n".join(lines) + "\r\n"


def _section(section: LocalSection) -> Iterator[str]:
    if section.refused is not None:
        protocol, formats = section.refused
        yield f"m={section.kind} 0 {protocol} {formats}"
        yield "c=IN IP4 0.0.0.0"
        yield f"a=mid:{section.mid}"
        yield "a=inactive"
    elif section.kind == "application":
        yield "m=application 9 UDP/DTLS/SCTP webrtc-datachannel"
        yield "c=IN IP4 0.0.0.0"
        yield f"a=mid:{section.mid}"
        yield "a=sctp-port:5000"
        yield f"a=max-message-size:{MAX_MESSAGE_BYTES}"
    else:
        yield from _media(section)


def _media(section: LocalSection) -> Iterator[str]:
    numbers = " ".join(str(n) for f in section.formats for n in _payload_types(f))
    yield f"m={section.kind} 9 UDP/TLS/RTP/SAVPF {numbers}"
    yield "c=IN IP4 0.0.0.0"
    yield "a=rtcp:9 IN IP4 0.0.0.0"
    yield f"a=mid:{section.mid}"
    yield f"a={section.direction}"
    yield "a=rtcp-mux"
    yield "a=rtcp-rsize"
    for uri, number in section.extensions.items():
        yield f"a=extmap:{number} {uri}"
    for each in section.formats:
        yield from _format(each, section.feedback.get(each.payload_type, ()))
    if section.source is not None:
        yield from _source(section.source)


def _payload_types(each: CodecFormat) -> Iterator[int]:
    yield each.payload_type
    if each.red_payload_type is not None:
        yield each.red_payload_type
    if each.rtx_payload_type is not None:
        yield each.rtx_payload_type


def _format(each: CodecFormat, feedback: Sequence[str]) -> Iterator[str]:
    number = each.payload_type
    name = "opus/48000/2" if each.codec is Codec.OPUS else f"{each.codec.name}/{each.codec.clock_rate_hz}"
    yield f"a=rtpmap:{number} {name}"
    for kind in feedback:
        yield f"a=rtcp-fb:{number} {kind}"
    if each.parameters:
        yield f"a=fmtp:{number} " + ";".join(f"{k}={v}" for k, v in each.parameters.items())
    if each.red_payload_type is not None:
        yield f"a=rtpmap:{each.red_payload_type} red/48000/2"
        yield f"a=fmtp:{each.red_payload_type} {number}/{number}"
    if each.rtx_payload_type is not None:
        yield f"a=rtpmap:{each.rtx_payload_type} rtx/{each.codec.clock_rate_hz}"
        yield f"a=fmtp:{each.rtx_payload_type} apt={number}"


def _source(source: SentSource) -> Iterator[str]:
    yield f"a=msid:{source.stream_id} {source.track_id}"
    if source.layers:
        yield from (f"a=rid:{layer.rid} send" for layer in source.layers)
        yield "a=simulcast:send " + ";".join(layer.rid for layer in source.layers)
        return
    ssrcs = [source.ssrc]
    if source.rtx_ssrc is not None:
        ssrcs.append(source.rtx_ssrc)
        yield f"a=ssrc-group:FID {source.ssrc} {source.rtx_ssrc}"
    for ssrc in ssrcs:
        yield f"a=ssrc:{ssrc} cname:{source.cname}"
        yield f"a=ssrc:{ssrc} msid:{source.stream_id} {source.track_id}"


def _transport(transport: LocalTransport, *, with_candidates: bool) -> Iterator[str]:
    yield f"a=ice-ufrag:{transport.ufrag}"
    yield f"a=ice-pwd:{transport.password}"
    yield f"a=fingerprint:sha-256 {transport.fingerprint}"
    yield f"a=setup:{transport.setup}"
    if with_candidates:
        yield from (f"a=candidate:{candidate}" for candidate in transport.candidates)
        yield "a=end-of-candidates"

"""Reading session descriptions (RFC 8866, RFC 8829): text in, frozen values out, `NegotiationError` on anything odd.

Only what this package uses is kept. Work is linear in the text, and the text is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from visio_desktop.rtc.errors import NegotiationError

MAX_SDP_BYTES = 1024 * 1024
MAX_SECTIONS = 512
MAX_SECTION_LINES = 4_000
_MAX_FEEDBACK = 16
_MAX_RIDS = 16
_RID = re.compile(r"[A-Za-z0-9_-]{1,16}")

_DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")
_MEDIA_LINE = re.compile(r"([a-z]{1,20}) (\d{1,5})(?:/\d+)? ([A-Za-z/]{1,40}) ([!-~ ]{1,2000})")


@dataclass(slots=True)
class RtpMap:
    """One payload type of a section: `name` and feedback as written, in lower case; `parameters` from `a=fmtp`."""

    payload_type: int
    name: str
    clock_rate_hz: int
    channels: int = 1
    fmtp: str = ""
    feedback: list[str] = field(default_factory=list)

    @property
    def parameters(self) -> dict[str, str]:
        """The `a=fmtp` parameters by lower-case name."""
        pairs = (part.strip().partition("=") for part in self.fmtp.split(";"))
        return {name.lower(): value for name, _, value in pairs if name}


@dataclass(slots=True)
class Transport:
    """The ICE and DTLS words of a section or of the session."""

    ufrag: str = ""
    password: str = field(default="", repr=False)
    setup: str = ""
    ice_lite: bool = False
    fingerprints: list[tuple[str, str]] = field(default_factory=list)
    candidates: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Section:
    """One m-line. `ssrcs` in order of appearance, `repairs` maps a retransmission's SSRC to the one it repairs.

    `reduced_rtcp`: feedback may go alone, without a report before it (RFC 5506).
    `rids` has the direction of each RID, `simulcast` the RIDs of each direction in the order of `a=simulcast`.
    """

    kind: str
    port: int
    protocol: str
    formats: tuple[str, ...]
    mid: str = ""
    direction: str = "sendrecv"
    msid: tuple[str, str] | None = None
    maps: dict[int, RtpMap] = field(default_factory=dict)
    extensions: dict[str, int] = field(default_factory=dict)
    ssrcs: dict[int, None] = field(default_factory=dict)
    repairs: dict[int, int] = field(default_factory=dict)
    rids: dict[str, str] = field(default_factory=dict)
    simulcast: dict[str, tuple[str, ...]] = field(default_factory=dict)
    transport: Transport = field(default_factory=Transport)
    common_feedback: list[str] = field(default_factory=list)
    max_message_bytes: int = 65_536
    sctp_port: int = 5_000
    reduced_rtcp: bool = False

    @property
    def rejected(self) -> bool:
        """Whether the m-line is refused (RFC 8829: port 0 outside of a bundle)."""
        return self.port == 0

    @property
    def sends(self) -> bool:
        """Whether the writer of this description sends here."""
        return not self.rejected and self.direction in {"sendrecv", "sendonly"}

    @property
    def receives(self) -> bool:
        """Whether the writer of this description receives here."""
        return not self.rejected and self.direction in {"sendrecv", "recvonly"}

    @property
    def rids_taken(self) -> tuple[str, ...]:
        """The simulcast layers that the writer of this description takes, in its order (RFC 8853)."""
        return tuple(rid for rid in self.simulcast.get("recv", ()) if self.rids.get(rid) == "recv")

    @property
    def media_ssrcs(self) -> tuple[int, ...]:
        """The SSRCs that are not retransmissions."""
        return tuple(ssrc for ssrc in self.ssrcs if ssrc not in self.repairs)


@dataclass(frozen=True, slots=True)
class Session:
    """A whole description; `bundle` holds the mids of the one bundle, `transport` what the session says for all."""

    sections: tuple[Section, ...]
    bundle: tuple[str, ...]
    transport: Transport


def parse(text: str) -> Session:
    """Read a description. Raises `NegotiationError`."""
    if len(text) > MAX_SDP_BYTES:
        raise NegotiationError(f"description of {len(text)} characters")
    try:
        return _parse(text)
    except (ValueError, IndexError) as error:
        raise NegotiationError(f"description not understood: {error}") from error


def _parse(text: str) -> Session:
    head, *blocks = re.split(r"^m=", text.replace("\r\n", "\n"), maxsplit=MAX_SECTIONS + 1, flags=re.MULTILINE)
    if not head.startswith("v=0") or not 1 <= len(blocks) <= MAX_SECTIONS:
        raise ValueError("no version, or no or too many media sections")
    session = Transport()
    bundle: tuple[str, ...] | None = None
    for line in head.split("\n"):
        name, _, value = line.removeprefix("a=").partition(":")
        if name == "group" and value.startswith("BUNDLE") and bundle is None:
            bundle = tuple(value.split()[1:])
        elif (read := _TRANSPORT.get(name)) is not None:
            read(session, value.strip())
    sections = tuple(_section(block, index, session) for index, block in enumerate(blocks))
    mids = [section.mid for section in sections]
    if len(set(mids)) != len(mids):
        raise ValueError("mids are not unique")
    return Session(sections, tuple(mids) if bundle is None else bundle, session)


def _section(block: str, index: int, session: Transport) -> Section:
    first, *lines = block.split("\n")
    match = _MEDIA_LINE.fullmatch(first.strip())
    if match is None or len(lines) > MAX_SECTION_LINES:
        raise ValueError("bad media line, or a section too long")
    section = Section(match[1], int(match[2]), match[3], tuple(match[4].split()), mid=str(index))
    section.direction = "sendrecv"
    section.transport.ice_lite = session.ice_lite
    for line in lines:
        name, _, value = line.removeprefix("a=").partition(":")
        value = value.strip()
        if name.strip() in _DIRECTIONS:
            section.direction = name.strip()
        elif (read := _SECTION.get(name)) is not None:
            read(section, value)
        elif (read_transport := _TRANSPORT.get(name)) is not None:
            read_transport(section.transport, value)
    for known in section.maps.values():
        known.feedback = (known.feedback + section.common_feedback)[:_MAX_FEEDBACK]
    _inherit(section.transport, session)
    return section


def _inherit(own: Transport, session: Transport) -> None:
    own.ufrag = own.ufrag or session.ufrag
    own.password = own.password or session.password
    own.setup = own.setup or session.setup
    own.fingerprints = own.fingerprints or session.fingerprints


def _read_rtpmap(section: Section, value: str) -> None:
    number, description = value.split(" ", 1)
    name, rate, *channels = description.strip().split("/")
    payload_type = int(number)
    if not 0 <= payload_type < 128 or 72 <= payload_type <= 76:  # noqa: PLR2004 - 7 bits, without those RTCP uses
        raise ValueError("payload type out of range")
    section.maps[payload_type] = RtpMap(payload_type, name.lower(), int(rate), int(channels[0]) if channels else 1)


def _read_fmtp(section: Section, value: str) -> None:
    number, _, parameters = value.partition(" ")
    if (known := section.maps.get(int(number))) is not None:
        known.fmtp = parameters.strip()[:1_000]


def _read_feedback(section: Section, value: str) -> None:
    number, _, kind = value.partition(" ")
    known = section.maps.get(int(number)) if number != "*" else None
    kinds = section.common_feedback if known is None else known.feedback
    if (number == "*" or known is not None) and len(kinds) < _MAX_FEEDBACK:
        kinds.append(kind.strip().lower())


def _read_extension(section: Section, value: str) -> None:
    number, uri = value.split()[:2]
    identifier = int(number.partition("/")[0])
    if 0 < identifier < 256:  # noqa: PLR2004 - RFC 8285
        section.extensions.setdefault(uri, identifier)


def _read_ssrc(section: Section, value: str) -> None:
    number, _, attribute = value.partition(" ")
    section.ssrcs.setdefault(_ssrc(number))
    if attribute.startswith("msid:") and section.msid is None:
        _read_msid(section, attribute.removeprefix("msid:"))


def _read_ssrc_group(section: Section, value: str) -> None:
    semantics, *numbers = value.split()
    if semantics == "FID" and len(numbers) == 2:  # noqa: PLR2004 - RFC 4588: the source and its repair
        section.repairs[_ssrc(numbers[1])] = _ssrc(numbers[0])


def _read_rid(section: Section, value: str) -> None:
    rid, _, rest = value.partition(" ")
    if _RID.fullmatch(rid) and len(section.rids) < _MAX_RIDS:
        section.rids.setdefault(rid, rest.partition(" ")[0])


def _read_simulcast(section: Section, value: str) -> None:
    """`send q;h;f recv ...`: of alternatives the first; what is paused (`~`) is not taken."""
    words = value.split()
    for direction, listed in zip(words[::2], words[1::2], strict=False):
        first = (alternatives.partition(",")[0] for alternatives in listed.split(";")[:_MAX_RIDS])
        section.simulcast.setdefault(direction, tuple(dict.fromkeys(rid for rid in first if _RID.fullmatch(rid))))


def _ssrc(number: str) -> int:
    ssrc = int(number)
    if not 0 <= ssrc < 2**32:
        raise ValueError("SSRC out of range")
    return ssrc


def _read_msid(section: Section, value: str) -> None:
    words = value.split()
    if words:
        section.msid = (words[0], words[1] if len(words) > 1 else "")


def _read_mid(section: Section, value: str) -> None:
    if not re.fullmatch(r"[!-~]{1,64}", value):
        raise ValueError("bad mid")
    section.mid = value


def _read_message_size(section: Section, value: str) -> None:
    section.max_message_bytes = max(0, int(value))


def _read_reduced_rtcp(section: Section, _value: str) -> None:
    section.reduced_rtcp = True


def _read_sctp_port(section: Section, value: str) -> None:
    section.sctp_port = int(value)


_SECTION: dict[str, Callable[[Section, str], None]] = {
    "rtpmap": _read_rtpmap,
    "fmtp": _read_fmtp,
    "rtcp-fb": _read_feedback,
    "extmap": _read_extension,
    "ssrc": _read_ssrc,
    "ssrc-group": _read_ssrc_group,
    "rid": _read_rid,
    "simulcast": _read_simulcast,
    "msid": _read_msid,
    "mid": _read_mid,
    "max-message-size": _read_message_size,
    "sctp-port": _read_sctp_port,
    "rtcp-rsize": _read_reduced_rtcp,
}


def _read_ufrag(transport: Transport, value: str) -> None:
    transport.ufrag = _token(value, 4)


def _read_password(transport: Transport, value: str) -> None:
    transport.password = _token(value, 22)


def _token(value: str, least: int) -> str:
    if not re.fullmatch(rf"[A-Za-z0-9+/=_-]{{{least},256}}", value):
        raise ValueError("bad ICE user name or password")
    return value


def _read_setup(transport: Transport, value: str) -> None:
    transport.setup = value


def _read_fingerprint(transport: Transport, value: str) -> None:
    algorithm, digest = value.split()
    if len(transport.fingerprints) < 8:  # noqa: PLR2004 - more hash functions are not in use
        transport.fingerprints.append((algorithm.lower(), digest))


def _read_candidate(transport: Transport, value: str) -> None:
    if len(transport.candidates) < 64:  # noqa: PLR2004 - no server has more addresses worth trying
        transport.candidates.append(value)


def _read_lite(transport: Transport, _: str) -> None:
    transport.ice_lite = True


_TRANSPORT: dict[str, Callable[[Transport, str], None]] = {
    "ice-ufrag": _read_ufrag,
    "ice-pwd": _read_password,
    "ice-lite": _read_lite,
    "setup": _read_setup,
    "fingerprint": _read_fingerprint,
    "candidate": _read_candidate,
}

"""The m-lines of a peer connection, and what offers and answers make of each (RFC 8829)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from visio_desktop.rtc import formats
from visio_desktop.rtc.description import LocalSection
from visio_desktop.rtc.errors import NegotiationError
from visio_desktop.rtc.frames import Codec
from visio_desktop.rtc.payloads import CodecFormat
from visio_desktop.rtc.receiving import ReceivingStream
from visio_desktop.rtc.sdp import Section, Session
from visio_desktop.rtc.sending import SendingStream

_DIRECTIONS = {
    (True, True): "sendrecv",
    (True, False): "sendonly",
    (False, True): "recvonly",
    (False, False): "inactive",
}
_MEDIA = frozenset({"audio", "video"})


@dataclass(slots=True)
class MLine:
    """One m-line and what goes over it now. `received_key` says which source of theirs `receiving` stands for.

    `is_offered` says that we have it only to receive on: it stays offered, whether they send on it or not. `codecs` are
    those we take, by kind of m-line.
    """

    kind: str
    mid: str
    sending: SendingStream | None = None
    receiving: ReceivingStream | None = None
    received_key: tuple[object, ...] = ()
    remote: Section | None = None
    is_offered: bool = False
    refused: bool = False
    settled_direction: str = "inactive"
    extensions: Mapping[str, int] = field(default_factory=dict)
    codecs: Mapping[str, tuple[Codec, ...]] = field(default_factory=lambda: formats.RECEIVED)

    @property
    def is_media(self) -> bool:
        """Whether pictures or sound may go here."""
        return self.kind in _MEDIA

    @property
    def is_free(self) -> bool:
        """Whether both sides have agreed that nothing goes here now."""
        settled = self.remote is not None and not self.refused and self.settled_direction == "inactive"
        return settled and self.sending is None and self.receiving is None and not self.is_offered

    def check(self, remote: Section) -> None:
        """Raise `NegotiationError` if they speak of another kind of media."""
        if remote.kind != self.kind and not self.refused:
            raise NegotiationError(f"m-line {self.mid} was {self.kind}, now is {remote.kind}")

    def take(self, remote: Section, bundle: tuple[str, ...]) -> None:
        """Note their words of this m-line."""
        self.kind, self.mid, self.remote = remote.kind, remote.mid, remote
        known = self.kind == "application" or self.is_media
        self.refused = remote.rejected or remote.mid not in bundle or not known
        if self.is_media and not self.refused and not self.receivable:
            self.refused = True
        self.extensions = {uri: number for uri, number in remote.extensions.items() if uri in self._ours()}

    @property
    def receivable(self) -> tuple[CodecFormat, ...]:
        """The formats of theirs that we can receive, in their order."""
        return formats.common(self.remote, self.codecs[self.kind]) if self.remote and self.is_media else ()

    @property
    def is_received(self) -> bool:
        """Whether they send here something we can take."""
        return self.is_media and not self.refused and self.remote is not None and self.remote.sends

    def settle_sending(self) -> None:
        """Tell our stream whether they take it."""
        if self.sending is None:
            return
        taken = self.remote is not None and not self.refused and self.remote.receives
        agreed = formats.common(self.remote, self.sending.codecs) if taken and self.remote else ()
        accepted = [_without_unwanted_red(self.remote, each) for each in agreed if self.remote is not None]
        self.sending.agree(accepted, self.mid, self.extensions, self.remote.rids_taken if self.remote else ())

    def offer(self) -> LocalSection:
        """Our words of this m-line in an offer of ours."""
        if self.refused or not self.is_media:
            return self._plain()
        direction = _DIRECTIONS[self.sending is not None, self.receiving is not None or self.is_offered]
        listed = self._offered()
        extensions = self.extensions if self.remote is not None else self._ours()
        feedback = {f.payload_type: formats.FEEDBACK[self.kind] for f in listed}
        source = self.sending.source if self.sending is not None else None
        return LocalSection(self.kind, self.mid, direction, listed, extensions, feedback, source)

    def answer(self) -> LocalSection:
        """Our words of this m-line in an answer to theirs."""
        if self.refused or not self.is_media or self.remote is None:
            return self._plain()
        sends = self.sending is not None and self.sending.is_agreed
        self.settled_direction = _DIRECTIONS[sends, self.receiving is not None]
        listed = self.receivable
        known = set(formats.FEEDBACK[self.kind])
        feedback = {f.payload_type: _ours(self.remote, f, known) for f in listed}
        source = self.sending.source if sends and self.sending is not None else None
        return LocalSection(self.kind, self.mid, self.settled_direction, listed, self.extensions, feedback, source)

    def answered(self) -> None:
        """Our offer of this m-line was answered."""
        sends = self.sending is not None and self.sending.is_agreed
        self.settled_direction = _DIRECTIONS[sends, self.receiving is not None]

    def _ours(self) -> Mapping[str, int]:
        known = formats.EXTENSIONS.get(self.kind, {})
        return known | formats.PASSED_OVER[self.kind] if self.is_offered else known

    def _offered(self) -> tuple[CodecFormat, ...]:
        """What we send in our order, then all the rest: pion never takes a codec that was not in the first offer."""
        known = {f.codec: f for f in reversed(self.receivable)}
        sent = self.sending.codecs if self.sending is not None else ()
        every = dict.fromkeys((*sent, *self.codecs[self.kind]))
        return tuple(known.get(codec, formats.OFFERED[codec]) for codec in every)

    def _plain(self) -> LocalSection:
        if not self.refused:
            return LocalSection(self.kind, self.mid)
        protocol = self.remote.protocol if self.remote else "UDP/TLS/RTP/SAVPF"
        listed = " ".join(self.remote.formats) if self.remote else "0"
        return LocalSection(self.kind, self.mid, refused=(protocol, listed))


def _ours(remote: Section, each: CodecFormat, known: set[str]) -> tuple[str, ...]:
    return tuple(kind for kind in remote.maps[each.payload_type].feedback if kind in known)


def _without_unwanted_red(remote: Section, chosen: CodecFormat) -> CodecFormat:
    """Redundancy is sent only if they put it before the plain codec."""
    red = chosen.red_payload_type
    if red is None or remote.formats.index(str(red)) < remote.formats.index(str(chosen.payload_type)):
        return chosen
    return replace(chosen, red_payload_type=None)


def received_key(remote: Section) -> tuple[object, ...]:
    """What makes a source on an m-line the same: its SSRCs and its names."""
    return (remote.media_ssrcs[:1], remote.msid)


def transport_of(session: Session) -> Section:
    """The section that speaks for the bundle's transport. Raises `NegotiationError`."""
    for section in session.sections:
        if not section.rejected and section.mid in session.bundle:
            return section
    raise NegotiationError("no m-line is in use")

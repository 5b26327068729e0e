"""The one place that knows private names of aiortc and aioice; both are pinned and each name has a test.

Three classes of theirs, made fit for us:

- `IceConnection`: every way that `ice.gathering` opens is used, also those that stand late; media datagrams go straight
  to a callback (no queue, no task switch per packet), consent is asked for often enough to notice a dead path.
- `DtlsTransport`: the handshake and the keys are aiortc's; media is unprotected here and handed over as plain bytes.
- `SctpTransport`: hostile chunks cannot end the transport.
"""

from __future__ import annotations

import asyncio
import random
import struct
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, cast

import aioice
import aiortc.rtcdatachannel  # noqa: F401 - this module and SCTP's load each other, which works in this order only
import pylibsrtp
from aioice import stun
from aioice.candidate import Candidate
from aioice.ice import CandidatePair, StunProtocol, candidate_pair_priority
from aiortc.rtcdtlstransport import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport
from aiortc.rtcicetransport import RTCIceTransport
from aiortc.rtcsctptransport import RTCSctpTransport
from OpenSSL import SSL

from visio_desktop.rtc.ice.gathering import Gatherer, IceSettings
from visio_desktop.rtc.ice.network import Path
from visio_desktop.rtc.ice.sockets import marking_of
from visio_desktop.system.clock import Clock

PARSER_ERRORS = (ValueError, LookupError, struct.error, AssertionError, TypeError, AttributeError, OverflowError)
"""What the libraries' parsers are known to raise on rubbish from the network."""

_QUEUED_DATAGRAMS = 256
_CONSENT_INTERVAL_S = 2.5
_CONSENT_FAILURES = 5
_CONSENT_RETRIES = 3
# A first check often comes before the other side knows of us, and is dropped: the 500 ms of RFC 8489 to the next would
# be most of the time it takes to connect. Browsers ask again sooner, too.
stun.RETRY_RTO, stun.RETRY_MAX = 0.1, 7


class IceConnection(aioice.Connection):
    """One component's ICE (RFC 8445). `on_media` is given every datagram that looks like SRTP or SRTCP (RFC 7983).

    With `on_candidate`, which is told of candidates found after the description, gathering waits for nothing slow.
    """

    def __init__(
        self,
        settings: IceSettings,
        *,
        controlling: bool,
        on_media: Callable[[bytes], None],
        clock: Clock,
        spread: random.Random,
        on_candidate: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(ice_controlling=controlling, use_ipv4=False, use_ipv6=False)
        self._gatherer = Gatherer(settings, self, spread, tells_later=on_candidate is not None)
        self._on_candidate = on_candidate
        self._marking = marking_of(settings.network)
        self._found: list[Candidate] = []
        self._paths: dict[int, Path] = {}
        self._ends: dict[int, Candidate] = {}
        self._seen_as: tuple[str, int] | None = None
        self._on_media = on_media
        self._clock = clock
        self._spread = spread
        self.last_received_ms = clock()
        self.send_failed_ms: float | None = None
        self.rtt_ms: float | None = None

    async def get_component_candidates(
        self,
        component: int,  # noqa: ARG002 - aioice's signature
        addresses: list[str],  # noqa: ARG002 - as above
        timeout: int = 5,  # noqa: ARG002, ASYNC109 - as above
    ) -> list[aioice.Candidate]:
        """Gather as the settings say; those found by then are ours to tell in a description."""
        await self._gatherer.gather()
        return self._found

    def new_protocol(self) -> StunProtocol:
        """See `Adopter`; media goes past aioice from its first packet on."""
        protocol = StunProtocol(self)
        self._divert(protocol)
        return protocol

    def adopt(self, protocol: StunProtocol, candidate: Candidate, path: Path, only: Candidate | None = None) -> None:
        """See `Adopter`."""
        protocol.local_candidate = candidate
        self._paths[protocol.id] = path
        self._protocols.append(protocol)
        if only is not None:
            self._ends[protocol.id] = only
            self._add_remote_candidate(only, only.host)
            return
        for remote in self._remote_candidates:
            self._pair_remote_candidate(remote)
        self.sort_check_list()
        self.announce(candidate)

    def announce(self, candidate: Candidate) -> None:
        """See `Adopter`."""
        if not self._local_candidates_end:
            self._found.append(candidate)
            return
        self._local_candidates.append(candidate)
        if self._on_candidate is not None:
            self._on_candidate(candidate.to_sdp())

    @property
    def is_settled(self) -> bool:
        """See `Adopter`."""
        return self._check_list_done

    async def add_remote_candidate(self, remote_candidate: Candidate | None) -> None:
        """One that is reached over TCP becomes one of theirs once it has been reached."""
        if remote_candidate is not None and remote_candidate.transport.lower() == "tcp":
            if not self._closing:
                self._gatherer.reach(remote_candidate)
            return
        await super().add_remote_candidate(remote_candidate)

    def _pair_remote_candidate(self, remote_candidate: Candidate) -> None:
        """A connection over TCP leads to one candidate only; the rest is as with sockets."""
        if remote_candidate.transport.lower() != "tcp":
            super()._pair_remote_candidate(remote_candidate)
            return
        for protocol in self._protocols:
            if self._ends.get(protocol.id) is remote_candidate and self._find_pair(protocol, remote_candidate) is None:
                self._check_list.append(CandidatePair(protocol, remote_candidate))

    def check_incoming(self, message: stun.Message, addr: tuple[str, int], protocol: StunProtocol) -> None:
        """Where they choose, ask once more now that they have our answer to their check.

        Pion, and so LiveKit, chooses a pair that works when it is asked on it, else with its next round of checks,
        which comes 200 ms later.
        """
        super().check_incoming(message, addr, protocol)
        if self.ice_controlling or "USE-CANDIDATE" in message.attributes or 1 in self._nominated:
            return
        pair = next((p for p in self._check_list if p.protocol is protocol and p.remote_addr == addr), None)
        if pair is not None:
            request = self.build_request(pair, nominate=False)
            request.add_message_integrity((self.remote_password or "").encode())
            protocol.send_stun(request, addr)

    def build_request(self, pair: CandidatePair, nominate: bool) -> stun.Message:
        """A check; a way we like less is not to be liked more where they see it before they are told of it."""
        request = super().build_request(pair, nominate)
        request.attributes["PRIORITY"] = min(request.attributes["PRIORITY"], pair.local_candidate.priority)
        return request

    def check_complete(self, pair: CandidatePair) -> None:
        """Where we choose, a pair that works does not displace a better one that does (RFC 8445, section 8.1.1)."""
        before = self._nominated.get(1)
        super().check_complete(pair)
        if before is not None and self.ice_controlling and self._rank(before) > self._rank(pair):
            self._nominated[1] = before

    def _rank(self, pair: CandidatePair) -> int:
        return candidate_pair_priority(pair.local_candidate, pair.remote_candidate, self.ice_controlling)

    def protocol_lost(self, protocol: StunProtocol) -> None:
        """A way that breaks is for the watchdog to judge, as one that falls silent: another may be found."""
        if self._closing:
            super().protocol_lost(protocol)

    async def close(self) -> None:
        """Release every way, and what is still being opened."""
        self._closing = True
        await self._gatherer.close()
        await super().close()

    def abandon(self) -> None:
        """Release every socket at once, where `close` took too long."""
        for protocol in self._protocols:
            protocol.transport.close()

    def _divert(self, protocol: StunProtocol) -> None:
        inner = protocol.datagram_received
        on_media, clock = self._on_media, self._clock

        def datagram_received(data: bytes | str, addr: tuple[Any, ...]) -> None:
            if not isinstance(data, bytes) or not data:
                return
            self.last_received_ms = clock()
            if 127 < data[0] < 192:  # noqa: PLR2004 - RFC 7983: the range of RTP and RTCP
                on_media(data)
                return
            try:
                inner(data, addr)
            except PARSER_ERRORS:
                return

        def error_received(exc: Exception) -> None:  # noqa: ARG001 - asyncio's signature
            self.send_failed_ms = clock()

        protocol.datagram_received = datagram_received  # type: ignore[method-assign]
        protocol.error_received = error_received  # type: ignore[method-assign]

    def data_received(self, data: bytes, component: int) -> None:
        """Queue a datagram for the DTLS transport; anything else, or too many of them, is dropped."""
        if 19 < data[0] < 64 and self._queue.qsize() < _QUEUED_DATAGRAMS:  # noqa: PLR2004 - RFC 7983: DTLS
            super().data_received(data, component)

    async def query_consent(self) -> None:
        """Keep asking for consent (RFC 7675), more often than aioice; measures the round trip on the way."""
        failures = 0
        password = (self.remote_password or "").encode()
        while failures < _CONSENT_FAILURES:
            pair = self._nominated.get(1)
            if pair is None:
                break
            request, started = self.build_request(pair, nominate=False), self._clock()
            try:
                answer, _ = await pair.protocol.request(
                    request, pair.remote_addr, integrity_key=password, retransmissions=_CONSENT_RETRIES
                )
            except stun.TransactionError:
                failures += 1
            else:
                failures, self.rtt_ms = 0, self._clock() - started
                self._seen_as = answer.attributes.get("XOR-MAPPED-ADDRESS")
            await asyncio.sleep(_CONSENT_INTERVAL_S * self._spread.uniform(0.8, 1.2))
        self._query_consent_task = None
        await self.close()

    def probe(self) -> None:
        """Ask the other side for a sign of life, which shows in `last_received_ms`; nobody waits for the answer."""
        pair = self._nominated.get(1)
        if pair is not None:
            request = self.build_request(pair, nominate=False)
            request.add_message_integrity((self.remote_password or "").encode())
            pair.protocol.send_stun(request, pair.remote_addr)

    def send_now(self, data: bytes, *, is_sound: bool = False) -> bool:
        """Send on the nominated pair without waiting; False while there is none."""
        pair = self._nominated.get(1)
        if pair is None:
            return False
        if self._marking is not None:
            self._marking.use(pair.protocol.transport, is_sound=is_sound)
        pair.protocol.transport.sendto(data, pair.remote_addr)
        return True

    def nominated(self) -> Path | None:
        """How media goes, None while not connected."""
        pair = self._nominated.get(1)
        return None if pair is None else replace(self._paths[pair.protocol.id], candidate=self._kind(pair))

    def _kind(self, pair: CandidatePair) -> str:
        """Our candidate's kind as the other side sees it: a translated host address is none any more."""
        local = pair.local_candidate
        if local.type != "host" or self._seen_as in {None, (local.host, local.port)} or local.transport != "udp":
            return str(local.type)
        told = any((c.host, c.port) == self._seen_as for c in self._local_candidates)
        return "srflx" if told else "prflx"


class IcePipe:
    """What aiortc's DTLS and SCTP need of an ICE transport. `connection` sends and may be exchanged for another."""

    def __init__(self, connection: IceConnection) -> None:
        self.connection = connection
        self._received: asyncio.Queue[bytes | None] = asyncio.Queue()

    @property
    def role(self) -> str:
        """The ICE role."""
        return "controlling" if self.connection.ice_controlling else "controlled"

    def put(self, data: bytes) -> None:
        """Take in a datagram; too many of them are dropped."""
        if self._received.qsize() < _QUEUED_DATAGRAMS:
            self._received.put_nowait(data)

    def end(self) -> None:
        """Nothing comes any more: whoever reads is told."""
        self._received.put_nowait(None)

    async def _recv(self) -> bytes:
        data = await self._received.get()
        if data is None:
            self.end()
            raise ConnectionError
        return data

    async def _send(self, data: bytes) -> None:
        self.connection.send_now(data)


class DtlsTransport(RTCDtlsTransport):
    """DTLS-SRTP (RFC 5764). Plain RTP and RTCP go to the two callbacks, which must not raise."""

    def __init__(self, pipe: IcePipe, on_rtp: Callable[[bytes], None], on_rtcp: Callable[[bytes], None]) -> None:
        super().__init__(cast("RTCIceTransport", pipe), [RTCCertificate.generateCertificate()])
        self._pipe = pipe
        self._on_rtp = on_rtp
        self._on_rtcp = on_rtcp

    def fingerprint(self) -> str:
        """Our certificate's SHA-256 fingerprint as SDP writes it (RFC 8122)."""
        return next(f.value for f in self.getLocalParameters().fingerprints if f.algorithm == "sha-256")

    def media_received(self, data: bytes) -> None:
        """Unprotect one SRTP or SRTCP datagram; what does not authenticate is dropped."""
        session = self._rx_srtp
        if session is None or len(data) < 8:  # noqa: PLR2004 - no RTP or RTCP packet is shorter
            return
        try:
            if 191 < data[1] < 224:  # noqa: PLR2004 - RFC 5761: RTCP
                self._on_rtcp(session.unprotect_rtcp(data))
            else:
                self._on_rtp(session.unprotect(data))
        except (pylibsrtp.Error, ValueError):
            return

    def send_rtp(self, data: bytes) -> None:
        """Protect and send one RTP packet; nothing happens before the handshake is done."""
        if self._tx_srtp is not None:
            self._send_protected(self._tx_srtp.protect, data)

    def send_sound(self, data: bytes) -> None:
        """The same for a packet of sound, which may be marked otherwise."""
        if self._tx_srtp is not None:
            self._send_protected(self._tx_srtp.protect, data, is_sound=True)

    def send_rtcp(self, data: bytes) -> None:
        """Protect and send one RTCP packet, compound or not."""
        if self._tx_srtp is not None:
            self._send_protected(self._tx_srtp.protect_rtcp, data)

    def _send_protected(self, protect: Callable[[bytes], bytes], data: bytes, *, is_sound: bool = False) -> None:
        try:
            self._pipe.connection.send_now(protect(data), is_sound=is_sound)
        except (pylibsrtp.Error, ValueError):
            return

    async def shake_hands(self, fingerprints: Iterable[tuple[str, str]], *, client: bool) -> bool:
        """Run the handshake; whether it succeeded and the other side is who its description says."""
        self._set_role("client" if client else "server")
        theirs = [RTCDtlsFingerprint(algorithm=a, value=v) for a, v in fingerprints]
        await self.start(RTCDtlsParameters(fingerprints=theirs))
        return self.state == "connected"

    async def close(self) -> None:
        """Say goodbye and end the task that reads."""
        task = self._task
        await self.stop()
        self._rx_srtp = self._tx_srtp = None  # type: ignore[assignment]  # as before the handshake
        if task is not None:
            await asyncio.gather(task, return_exceptions=True)

    async def _send_data(self, data: bytes) -> None:
        try:
            await super()._send_data(data)
        except (ConnectionError, SSL.Error):
            return


class SctpTransport(RTCSctpTransport):
    """SCTP over DTLS (RFC 8261) with data channels (RFC 8832)."""

    async def _handle_data(self, data: bytes) -> None:
        try:
            await super()._handle_data(data)
        except PARSER_ERRORS:
            return

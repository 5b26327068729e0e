"""The one place that knows private names of aiortc and aioice; both are pinned and each name has a test.

Three classes of theirs, made fit for us:

- `IceConnection`: host addresses may be given, media datagrams go straight to a callback (no queue, no task switch per
  packet), consent is asked for often enough to notice a dead path, sockets have room for a burst.
- `DtlsTransport`: the handshake and the keys are aiortc's; media is unprotected here and handed over as plain bytes.
- `SctpTransport`: hostile chunks cannot end the transport.
"""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, cast

import aioice
import pylibsrtp
from aioice import stun
from aioice.ice import StunProtocol, TransportPolicy
from aiortc import RTCCertificate, RTCDtlsTransport, RTCSctpTransport
from aiortc.rtcdtlstransport import RTCDtlsFingerprint, RTCDtlsParameters
from aiortc.rtcicetransport import RTCIceTransport, parse_stun_turn_uri
from OpenSSL import SSL

from visio_desktop.system.clock import Clock

PARSER_ERRORS = (ValueError, LookupError, struct.error, AssertionError, TypeError, AttributeError, OverflowError)
"""What the libraries' parsers are known to raise on rubbish from the network."""

_RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024
_QUEUED_DATAGRAMS = 256
_STUN_TIMEOUT_S = 2
_CONSENT_INTERVAL_S = 2.5
_CONSENT_FAILURES = 5


@dataclass(frozen=True, slots=True)
class IceSettings:
    """How to gather: `servers` are STUN and TURN addresses as (url, user name, password)."""

    servers: tuple[tuple[str, str, str], ...] = ()
    relay_only: bool = False
    host_addresses: tuple[str, ...] | None = None


class IceConnection(aioice.Connection):
    """One component's ICE (RFC 8445). `on_media` is given every datagram that looks like SRTP or SRTCP (RFC 7983)."""

    def __init__(
        self,
        settings: IceSettings,
        *,
        controlling: bool,
        on_media: Callable[[bytes], None],
        clock: Clock,
        spread: random.Random,
    ) -> None:
        policy = TransportPolicy.RELAY if settings.relay_only else TransportPolicy.ALL
        super().__init__(ice_controlling=controlling, transport_policy=policy, **_server_arguments(settings.servers))
        self._settings = settings
        self._on_media = on_media
        self._clock = clock
        self._spread = spread
        self.last_received_ms = clock()
        self.rtt_ms: float | None = None

    async def get_component_candidates(
        self,
        component: int,
        addresses: list[str],
        timeout: int = 5,  # noqa: ASYNC109 - aioice's signature
    ) -> list[aioice.Candidate]:
        """Gather on the addresses given in the settings, else on all but loopback."""
        if self._settings.host_addresses is not None and not self._settings.relay_only:
            addresses = list(self._settings.host_addresses)
        if self.turn_server is None:
            timeout = min(timeout, _STUN_TIMEOUT_S)
        candidates = await super().get_component_candidates(component, addresses, timeout)
        for protocol in self._protocols:
            self._divert(protocol)
        return candidates

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

        protocol.datagram_received = datagram_received  # type: ignore[method-assign]
        handle = protocol.transport.get_extra_info("socket")
        if handle is not None:
            handle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER_BYTES)

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
                await pair.protocol.request(request, pair.remote_addr, integrity_key=password, retransmissions=1)
            except stun.TransactionError:
                failures += 1
            else:
                failures, self.rtt_ms = 0, self._clock() - started
            await asyncio.sleep(_CONSENT_INTERVAL_S * self._spread.uniform(0.8, 1.2))
        self._query_consent_task = None
        await self.close()

    def send_now(self, data: bytes) -> bool:
        """Send on the nominated pair without waiting; False while there is none."""
        pair = self._nominated.get(1)
        if pair is None:
            return False
        pair.protocol.transport.sendto(data, pair.remote_addr)
        return True

    def nominated(self) -> tuple[str, str] | None:
        """The kind of the local candidate in use and the protocol to its first hop, None while not connected."""
        pair = self._nominated.get(1)
        if pair is None:
            return None
        kind = pair.local_candidate.type
        if kind != "relay":
            return kind, pair.local_candidate.transport.lower()
        return kind, "tls" if self.turn_ssl else self.turn_transport


def _server_arguments(servers: Iterable[tuple[str, str, str]]) -> dict[str, Any]:
    """What aioice takes: one STUN and one TURN server, the first usable of each. None given means none used."""
    arguments: dict[str, Any] = {}
    for url, username, password in servers:
        try:
            parsed = parse_stun_turn_uri(url)
        except ValueError:
            continue
        address, transport = (parsed["host"], parsed["port"]), parsed.get("transport")
        match parsed["scheme"]:
            case "stun" if "stun_server" not in arguments:
                arguments["stun_server"] = address
            case "turn" | "turns" as scheme if "turn_server" not in arguments and transport in {"udp", "tcp"}:
                if scheme == "turns" and transport == "udp":
                    continue
                arguments |= {"turn_server": address, "turn_username": username, "turn_password": password}
                arguments |= {"turn_ssl": scheme == "turns", "turn_transport": transport}
    return arguments


class IcePipe:
    """What aiortc's DTLS and SCTP need of an ICE transport, over one `IceConnection`."""

    def __init__(self, connection: IceConnection) -> None:
        self.connection = connection

    @property
    def role(self) -> str:
        """The ICE role."""
        return "controlling" if self.connection.ice_controlling else "controlled"

    async def _recv(self) -> bytes:
        return await self.connection.recv()

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

    def send_rtcp(self, data: bytes) -> None:
        """Protect and send one RTCP packet, compound or not."""
        if self._tx_srtp is not None:
            self._send_protected(self._tx_srtp.protect_rtcp, data)

    def _send_protected(self, protect: Callable[[bytes], bytes], data: bytes) -> None:
        try:
            self._pipe.connection.send_now(protect(data))
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

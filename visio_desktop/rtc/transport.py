"""The one transport of a peer connection: ICE, then DTLS-SRTP, then SCTP where data channels are wanted."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from random import Random

from aioice import Candidate
from aiortc.rtcdatachannel import RTCDataChannel, RTCDataChannelParameters
from aiortc.rtcsctptransport import RTCSctpCapabilities

from visio_desktop.rtc import sdp
from visio_desktop.rtc.aiortc_private import DtlsTransport, IceConnection, SctpTransport
from visio_desktop.rtc.description import LocalTransport
from visio_desktop.rtc.errors import NegotiationError
from visio_desktop.rtc.gap import MediaGap
from visio_desktop.rtc.ice.gathering import IceSettings
from visio_desktop.rtc.ice.network import NO_PATH
from visio_desktop.rtc.life import Life
from visio_desktop.rtc.options import IceServer, PeerOptions, PeerState
from visio_desktop.rtc.path import IcePath
from visio_desktop.system.clock import Clock
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

_DTLS_TIMEOUT_S = 15.0

_log = get_logger(__name__)


class PeerTransport:
    """ICE, DTLS and SCTP of one peer; `on_rtp` and `on_rtcp` get plain packets and must not raise."""

    def __init__(
        self,
        options: PeerOptions,
        *,
        clock: Clock,
        random: Random,
        on_rtp: Callable[[bytes], None],
        on_rtcp: Callable[[bytes], None],
        on_state: Callable[[PeerState], None],
        on_channel: Callable[[RTCDataChannel], None],
        on_candidate: Callable[[str], None] | None = None,
    ) -> None:
        make = partial(
            IceConnection,
            controlling=False,
            on_media=self._media,
            clock=clock,
            spread=random,
            on_candidate=on_candidate,
        )
        self._options = options
        self._path = IcePath(lambda: make(self._settings()), on_moved=self._moved, on_dead=self._dead)
        self._life = Life(clock)
        self._on_rtp = on_rtp
        self.gap = MediaGap(clock)
        self.dtls = DtlsTransport(self._path.pipe, self._rtp, on_rtcp)
        self.dtls.on("statechange", self._dtls_changed)
        self.sctp: SctpTransport | None = None
        self.state = PeerState.NEW
        self._on_state = on_state
        self._on_channel = on_channel
        self._tasks = Tasks("transport", lambda _name, _error: self._change(PeerState.FAILED))
        self._fingerprints: set[tuple[str, str]] = set()
        self._sctp_remote: tuple[int, int] | None = None

    @property
    def ice(self) -> IceConnection:
        """What media goes over now."""
        return self._path.carrying

    @property
    def restarts(self) -> int:
        """How often ICE was restarted and led somewhere."""
        return self._path.restarts

    def use_servers(self, servers: tuple[IceServer, ...]) -> None:
        """Use these STUN and TURN servers from the next restart on."""
        self._options = replace(self._options, ice_servers=servers)

    def take_the_lead(self) -> None:
        """We offer first, so we control ICE (RFC 8445, section 6.1.1): known before the first check can arrive.

        The other side may check us before its answer is here; in the wrong role both would change theirs.
        """
        if self.state is PeerState.NEW:
            self._path.take_the_lead()

    def restart(self) -> None:
        """Begin an ICE restart of ours: the next description has new credentials. Before the first nothing happens."""
        if self.state is not PeerState.NEW:
            self._path.renew()

    async def gather(self) -> None:
        """Collect our candidates, the first time and after each restart."""
        await self._path.gather()

    def local(self, setup: str) -> LocalTransport:
        """Our end for a description."""
        ice = self._path.newest
        candidates = tuple(c.to_sdp() for c in ice.local_candidates)
        return LocalTransport(ice.local_username, ice.local_password, self.dtls.fingerprint(), setup, candidates)

    def is_restarted_by(self, remote: sdp.Transport) -> bool:
        """Whether an offer of theirs with this end begins an ICE restart (RFC 8839, section 4.4.1.1.1)."""
        is_whole = bool(remote.ufrag and remote.password)
        return is_whole and self.state is not PeerState.NEW and not self._path.is_known(remote)

    def connect(self, remote: sdp.Transport, *, controlling: bool, dtls_client: bool) -> None:
        """Begin to connect, or let a restart find its way; to the same end again nothing happens.

        Raises `NegotiationError`.
        """
        if self.state is not PeerState.NEW and self._path.is_known(remote):
            return
        if not remote.ufrag or not remote.password or not remote.fingerprints:
            raise NegotiationError("no ICE credentials or no fingerprint")
        if self.state is not PeerState.NEW:
            self._reconnect(remote)
            return
        self._fingerprints = set(remote.fingerprints)
        self._path.newest.ice_controlling = controlling or remote.ice_lite
        self._path.connect(remote)
        self._change(PeerState.CONNECTING)
        self._tasks.start(self._connect(tuple(remote.fingerprints), dtls_client=dtls_client), name="connect")

    def _reconnect(self, remote: sdp.Transport) -> None:
        if self._fingerprints != set(remote.fingerprints):
            raise NegotiationError("another certificate than before")
        if self._path.newest.remote_username is not None or self._path.was_known(remote):
            raise NegotiationError("an ICE restart on one side only")
        self._path.connect(remote)

    async def add_candidate(self, text: str) -> None:
        """Try another address of theirs; what has no plain address is passed over."""
        candidate = _usable(text)
        if candidate is not None:
            await self._path.add_candidate(candidate)

    def use_channels(self) -> SctpTransport:
        """The SCTP transport, made when first asked for."""
        if self.sctp is None:
            self.sctp = SctpTransport(self.dtls)
            self.sctp.on("datachannel", self._on_channel)
        return self.sctp

    def open_channel(self, label: str, *, ordered: bool, max_retransmits: int | None) -> RTCDataChannel:
        """Open a channel of ours; it opens once SCTP is up."""
        parameters = RTCDataChannelParameters(label=label, ordered=ordered, maxRetransmits=max_retransmits)
        return RTCDataChannel(self.use_channels(), parameters)

    def start_channels(self, port: int, max_message_bytes: int) -> None:
        """Take over what their description says of SCTP; it starts when DTLS is up."""
        self.use_channels()
        self._sctp_remote = (port, max_message_bytes)
        if self.dtls.state == "connected":
            self._tasks.start(self._start_sctp(), name="sctp")

    def suspect(self) -> None:
        """Something happened to the network: find out soon whether media still has a way."""
        self._life.suspect()

    def tick(self, now_ms: float) -> None:
        """Notice that a path went silent or speaks again."""
        if self.state not in {PeerState.CONNECTED, PeerState.DISCONNECTED}:
            return
        is_silent = self._life.is_silent(self.ice, now_ms)
        if is_silent is not (self.state is PeerState.DISCONNECTED):
            self._change(PeerState.DISCONNECTED if is_silent else PeerState.CONNECTED)

    def path(self) -> dict[str, str]:
        """How media goes: `protocol`, `candidate` and `proxy`; empty while it does not."""
        path = self.ice.nominated() or NO_PATH
        return {"protocol": path.protocol, "candidate": path.candidate, "proxy": path.proxy}

    async def close(self) -> None:
        """Say goodbye and release every socket and task; may be called twice."""
        self._change(PeerState.CLOSED)
        self._path.give_up()
        await self._tasks.close()
        if self.sctp is not None:
            await self.sctp.stop()
        await self.dtls.close()
        await self._path.close_sockets()

    def _settings(self) -> IceSettings:
        servers = tuple((url, s.username, s.credential) for s in self._options.ice_servers for url in s.urls)
        return IceSettings(servers, self._options.host_addresses, self._options.network)

    def _media(self, data: bytes) -> None:
        self.dtls.media_received(data)

    def _rtp(self, data: bytes) -> None:
        self.gap.heard()
        self._on_rtp(data)

    async def _connect(self, fingerprints: tuple[tuple[str, str], ...], *, dtls_client: bool) -> None:
        connected = await self._path.settled()
        if connected:
            try:
                async with asyncio.timeout(_DTLS_TIMEOUT_S):
                    connected = await self.dtls.shake_hands(fingerprints, client=dtls_client)
            except (ConnectionError, TimeoutError):
                connected = False
        self._change(PeerState.CONNECTED if connected else PeerState.FAILED)
        if connected:
            await self._start_sctp()

    def _moved(self) -> None:
        """Media goes another way now."""
        if self.state is PeerState.DISCONNECTED:
            self._change(PeerState.CONNECTED)

    def _dead(self) -> None:
        """No way is left, and none is being looked for."""
        self._path.pipe.end()
        self._change(PeerState.FAILED)

    async def _start_sctp(self) -> None:
        if self.sctp is not None and self._sctp_remote is not None:
            port, max_message_bytes = self._sctp_remote
            await self.sctp.start(RTCSctpCapabilities(maxMessageSize=max_message_bytes), port)

    def _dtls_changed(self) -> None:
        if self.dtls.state in {"closed", "failed"} and self.state is not PeerState.CLOSED:
            self._change(PeerState.FAILED)

    def _change(self, state: PeerState) -> None:
        if state is self.state or self.state is PeerState.CLOSED:
            return
        if self.state is PeerState.FAILED and state is not PeerState.CLOSED:
            return
        self.state = state
        _log.info("peer_state", state=state.value)
        self._on_state(state)


def _usable(text: str) -> Candidate | None:
    try:
        candidate = Candidate.from_sdp(text.removeprefix("a=").removeprefix("candidate:"))
        ipaddress.ip_address(candidate.host)
    except (ValueError, IndexError):
        return None
    is_ours = candidate.transport.lower() in {"udp", "tcp"} and candidate.component == 1
    return candidate if is_ours and 0 < candidate.port < 65_536 else None  # noqa: PLR2004 - the range of ports

"""The one transport of a peer connection: ICE, then DTLS-SRTP, then SCTP where data channels are wanted."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable
from random import Random

from aioice import Candidate
from aiortc import RTCDataChannel
from aiortc.rtcdatachannel import RTCDataChannelParameters
from aiortc.rtcsctptransport import RTCSctpCapabilities

from visio_desktop.rtc import sdp
from visio_desktop.rtc.aiortc_private import DtlsTransport, IceConnection, IcePipe, IceSettings, SctpTransport
from visio_desktop.rtc.description import LocalTransport
from visio_desktop.rtc.errors import NegotiationError
from visio_desktop.rtc.options import PeerOptions, PeerState
from visio_desktop.system.clock import Clock
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

_ICE_TIMEOUT_S = 20.0
_DTLS_TIMEOUT_S = 15.0
_CLOSE_TIMEOUT_S = 3.0
_SILENT_MS = 6_000.0
_MAX_CANDIDATES = 100

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
    ) -> None:
        servers = tuple((url, s.username, s.credential) for s in options.ice_servers for url in s.urls)
        settings = IceSettings(servers, options.relay_only, options.host_addresses)
        self.ice = IceConnection(settings, controlling=False, on_media=self._media, clock=clock, spread=random)
        self.dtls = DtlsTransport(IcePipe(self.ice), on_rtp, on_rtcp)
        self.dtls.on("statechange", self._dtls_changed)
        self.sctp: SctpTransport | None = None
        self.state = PeerState.NEW
        self._clock = clock
        self._on_state = on_state
        self._on_channel = on_channel
        self._gather = Tasks("gathering")
        self._gathering: asyncio.Task[None] | None = None
        self._tasks = Tasks("transport", lambda _name, _error: self._change(PeerState.FAILED))
        self._candidates = 0
        self._sctp_remote: tuple[int, int] | None = None

    def take_the_lead(self) -> None:
        """We offer first, so we control ICE (RFC 8445, section 6.1.1): known before the first check can arrive.

        The other side may check us before its answer is here; in the wrong role both would change theirs.
        """
        if self.state is PeerState.NEW:
            self.ice.ice_controlling = True

    async def gather(self) -> None:
        """Collect our candidates, the first time only.

        Whoever waits may be cancelled; the gathering itself is not, since aioice forgets sockets it is just opening.
        """
        if self._gathering is None:
            self._gathering = self._gather.start(self.ice.gather_candidates(), name="gather")
        await asyncio.shield(self._gathering)
        if self.state is PeerState.CLOSED:
            await self.ice.close()

    def local(self, setup: str) -> LocalTransport:
        """Our end for a description."""
        candidates = tuple(c.to_sdp() for c in self.ice.local_candidates)
        return LocalTransport(
            self.ice.local_username, self.ice.local_password, self.dtls.fingerprint(), setup, candidates
        )

    def connect(self, remote: sdp.Transport, *, controlling: bool, dtls_client: bool) -> None:
        """Begin to connect; later calls check that the other end is still the same. Raises `NegotiationError`."""
        if self.state is not PeerState.NEW:
            if (remote.ufrag, remote.password) != (self.ice.remote_username, self.ice.remote_password):
                raise NegotiationError("the other side restarts ICE, which is not supported")
            return
        if not remote.ufrag or not remote.password or not remote.fingerprints:
            raise NegotiationError("no ICE credentials or no fingerprint")
        self.ice.ice_controlling = controlling or remote.ice_lite
        self.ice.remote_is_lite = remote.ice_lite
        self.ice.remote_username, self.ice.remote_password = remote.ufrag, remote.password
        self._change(PeerState.CONNECTING)
        self._tasks.start(self._connect(tuple(remote.fingerprints), dtls_client=dtls_client), name="connect")

    async def add_candidate(self, text: str) -> None:
        """Try another address of theirs; what is no UDP candidate with a plain address is passed over."""
        candidate = _usable(text)
        if candidate is not None and self._candidates < _MAX_CANDIDATES and self.state is not PeerState.CLOSED:
            self._candidates += 1
            await self.ice.add_remote_candidate(candidate)

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

    def tick(self, now_ms: float) -> None:
        """Notice that a path went silent or speaks again."""
        silent = now_ms - self.ice.last_received_ms > _SILENT_MS
        if self.state is PeerState.CONNECTED and silent:
            self._change(PeerState.DISCONNECTED)
        elif self.state is PeerState.DISCONNECTED and not silent:
            self._change(PeerState.CONNECTED)

    def path(self) -> dict[str, str]:
        """How media goes: `protocol`, `candidate` and `proxy`; empty while it does not."""
        kind, protocol = self.ice.nominated() or ("", "")
        return {"protocol": protocol, "candidate": kind, "proxy": ""}

    async def close(self) -> None:
        """Say goodbye and release every socket and task; may be called twice."""
        self._change(PeerState.CLOSED)
        await self._tasks.close()
        if self._gathering is not None:
            await asyncio.wait({self._gathering}, timeout=_CLOSE_TIMEOUT_S)
        await self._gather.close()
        if self.sctp is not None:
            await self.sctp.stop()
        await self.dtls.close()
        try:
            async with asyncio.timeout(_CLOSE_TIMEOUT_S):
                await self.ice.close()
        except TimeoutError:
            _log.warning("ice_close_timeout")

    def _media(self, data: bytes) -> None:
        self.dtls.media_received(data)

    async def _connect(self, fingerprints: tuple[tuple[str, str], ...], *, dtls_client: bool) -> None:
        try:
            async with asyncio.timeout(_ICE_TIMEOUT_S):
                await self.ice.connect()
            async with asyncio.timeout(_DTLS_TIMEOUT_S):
                connected = await self.dtls.shake_hands(fingerprints, client=dtls_client)
        except (ConnectionError, TimeoutError):
            connected = False
        self._change(PeerState.CONNECTED if connected else PeerState.FAILED)
        if connected:
            await self._start_sctp()

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
    is_udp = candidate.transport.lower() == "udp" and candidate.component == 1
    return candidate if is_udp and 0 < candidate.port < 65_536 else None  # noqa: PLR2004 - the range of ports

"""The peer connection: m-lines over one bundled transport, offers and answers one after the other."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator
from random import Random

from aiortc.rtcdatachannel import RTCDataChannel
from aiortc.rtcrtpparameters import RTCRtpHeaderExtensionParameters, RTCRtpParameters

from visio_desktop.rtc import formats, sdp
from visio_desktop.rtc.channels import DataChannel
from visio_desktop.rtc.congestion.demand import Priority
from visio_desktop.rtc.congestion.governor import Governor
from visio_desktop.rtc.congestion.statistics import TransportStatistics
from visio_desktop.rtc.description import LocalSection, SentLayer, SentSource, write
from visio_desktop.rtc.errors import NegotiationError
from visio_desktop.rtc.frames import Codec, OutboundStream, SendLayer
from visio_desktop.rtc.gap import MediaGap
from visio_desktop.rtc.negotiation import MLine, received_key, transport_of
from visio_desktop.rtc.options import IceServer, PeerListener, PeerOptions, PeerState
from visio_desktop.rtc.payloads import FormatTable
from visio_desktop.rtc.receiving import ReceivingStream
from visio_desktop.rtc.reports import Reports
from visio_desktop.rtc.router import Router
from visio_desktop.rtc.sending import SendingStream
from visio_desktop.rtc.transport import PeerTransport
from visio_desktop.system.clock import Clock, epoch_ms, monotonic_ms
from visio_desktop.system.tasks import Tasks

_TICK_S = 0.02


class PeerConnection:
    """One connection to a server or a peer. Made and used on a running loop; `close` it in the end.

    Either side may offer, but not both at once: an offer that meets ours raises `NegotiationError`.
    """

    def __init__(
        self,
        options: PeerOptions,
        listener: PeerListener,
        *,
        clock: Clock = monotonic_ms,
        wall_clock: Clock = epoch_ms,
        random: Random | None = None,
    ) -> None:
        self._listener = listener
        self._clock = clock
        self._wall_clock = wall_clock
        self._random = random or secrets.SystemRandom()
        self._cname = f"{self._random.getrandbits(64):016x}"
        self._lines: list[MLine] = []
        self._waiting: list[SendingStream] = []
        self._wanted: list[str] = []
        self._reuse_lines = options.reuse_lines
        self._codecs = formats.received(options.network.video_codecs)
        self._lock = asyncio.Lock()
        self._offering = False
        self._closed = False
        self._dtls_client: bool | None = None
        self._session_id, self._version = self._random.getrandbits(62), 0
        self._tasks = Tasks("peer")
        self._router = Router(clock)
        self._transport = PeerTransport(
            options,
            clock=clock,
            random=self._random,
            on_rtp=self._router.rtp,
            on_rtcp=self._router.rtcp,
            on_state=self._state_changed,
            on_channel=self._channel_opened,
            on_candidate=listener.on_own_candidate if options.trickles else None,
        )
        self._reports = Reports(self._random.getrandbits(32), self._cname, self._transport.dtls.send_rtcp)
        self._router.on_packet = self._reports.packet
        self._router.on_number = self._reports.number
        self._governor = Governor(
            self._router.extensions,
            self._transport.dtls.send_rtp,
            send_sound=self._transport.dtls.send_sound,
            clock=clock,
            wall_clock=wall_clock,
            call_later=asyncio.get_running_loop().call_later,
        )
        self._router.on_feedback = self._governor.feedback
        self._router.on_report = self._governor.reported
        self._router.on_estimate = self._governor.estimated

    def open_channel(self, label: str, *, ordered: bool = True, max_retransmits: int | None = None) -> DataChannel:
        """Open a data channel; it takes messages once `is_open`, after the next answer."""
        return DataChannel(self._transport.open_channel(label, ordered=ordered, max_retransmits=max_retransmits))

    def add_sender(
        self,
        codecs: tuple[Codec, ...],
        *,
        stream_id: str,
        track_id: str,
        layers: tuple[SendLayer, ...] = (),
        priority: Priority = Priority.CAMERA,
    ) -> SendingStream:
        """A new stream to send, codecs in order of preference; it works after the next answer to an offer of ours.

        Two `layers` or more, lowest first, are offered as simulcast. One alone says how much bitrate is of use.
        """
        kinds = {codec.is_video for codec in codecs}
        if len(kinds) != 1 or not set(codecs) <= set(formats.OFFERED):
            raise ValueError("codecs must be all of sound or all of pictures, and such as can be sent")
        spoken = {codec for each in self._codecs.values() for codec in each}
        codecs = tuple(codec for codec in codecs if codec in spoken) or (formats.ALWAYS,)
        ssrc, rtx_ssrc = self._random.getrandbits(32), self._random.getrandbits(32) if kinds == {True} else None
        simulcast = layers if len(layers) > 1 else ()
        sent = tuple(SentLayer(e.rid, self._random.getrandbits(32), self._random.getrandbits(32)) for e in simulcast)
        stream = SendingStream(
            codecs,
            SentSource(stream_id, track_id, self._cname, ssrc, rtx_ssrc, sent),
            layers=layers,
            priority=priority,
            clock=self._clock,
            wall_clock=self._wall_clock,
            random=self._random,
            write=self._governor.writer.write,
        )
        self._waiting.append(stream)
        return stream

    def add_receivers(self, *, sounds: int = 0, pictures: int = 0) -> None:
        """So many m-lines more with the next offer, for them to send on when they like."""
        self._wanted += ["audio"] * sounds + ["video"] * pictures

    def remove_sender(self, stream: OutboundStream) -> None:
        """Stop a stream at once; the other side hears of it with the next offer."""
        self._waiting = [waiting for waiting in self._waiting if waiting is not stream]
        for line in self._lines:
            if line.sending is stream and line.sending is not None:
                line.sending.refuse()
                self._governor.writer.forget(frozenset(line.sending.ssrcs))
                line.sending = None

    async def create_offer(self, *, ice_restart: bool = False) -> str:
        """Our description with all our candidates. A second offer without an answer in between replaces the first.

        With `ice_restart` another way is looked for once the answer is here, while media goes on over the old one.
        """
        async with self._lock:
            self._transport.take_the_lead()
            if ice_restart:
                self._transport.restart()
            await self._gather()
            self._place_waiting()
            if not self._lines:
                raise NegotiationError("nothing to offer")
            self._offering = True
            return self._describe([line.offer() for line in self._lines], "actpass")

    async def set_answer(self, text: str) -> None:
        """Take the answer to our offer. Raises `NegotiationError`."""
        async with self._lock:
            self._refuse_if_closed()
            if not self._offering:
                raise NegotiationError("an answer without an offer")
            session = sdp.parse(text)
            if [s.mid for s in session.sections] != [line.mid for line in self._lines]:
                raise NegotiationError("the answer's m-lines are not the offer's")
            await self._connect(session, offering=True)
            self._take(session)
            self._offering = False
            self._settle(answering=False)

    async def accept_offer(self, text: str) -> str:
        """Take an offer of theirs and return our answer. Raises `NegotiationError`, then nothing has changed."""
        async with self._lock:
            if self._offering:
                raise NegotiationError("an offer while ours waits for its answer")
            session = sdp.parse(text)
            if len(session.sections) < len(self._lines):
                raise NegotiationError("m-lines are missing")
            if self._transport.is_restarted_by(self._checked(session)):
                self._transport.restart()
            await self._gather()
            await self._connect(session, offering=False)
            self._take(session)
            self._settle(answering=True)
            setup = "active" if self._dtls_client else "passive"
            return self._describe([line.answer() for line in self._lines], setup)

    async def add_candidate(self, candidate: str, mid: str) -> None:  # noqa: ARG002 - one bundle: every mid is the same
        """Try another address of theirs; may come before any description. What cannot be used is passed over."""
        await self._transport.add_candidate(candidate)

    @property
    def state(self) -> PeerState:
        """How the transport stands."""
        return self._transport.state

    @property
    def restarts(self) -> int:
        """How often ICE was restarted and led somewhere."""
        return self._transport.restarts

    def use_servers(self, servers: tuple[IceServer, ...]) -> None:
        """Use these STUN and TURN servers from the next ICE restart on."""
        self._transport.use_servers(servers)

    def suspect(self) -> None:
        """Something happened to the network: find out within a second whether media still has a way."""
        self._transport.suspect()

    @property
    def gap(self) -> MediaGap:
        """For how long nothing came in."""
        return self._transport.gap

    def transport_statistics(self) -> TransportStatistics:
        """What is known of the way from us to the other side."""
        return self._governor.statistics()

    def path(self) -> dict[str, str]:
        """How media goes now: `protocol`, `candidate` and `proxy`, as the report has them."""
        return self._transport.path()

    async def close(self) -> None:
        """End everything: no task, socket or stream is left. May be called twice."""
        self._closed = True
        ended = [line.receiving for line in self._lines if line.receiving is not None]
        self._router.clear()
        for line in self._lines:
            line.receiving = None
        await self._tasks.close()
        self._governor.close()
        await self._transport.close()
        for stream in ended:
            self._listener.on_stream_ended(stream)

    async def _gather(self) -> None:
        if not self._closed:
            await self._transport.gather()
        self._refuse_if_closed()

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise NegotiationError("the connection is closed")

    def _place_waiting(self) -> None:
        """Give every new stream, the channels and what is to be received an m-line.

        A new one unless the options say otherwise, as browsers do: a server on pion gave a stream on an m-line used
        again no track at times.
        """
        if self._transport.sctp is not None and not any(line.kind == "application" for line in self._lines):
            self._lines.append(MLine("application", self._new_mid()))
        for stream in self._waiting:
            kind = "video" if stream.codec.is_video else "audio"
            free = (line for line in self._lines if line.kind == kind and line.is_free)
            line = next(free, None) if self._reuse_lines else None
            if line is None:
                self._lines.append(MLine(kind, self._new_mid(), sending=stream, codecs=self._codecs))
            else:
                line.sending = stream
        self._waiting = []
        for kind in self._wanted:
            self._lines.append(MLine(kind, self._new_mid(), is_offered=True, codecs=self._codecs))
        self._wanted = []

    def _new_mid(self) -> str:
        taken = {line.mid for line in self._lines}
        return next(mid for n in range(len(taken) + 1) if (mid := str(n)) not in taken)

    def _take(self, session: sdp.Session) -> None:
        for section in session.sections[len(self._lines) :]:
            self._lines.append(MLine(section.kind, section.mid, codecs=self._codecs))
        for line, section in zip(self._lines, session.sections, strict=True):
            line.take(section, session.bundle)

    async def _connect(self, session: sdp.Session, *, offering: bool) -> None:
        """Check their description, then begin to connect if we have not. An answer "actpass" is taken for "active"."""
        transport = self._checked(session)
        if self._dtls_client is None:
            self._dtls_client = transport.setup == "passive" if offering else transport.setup != "active"
        self._transport.connect(transport, controlling=offering, dtls_client=self._dtls_client)
        for candidate in dict.fromkeys(c for s in session.sections for c in s.transport.candidates):
            await self._transport.add_candidate(candidate)
        application = next((s for s in session.sections if s.kind == "application" and not s.rejected), None)
        if application is not None:
            self._transport.start_channels(application.sctp_port, application.max_message_bytes)
        if len(self._tasks) == 0:
            self._tasks.start(self._tick(), name="tick")

    def _checked(self, session: sdp.Session) -> sdp.Transport:
        """Their end of the transport, once their m-lines are found to be in order. Raises `NegotiationError`."""
        for line, section in zip(self._lines, session.sections, strict=False):
            line.check(section)
        return transport_of(session).transport

    def _settle(self, *, answering: bool) -> None:
        """Bring streams and routes in line with what was agreed, then tell."""
        ended: list[ReceivingStream] = []
        began: list[MLine] = []
        self._router.clear()
        for line in self._lines:
            before = line.receiving
            self._settle_receiving(line, may_begin=answering or line.is_offered)
            if before is not None and before is not line.receiving:
                ended.append(before)
            if line.receiving is not None and line.receiving is not before:
                began.append(line)
            line.settle_sending()
            self._route(line)
            if not answering:
                line.answered()
        self._flow()
        for stream in ended:
            self._listener.on_stream_ended(stream)
        for line in began:
            if line.receiving is not None:
                stream_id, track_id = (line.remote.msid if line.remote else None) or ("", "")
                self._listener.on_stream(line.receiving, mid=line.mid, stream_id=stream_id, track_id=track_id)

    def _settle_receiving(self, line: MLine, *, may_begin: bool) -> None:
        if not line.is_received or line.remote is None or not (may_begin or line.receiving is not None):
            line.receiving, line.received_key = None, ()
            return
        key = received_key(line.remote)
        if line.receiving is None or key != line.received_key:
            line.received_key = key
            line.receiving = ReceivingStream(
                FormatTable(line.receivable),
                is_video=line.kind == "video",
                own_ssrc=self._reports.own_ssrc,
                clock=self._clock,
                send_rtcp=self._transport.dtls.send_rtcp,
                rtt_ms=self._transport.ice.rtt_ms or 100.0,
                preface=None if line.remote.reduced_rtcp else self._reports.preface,
            )

    def _route(self, line: MLine) -> None:
        remote = line.remote
        if remote is None or not line.is_media:
            return
        known = [RTCRtpHeaderExtensionParameters(id=n, uri=uri) for uri, n in line.extensions.items()]
        self._router.extensions.configure(RTCRtpParameters(headerExtensions=known))
        if line.receiving is not None:
            self._router.add_receiver(line.receiving, mid=line.mid, ssrcs=remote.ssrcs, payload_types=remote.maps)
            if any("goog-remb" in m.feedback for m in remote.maps.values()):
                self._reports.wants_estimate = True
        if line.sending is not None and line.sending.is_agreed:
            self._router.add_sender(line.sending, line.sending.ssrcs)

    def _describe(self, sections: list[LocalSection], setup: str) -> str:
        self._version += 1
        return write(self._session_id, self._version, sections, self._transport.local(setup))

    def _receivers(self) -> Iterator[ReceivingStream]:
        return (line.receiving for line in self._lines if line.receiving is not None)

    def _senders(self) -> Iterator[SendingStream]:
        return (line.sending for line in self._lines if line.sending is not None)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK_S)
            now_ms = self._clock()
            self._transport.tick(now_ms)
            rtt_ms = self._transport.ice.rtt_ms
            for stream in list(self._receivers()):
                if rtt_ms is not None:
                    stream.path_rtt(rtt_ms)
                stream.tick(now_ms)
            self._reports.tick(now_ms, self._receivers(), self._senders())
            self._governor.way(self._transport.restarts, now_ms)
            self._governor.tick(now_ms, self._senders())

    def _flow(self) -> None:
        flowing = self.state in {PeerState.CONNECTED, PeerState.DISCONNECTED}
        for stream in self._senders():
            stream.flow(flowing)

    def _state_changed(self, state: PeerState) -> None:
        self._flow()
        self._listener.on_state(state)

    def _channel_opened(self, channel: RTCDataChannel) -> None:
        self._listener.on_channel(DataChannel(channel))

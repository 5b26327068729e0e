"""A received stream: the sans-I/O half with a listener for its frames and a way to send feedback."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from aiortc.rtp import RTCP_PSFB_PLI, RtcpPsfbPacket, RtcpReceiverInfo, RtcpSenderInfo, RtpPacket

from visio_desktop.rtc.actions import NOTHING, Actions
from visio_desktop.rtc.frames import EncodedFrame, FrameOpener, InboundStatistics
from visio_desktop.rtc.inbound_sound import SoundInbound
from visio_desktop.rtc.inbound_video import VideoInbound
from visio_desktop.rtc.nack import nack_packets
from visio_desktop.rtc.payloads import FormatTable
from visio_desktop.system.clock import Clock

_ids = itertools.count(1)
_STUN_REPEATS_MS = 480.0


class Inbound(Protocol):
    """What `VideoInbound` and `SoundInbound` have in common."""

    ssrc: int | None

    def receive(self, packet: RtpPacket, now_ms: float) -> Actions:
        """Take a packet."""

    def tick(self, now_ms: float) -> Actions:
        """Time has passed."""

    def on_sender_report(self, info: RtcpSenderInfo, now_ms: float) -> None:
        """Take the sender's report."""

    def report_block(self, now_ms: float) -> RtcpReceiverInfo | None:
        """What to tell the sender."""

    def statistics(self) -> InboundStatistics:
        """The counts so far."""


class ReceivingStream:
    """The `InboundStream` of one m-line, for as long as it carries the same source.

    `rtt_ms` is what the path's round trip time is taken for until lost packets have told it. `preface`, where feedback
    may not go alone, makes what goes before it of the last report (RFC 4585, 3.1): Janus finds by it what it is about.
    """

    def __init__(
        self,
        formats: FormatTable,
        *,
        is_video: bool,
        own_ssrc: int,
        clock: Clock,
        send_rtcp: Callable[[bytes], None],
        rtt_ms: float = 100.0,
        preface: Callable[[RtcpReceiverInfo], bytes] | None = None,
    ) -> None:
        self._preface = preface
        self._reported: RtcpReceiverInfo | None = None
        self._id = f"inbound-{next(_ids)}"
        self._video = VideoInbound(formats, rtt_ms=rtt_ms) if is_video else None
        self._inbound: Inbound = self._video or SoundInbound(formats)
        self._own_ssrc = own_ssrc
        self._clock = clock
        self._send_rtcp = send_rtcp
        self._listener: Callable[[EncodedFrame], None] | None = None
        self._unheard = False
        self._path_rtt_ms = rtt_ms
        self._opener: FrameOpener | None = None

    @property
    def id(self) -> str:
        """An id unique within the process."""
        return self._id

    @property
    def is_video(self) -> bool:
        """Whether pictures come here."""
        return self._video is not None

    @property
    def ssrc(self) -> int | None:
        """The SSRC heard last, None before the first packet."""
        return self._inbound.ssrc

    def on_frame(self, listener: Callable[[EncodedFrame], None] | None) -> None:
        """Call `listener` for each frame, on the loop; None stops it. Pictures begin with a key frame."""
        self._listener = listener
        if listener is not None and self._unheard and self._video is not None:
            self._unheard = False
            self._act(self._video.require_key_frame(self._clock()))

    def request_key_frame(self) -> None:
        """Ask the sender for a key frame; repeated calls are thinned out."""
        if self._video is not None:
            self._act(self._video.request_key_frame(self._clock()))

    def open_with(self, opener: FrameOpener) -> None:
        """From now on deliver only frames that this opens; pictures are opened before they are put together."""
        if self._video is not None:
            self._video.open_with(opener)
        else:
            self._opener = opener

    def statistics(self) -> InboundStatistics:
        """The counts so far."""
        return self._inbound.statistics()

    def receive(self, packet: RtpPacket, now_ms: float) -> None:
        """Take one packet of this stream."""
        actions = self._inbound.receive(packet, now_ms)
        if actions is not NOTHING:
            self._act(actions)

    def tick(self, now_ms: float) -> None:
        """Time has passed."""
        actions = self._inbound.tick(now_ms)
        if actions is not NOTHING:
            self._act(actions)

    def path_rtt(self, rtt_ms: float) -> None:
        """The path's round trip time as measured last by ICE; answers to lost packets teach it further.

        From half a second on the measurement may hold a lost question (RFC 8489, 6.2.1), and is passed over.
        """
        if self._video is not None and rtt_ms != self._path_rtt_ms and rtt_ms < _STUN_REPEATS_MS:
            self._path_rtt_ms = rtt_ms
            self._video.path_rtt(rtt_ms)

    def sender_report(self, info: RtcpSenderInfo, now_ms: float) -> None:
        """Take the sender's report."""
        self._inbound.on_sender_report(info, now_ms)

    def report_block(self, now_ms: float) -> RtcpReceiverInfo | None:
        """What to tell the sender; None before the first packet."""
        block = self._inbound.report_block(now_ms)
        self._reported = block or self._reported
        return block

    def _act(self, actions: Actions) -> None:
        ssrc = self._inbound.ssrc
        if ssrc is not None and actions.nack:
            for nack in nack_packets(self._own_ssrc, ssrc, actions.nack):
                self._feed_back(bytes(nack), ssrc)
        if ssrc is not None and actions.pli:
            # It is long until another may follow: where packets get lost, two of them go out.
            for _ in range(1 + (self._video is not None and self._video.is_lossy)):
                self._feed_back(bytes(RtcpPsfbPacket(RTCP_PSFB_PLI, self._own_ssrc, ssrc)), ssrc)
        if self._listener is None:
            self._unheard = self._unheard or bool(actions.frames)
            return
        for frame in actions.frames:
            opened = self._opened(frame)
            if opened is not None:
                self._listener(opened)

    def _feed_back(self, packet: bytes, ssrc: int) -> None:
        if self._preface is None:
            self._send_rtcp(packet)
            return
        reported = self._reported
        if reported is None or reported.ssrc != ssrc:
            reported = RtcpReceiverInfo(
                ssrc, fraction_lost=0, packets_lost=0, highest_sequence=0, jitter=0, lsr=0, dlsr=0
            )
        self._send_rtcp(self._preface(reported) + packet)

    def _opened(self, frame: EncodedFrame) -> EncodedFrame | None:
        if self._opener is None:
            return frame
        payload = self._opener.open(frame.codec, frame.payload)
        return None if payload is None else replace(frame, payload=payload)

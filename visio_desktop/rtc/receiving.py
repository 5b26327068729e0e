"""A received stream: the sans-I/O half with a listener for its frames and a way to send feedback."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Protocol

from aiortc.rtp import RTCP_PSFB_PLI, RtcpPsfbPacket, RtcpReceiverInfo, RtcpSenderInfo, RtpPacket

from visio_desktop.rtc.actions import NOTHING, Actions
from visio_desktop.rtc.frames import EncodedFrame, InboundStatistics
from visio_desktop.rtc.inbound_sound import SoundInbound
from visio_desktop.rtc.inbound_video import VideoInbound
from visio_desktop.rtc.nack import nack_packets
from visio_desktop.rtc.payloads import FormatTable
from visio_desktop.system.clock import Clock

_ids = itertools.count(1)


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

    `rtt_ms` is what the path's round trip time is taken for until lost packets have told it.
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
    ) -> None:
        self._id = f"inbound-{next(_ids)}"
        self._video = VideoInbound(formats, rtt_ms=rtt_ms) if is_video else None
        self._inbound: Inbound = self._video or SoundInbound(formats)
        self._own_ssrc = own_ssrc
        self._clock = clock
        self._send_rtcp = send_rtcp
        self._listener: Callable[[EncodedFrame], None] | None = None
        self._unheard = False

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

    def sender_report(self, info: RtcpSenderInfo, now_ms: float) -> None:
        """Take the sender's report."""
        self._inbound.on_sender_report(info, now_ms)

    def report_block(self, now_ms: float) -> RtcpReceiverInfo | None:
        """What to tell the sender; None before the first packet."""
        return self._inbound.report_block(now_ms)

    def _act(self, actions: Actions) -> None:
        ssrc = self._inbound.ssrc
        if ssrc is not None and actions.nack:
            for nack in nack_packets(self._own_ssrc, ssrc, actions.nack):
                self._send_rtcp(bytes(nack))
        if ssrc is not None and actions.pli:
            self._send_rtcp(bytes(RtcpPsfbPacket(RTCP_PSFB_PLI, self._own_ssrc, ssrc)))
        if self._listener is None:
            self._unheard = self._unheard or bool(actions.frames)
            return
        for frame in actions.frames:
            self._listener(frame)

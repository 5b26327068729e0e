"""Looks inside streams: counts since their beginning become what a person is shown, with rates of the last second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from visio_desktop.diagnostics.streams import Direction, StreamStatistics
from visio_desktop.meeting.values import Source
from visio_desktop.rtc.frames import InboundStatistics, OutboundStream

if TYPE_CHECKING:
    from visio_desktop.engine.seen import Painted
    from visio_desktop.media.playout import VoiceStatistics
    from visio_desktop.media.publisher import VideoPublisher
    from visio_desktop.media.subscription import SubscriptionStatistics

_SHORTEST_MS = 200.0


class Counts(NamedTuple):
    """Counters that only grow."""

    bytes: float = 0
    packets: float = 0
    lost: float = 0
    frames: float = 0
    played_ms: float = 0
    concealed_ms: float = 0


class Rates:
    """How fast the counters of one stream grew between the last two looks; nothing before the second one."""

    def __init__(self) -> None:
        self._before: tuple[float, Counts] | None = None
        self._grown = Counts()
        self._span_ms = 0.0

    def look(self, now_ms: float, counts: Counts) -> None:
        """Take the counters as they stand now; looks that follow too soon change nothing."""
        if self._before is not None:
            before_ms, before = self._before
            if now_ms - before_ms < _SHORTEST_MS:
                return
            self._span_ms = now_ms - before_ms
            self._grown = Counts(*(max(0, new - old) for new, old in zip(counts, before, strict=True)))
        self._before = (now_ms, counts)

    @property
    def bitrate_bps(self) -> int | None:
        """Bits per second."""
        return round(self._grown.bytes * 8000 / self._span_ms) if self._span_ms else None

    @property
    def fps(self) -> float | None:
        """Frames per second."""
        return round(self._grown.frames * 1000 / self._span_ms, 1) if self._span_ms else None

    @property
    def loss_fraction(self) -> float | None:
        """The share of packets that never came."""
        return _share(self._grown.lost, self._grown.lost + self._grown.packets)

    @property
    def concealed_ratio(self) -> float | None:
        """The share of sound that was made up."""
        return _share(self._grown.concealed_ms, self._grown.played_ms)


def pictures_row(
    named: StreamStatistics,
    counts: InboundStatistics,
    pictures: SubscriptionStatistics,
    painted: Painted,
    look: tuple[float, Rates],
) -> StreamStatistics:
    """A received picture stream; `named` says whose it is, `look` when this is and what remembers the look before."""
    now_ms, rates = look
    rates.look(now_ms, _received(counts)._replace(frames=pictures.frames_decoded))
    return replace(
        _row(named, counts, now_ms, rates),
        codec=pictures.codec or None,
        width_px=pictures.width_px or None,
        height_px=pictures.height_px or None,
        layer=pictures.layer,
        fps=rates.fps,
        recovered_rtx=counts.packets_recovered,
        frozen_ms=round(painted.frozen_ms, 1),
        freeze_count=painted.freezes,
        buffer_ms=round(pictures.buffer_ms, 1),
        decode_ms=round(pictures.decode_ms, 2),
        frames_dropped=pictures.frames_dropped + counts.frames_dropped,
        key_frames=pictures.key_frames,
        key_frames_asked=counts.plis_sent,
    )


def voice_row(
    named: StreamStatistics, counts: InboundStatistics, voice: VoiceStatistics, look: tuple[float, Rates]
) -> StreamStatistics:
    """A received sound stream."""
    now_ms, rates = look
    rates.look(now_ms, _received(counts)._replace(played_ms=voice.played_ms, concealed_ms=voice.concealed_ms))
    return replace(
        _row(named, counts, now_ms, rates),
        codec="opus",
        recovered_red=counts.packets_recovered,
        recovered_fec_ms=voice.recovered_ms,
        concealed_ratio=rates.concealed_ratio,
        buffer_ms=round(voice.playout_delay_ms, 1),
        speed=round(voice.speed, 5),
        stretched=voice.stretched,
    )


class Outgoing:
    """Rows of what we send."""

    def __init__(self) -> None:
        self._rates: dict[Source, Rates] = {}

    def rows(
        self, streams: Mapping[Source, OutboundStream], publishers: Mapping[Source, VideoPublisher], now_ms: float
    ) -> tuple[StreamStatistics, ...]:
        """One for each source that is published."""
        self._rates = {source: self._rates.get(source) or Rates() for source in streams}
        return tuple([self._row(source, stream, publishers.get(source), now_ms) for source, stream in streams.items()])

    def _row(
        self, source: Source, stream: OutboundStream, publisher: VideoPublisher | None, now_ms: float
    ) -> StreamStatistics:
        counts, rates = stream.statistics(), self._rates[source]
        rates.look(now_ms, Counts(bytes=counts.bytes_sent, packets=counts.packets_sent, frames=counts.frames_sent))
        row = StreamStatistics(
            source.value,
            Direction.SENT,
            source=source.value,
            codec=stream.codec.value,
            bitrate_bps=rates.bitrate_bps,
            loss_fraction=round(counts.loss_fraction, 4),
            recovered_rtx=counts.packets_retransmitted,
            rtt_ms=counts.rtt_ms,
        )
        if publisher is None:
            return row
        sent = publisher.statistics()
        targets = [layer.target_bps for layer in counts.layers if layer.target_bps is not None]
        return replace(
            row,
            width_px=sent.width_px,
            height_px=sent.height_px,
            layers=tuple((each.width_px, each.height_px) for each in publisher.layer_statistics() if each.is_on),
            target_bps=sum(targets) if targets else None,
            fps=round(sent.fps, 1),
            look_ms=publisher.look_ms,
            key_frames=counts.key_frames,
            key_frames_asked=counts.plis_received,
        )


def _row(named: StreamStatistics, counts: InboundStatistics, now_ms: float, rates: Rates) -> StreamStatistics:
    return replace(
        named,
        bitrate_bps=rates.bitrate_bps,
        loss_fraction=rates.loss_fraction,
        packets_lost=counts.packets_lost,
        jitter_ms=round(counts.jitter_ms, 1),
        rtt_ms=None if counts.rtt_ms is None else round(counts.rtt_ms, 1),
        last_packet_ms=None if counts.last_packet_ms is None else round(now_ms - counts.last_packet_ms, 1),
    )


def _received(counts: InboundStatistics) -> Counts:
    return Counts(bytes=counts.bytes_received, packets=counts.packets_received, lost=counts.packets_lost)


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole > 0 else None

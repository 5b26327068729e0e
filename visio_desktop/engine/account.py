"""The account of a meeting for the report: what was received, how it was seen, which returns there were."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from statistics import median
from typing import TYPE_CHECKING

from visio_desktop.diagnostics.report import Reconnect, SubscriptionReport
from visio_desktop.diagnostics.streams import Direction, StreamStatistics
from visio_desktop.engine.inside import Rates, pictures_row, voice_row
from visio_desktop.engine.seen import Seen
from visio_desktop.meeting.values import Source
from visio_desktop.rtc.frames import InboundStream

if TYPE_CHECKING:
    from visio_desktop.engine.mediakit import MediaKit
    from visio_desktop.media.subscription import VideoSubscription

_LARGEST_ACCOUNT = 1_000
_SKEWS_KEPT = 60
_SPOKEN = {Source.CAMERA: Source.MICROPHONE, Source.SCREEN: Source.SCREEN_AUDIO}


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose publication it is, and of which source."""

    participant_id: str
    name: str
    source: Source


@dataclass(slots=True)
class _Open:
    """A stream that is being received."""

    owner: Owner | None
    stream: InboundStream
    video: VideoSubscription | None
    began_ms: float
    skews_ms: deque[float] = field(default_factory=lambda: deque(maxlen=_SKEWS_KEPT))
    rates: Rates = field(default_factory=Rates)


class Account:
    """Rows of the report, those of ended streams included. Runs on the engine's loop."""

    def __init__(
        self,
        kit: Callable[[], MediaKit],
        describe: Callable[[str], Owner | None],
        since_start_ms: Callable[[], float],
        monotonic_ms: Callable[[], float],
    ) -> None:
        self._kit = kit
        self._describe = describe
        self._since_start_ms = since_start_ms
        self._monotonic_ms = monotonic_ms
        self._seen = Seen()
        self._open: dict[str, _Open] = {}
        self._closed: list[SubscriptionReport] = []
        self._latest: tuple[StreamStatistics, ...] = ()
        self._reconnects: list[Reconnect] = []
        self._lost_at_ms: float | None = None
        self._mending = False
        self._cause = ""

    def sink_attached(self, publication_id: str, sink: object) -> None:
        """A sink shows this publication from now on."""
        self._seen.attached(publication_id, sink, self._monotonic_ms())

    def sink_detached(self, publication_id: str, sink: object) -> None:
        """A sink shows it no more."""
        self._seen.detached(publication_id, sink, self._monotonic_ms())

    def video_began(self, publication_id: str, stream: InboundStream, subscription: VideoSubscription) -> None:
        """Pictures of a publication begin."""
        self._open[publication_id] = self._opened(publication_id, stream, subscription)

    def voice_began(self, publication_id: str, stream: InboundStream) -> None:
        """Sound of a publication begins."""
        self._open[publication_id] = self._opened(publication_id, stream, None)

    def ended(self, publication_id: str) -> None:
        """A stream ended: keep its row. To be called while the sound path still knows its voice."""
        entry = self._open.pop(publication_id, None)
        if entry is not None:
            self._closed.append(self._row(publication_id, entry))
            del self._closed[:-_LARGEST_ACCOUNT]
        self._seen.restart(publication_id, self._monotonic_ms())

    def interrupted(self, cause: str) -> None:
        """The connection is broken and being mended; its streams go on once it is."""
        self.connection_lost(cause)
        self._mending = True

    def restored(self, cause: str, lasted_ms: float, gap_ms: float) -> None:
        """The connection was broken for so long, and brought nothing for `gap_ms` of it."""
        self._reconnects.append(Reconnect(round(self._since_start_ms() - lasted_ms, 1), cause, gap_ms))
        self._lost_at_ms, self._mending = None, False

    def connection_lost(self, cause: str) -> None:
        """The connection is gone."""
        self._mending = False
        if self._lost_at_ms is None:
            self._lost_at_ms = self._since_start_ms()
            self._cause = cause

    @property
    def is_waiting(self) -> bool:
        """Whether media is gone with the connection and not yet back."""
        return self._lost_at_ms is not None and not self._mending

    def media_back(self) -> None:
        """Media arrives again after a loss; without a loss nothing happens."""
        if self._lost_at_ms is not None:
            gap_ms = round(self._since_start_ms() - self._lost_at_ms, 1)
            self._reconnects.append(Reconnect(self._lost_at_ms, self._cause, gap_ms))
            self._lost_at_ms = None

    def measure(self) -> None:
        """Look at all streams, and at how far lips and voices are apart now; called once a second or so."""
        self._measure_skews()
        self._latest = tuple([self._look(key, entry) for key, entry in self._open.items()])

    def snapshot(self) -> tuple[StreamStatistics, ...]:
        """What is received now, as of the last measurement. Thread-safe."""
        return self._latest

    def _measure_skews(self) -> None:
        """By how much pictures come later to the eye than words to the ear, by the sender's clock; pictures follow."""
        owners = {key: owner for key, entry in self._open.items() if (owner := self._owner(key, entry)) is not None}
        keys = {(owner.participant_id, owner.source): key for key, owner in owners.items()}
        for key, owner in owners.items():
            entry = self._open[key]
            voice = keys.get((owner.participant_id, _SPOKEN.get(owner.source, owner.source)))
            if entry.video is None or voice is None:
                continue
            heard_ms = self._kit().sound.playout_time_ms(voice)
            voice_ms = None if heard_ms is None else self._monotonic_ms() - heard_ms
            entry.video.follow_voice(voice_ms)
            seen = entry.video.statistics()
            if voice_ms is not None and seen.shown_capture_ms is not None and seen.shown_at_ms is not None:
                entry.skews_ms.append(seen.shown_at_ms - seen.shown_capture_ms - voice_ms)

    def subscriptions(self) -> list[SubscriptionReport]:
        """All rows so far."""
        return [*self._closed, *(self._row(key, entry) for key, entry in self._open.items())]

    def reconnects(self) -> list[Reconnect]:
        """All returns so far; one that has not succeeded yet has no gap."""
        waiting = [] if self._lost_at_ms is None else [Reconnect(self._lost_at_ms, self._cause)]
        return [*self._reconnects, *waiting]

    def _opened(self, publication_id: str, stream: InboundStream, video: VideoSubscription | None) -> _Open:
        return _Open(self._describe(publication_id), stream, video, self._monotonic_ms())

    def _owner(self, publication_id: str, entry: _Open) -> Owner | None:
        """A stream may begin before its publication is known."""
        if entry.owner is None:
            entry.owner = self._describe(publication_id)
        return entry.owner

    def _look(self, publication_id: str, entry: _Open) -> StreamStatistics:
        owner = self._owner(publication_id, entry)
        named = StreamStatistics(publication_id, Direction.RECEIVED)
        if owner is not None:
            named = replace(
                named, participant_id=owner.participant_id, participant=owner.name, source=owner.source.value
            )
        counts, now_ms = entry.stream.statistics(), self._monotonic_ms()
        if entry.video is None:
            return voice_row(named, counts, self._kit().sound.statistics(publication_id), (now_ms, entry.rates))
        painted = self._seen.painted(publication_id, now_ms)
        named = replace(named, av_skew_ms=round(entry.skews_ms[-1], 1) if entry.skews_ms else None)
        return pictures_row(named, counts, entry.video.statistics(), painted, (now_ms, entry.rates))

    def _row(self, publication_id: str, entry: _Open) -> SubscriptionReport:
        owner = self._owner(publication_id, entry)
        name, source = ("", "") if owner is None else (owner.name, owner.source.value)
        counts, lived_s = entry.stream.statistics(), (self._monotonic_ms() - entry.began_ms) / 1000
        bitrate_bps = round(counts.bytes_received * 8 / lived_s) if lived_s > 0 else None
        if entry.video is None:
            voice = self._kit().sound.statistics(publication_id)
            return SubscriptionReport(
                name,
                source,
                codec="opus",
                bitrate_bps=bitrate_bps,
                recovered_fec_ms=voice.recovered_ms,
                jitter_ms=round(counts.jitter_ms, 1),
                playout_delay_ms=round(voice.playout_delay_ms, 1),
                concealed_ratio=round(voice.concealed_ratio, 4),
                packets_lost=counts.packets_lost,
                packets_recovered=counts.packets_recovered,
            )
        pictures = entry.video.statistics()
        painted = self._seen.painted(publication_id, self._monotonic_ms())
        return SubscriptionReport(
            name,
            source,
            codec=pictures.codec,
            width=pictures.width_px,
            height=pictures.height_px,
            frames_decoded=pictures.frames_decoded,
            frames_painted=painted.frames,
            frozen_ms=round(painted.frozen_ms, 1),
            freeze_count=painted.freezes,
            playout_delay_ms=round(pictures.buffer_ms, 1),
            bitrate_bps=bitrate_bps,
            fps=round(pictures.frames_decoded / lived_s, 1) if lived_s > 0 else None,
            frames_dropped=pictures.frames_dropped + counts.frames_dropped,
            decode_ms=round(pictures.decode_ms, 2),
            key_frames=pictures.key_frames,
            key_frames_asked=counts.plis_sent,
            jitter_ms=round(counts.jitter_ms, 1),
            rtt_ms=None if counts.rtt_ms is None else round(counts.rtt_ms, 1),
            av_skew_ms=round(median(entry.skews_ms), 1) if entry.skews_ms else None,
            packets_lost=counts.packets_lost,
            packets_recovered=counts.packets_recovered,
        )

"""The account of a meeting for the report: what was received, how it was seen, which returns there were."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from visio_desktop.diagnostics.freeze import FreezeMeter
from visio_desktop.diagnostics.report import Reconnect, SubscriptionReport
from visio_desktop.rtc.frames import InboundStream

if TYPE_CHECKING:
    from visio_desktop.engine.mediakit import MediaKit
    from visio_desktop.media.subscription import VideoSubscription

_LARGEST_ACCOUNT = 1_000


@runtime_checkable
class Metered(Protocol):
    """A sink that counts what it paints."""

    @property
    def meter(self) -> FreezeMeter:
        """The sink's meter."""


@dataclass(frozen=True, slots=True)
class _Open:
    """A stream that is being received."""

    participant: str
    source: str
    stream: InboundStream
    video: VideoSubscription | None


class Account:
    """Rows of the report, those of ended streams included. Runs on the engine's loop."""

    def __init__(
        self,
        kit: Callable[[], MediaKit],
        describe: Callable[[str], tuple[str, str]],
        since_start_ms: Callable[[], float],
        monotonic_ms: Callable[[], float],
    ) -> None:
        self._kit = kit
        self._describe = describe
        self._since_start_ms = since_start_ms
        self._monotonic_ms = monotonic_ms
        self._open: dict[str, _Open] = {}
        self._closed: list[SubscriptionReport] = []
        self._meters: dict[str, list[FreezeMeter]] = {}
        self._reconnects: list[Reconnect] = []
        self._lost_at_ms: float | None = None
        self._cause = ""

    def sink_attached(self, publication_id: str, sink: object) -> None:
        """A sink shows this publication from now on."""
        if isinstance(sink, Metered):
            meters = self._meters.setdefault(publication_id, [])
            if sink.meter not in meters:
                meters.append(sink.meter)

    def video_began(self, publication_id: str, stream: InboundStream, subscription: VideoSubscription) -> None:
        """Pictures of a publication begin."""
        self._begin(publication_id, stream, subscription)

    def voice_began(self, publication_id: str, stream: InboundStream) -> None:
        """Sound of a publication begins."""
        self._begin(publication_id, stream, None)

    def ended(self, publication_id: str) -> None:
        """A stream ended: keep its row."""
        entry = self._open.pop(publication_id, None)
        if entry is not None:
            self._closed.append(self._row(publication_id, entry))
            del self._closed[:-_LARGEST_ACCOUNT]
        self._meters.pop(publication_id, None)

    def connection_lost(self, cause: str) -> None:
        """The connection is gone."""
        if self._lost_at_ms is None:
            self._lost_at_ms = self._since_start_ms()
            self._cause = cause

    def media_back(self) -> None:
        """Media arrives again after a loss; without a loss nothing happens."""
        if self._lost_at_ms is not None:
            gap_ms = round(self._since_start_ms() - self._lost_at_ms, 1)
            self._reconnects.append(Reconnect(self._lost_at_ms, self._cause, gap_ms))
            self._lost_at_ms = None

    def subscriptions(self) -> list[SubscriptionReport]:
        """All rows so far."""
        return [*self._closed, *(self._row(key, entry) for key, entry in self._open.items())]

    def reconnects(self) -> list[Reconnect]:
        """All returns so far; one that has not succeeded yet has no gap."""
        waiting = [] if self._lost_at_ms is None else [Reconnect(self._lost_at_ms, self._cause)]
        return [*self._reconnects, *waiting]

    def _begin(self, publication_id: str, stream: InboundStream, video: VideoSubscription | None) -> None:
        participant, source = self._describe(publication_id)
        self._open[publication_id] = _Open(participant, source, stream, video)

    def _row(self, publication_id: str, entry: _Open) -> SubscriptionReport:
        counts = entry.stream.statistics()
        if entry.video is None:
            voice = self._kit().sound.statistics(publication_id)
            return SubscriptionReport(
                entry.participant,
                entry.source,
                codec="opus",
                playout_delay_ms=round(voice.playout_delay_ms, 1),
                concealed_ratio=round(voice.concealed_ratio, 4),
                packets_lost=counts.packets_lost,
                packets_recovered=counts.packets_recovered,
            )
        seen = entry.video.statistics()
        meters = self._meters.get(publication_id, [])
        now_ms = self._monotonic_ms()
        return SubscriptionReport(
            entry.participant,
            entry.source,
            codec=seen.codec,
            width=seen.width_px,
            height=seen.height_px,
            frames_decoded=seen.frames_decoded,
            frames_painted=sum(meter.frames_painted for meter in meters),
            frozen_ms=round(sum(meter.frozen_until_ms(now_ms) for meter in meters), 1),
            freeze_count=sum(meter.freeze_count for meter in meters),
            packets_lost=counts.packets_lost,
            packets_recovered=counts.packets_recovered,
        )

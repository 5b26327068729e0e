"""What a person has seen of each publication: the meters of the sinks that showed it, as long as they did."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from visio_desktop.diagnostics.freeze import FreezeMeter


@runtime_checkable
class Metered(Protocol):
    """A sink that counts what it paints."""

    @property
    def meter(self) -> FreezeMeter:
        """The sink's meter."""


@dataclass(frozen=True, slots=True)
class Painted:
    """Counts of painting."""

    frames: int = 0
    frozen_ms: float = 0.0
    freezes: int = 0

    def __add__(self, other: Painted) -> Painted:
        return Painted(self.frames + other.frames, self.frozen_ms + other.frozen_ms, self.freezes + other.freezes)

    def __sub__(self, other: Painted) -> Painted:
        return Painted(self.frames - other.frames, self.frozen_ms - other.frozen_ms, self.freezes - other.freezes)


@dataclass(slots=True)
class _Shown:
    """One publication: what sinks of the past painted, and where the meters of those of now began."""

    kept: Painted = Painted()
    began: dict[FreezeMeter, Painted] = field(default_factory=dict)


class Seen:
    """A sink may show one publication after the other: each is counted only what was painted of it."""

    def __init__(self) -> None:
        self._shown: dict[str, _Shown] = {}

    def attached(self, publication_id: str, sink: object, now_ms: float) -> None:
        """A sink shows this publication from now on."""
        if isinstance(sink, Metered):
            shown = self._shown.setdefault(publication_id, _Shown())
            shown.began.setdefault(sink.meter, _read(sink.meter, now_ms))

    def detached(self, publication_id: str, sink: object, now_ms: float) -> None:
        """A sink shows something else, or nothing."""
        shown = self._shown.get(publication_id)
        if shown is not None and isinstance(sink, Metered) and sink.meter in shown.began:
            shown.kept += _read(sink.meter, now_ms) - shown.began.pop(sink.meter)

    def painted(self, publication_id: str, now_ms: float) -> Painted:
        """What was painted of a publication since the last `restart`."""
        shown = self._shown.get(publication_id, _Shown())
        return sum((_read(meter, now_ms) - began for meter, began in shown.began.items()), shown.kept)

    def restart(self, publication_id: str, now_ms: float) -> None:
        """Count anew, with the sinks there are."""
        shown = self._shown.pop(publication_id, _Shown())
        if shown.began:
            self._shown[publication_id] = _Shown(began={meter: _read(meter, now_ms) for meter in shown.began})


def _read(meter: FreezeMeter, now_ms: float) -> Painted:
    return Painted(meter.frames_painted, meter.frozen_until_ms(now_ms), meter.freeze_count)

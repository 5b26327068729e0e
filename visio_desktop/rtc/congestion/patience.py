"""Layers that were paused stay so for a while, the longer the more often they came and went."""

from __future__ import annotations

from visio_desktop.rtc.congestion.allocation import Targets

_FIRST_MS = 1_500.0
_LONGEST_MS = 24_000.0
_LONGER = 2.0
_SOON_MS = 12_000.0


class Patience:
    """One stream's. A server shows a layer only some time after it came back: one that flaps costs and is not seen."""

    def __init__(self) -> None:
        self._waits_ms: dict[int, float] = {}
        self._until_ms: dict[int, float] = {}
        self._back_ms: dict[int, float] = {}

    def held(self, now_ms: float) -> frozenset[int]:
        """The layers that are to stay paused for now."""
        return frozenset([n for n, until_ms in self._until_ms.items() if now_ms < until_ms])

    def note(self, before: Targets, after: Targets, now_ms: float) -> None:
        """What the layers had and have now."""
        for n, (had_bps, has_bps) in enumerate(zip(before, after, strict=False)):
            if had_bps and not has_bps:
                back_ms = self._back_ms.get(n)
                soon = back_ms is not None and now_ms - back_ms < _SOON_MS
                wait_ms = min(self._waits_ms.get(n, _FIRST_MS) * _LONGER, _LONGEST_MS) if soon else _FIRST_MS
                self._waits_ms[n] = wait_ms
                self._until_ms[n] = now_ms + wait_ms
            elif has_bps and not had_bps:
                self._back_ms[n] = now_ms

"""Candidates of theirs that come before the stream they belong to: kept for it, within bounds."""

from __future__ import annotations

_MOST_STREAMS = 64
_MOST_CANDIDATES = 32

type Found = tuple[str, str]
"""A candidate (`a=candidate`, without that) and the m-line it is for."""


class Early:
    """By the stream's id; of too many the oldest are forgotten."""

    def __init__(self) -> None:
        self._kept: dict[str, list[Found]] = {}

    def keep(self, stream_id: str, found: Found) -> None:
        """Nobody can use it yet."""
        while stream_id not in self._kept and len(self._kept) >= _MOST_STREAMS:
            del self._kept[next(iter(self._kept))]
        kept = self._kept.setdefault(stream_id, [])
        if len(kept) < _MOST_CANDIDATES:
            kept.append(found)

    def take(self, stream_id: str) -> list[Found]:
        """All that was kept for it, once."""
        return self._kept.pop(stream_id, [])

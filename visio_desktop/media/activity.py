"""Tells speech from background by its level over the background's."""

from __future__ import annotations

from typing import Final

from visio_desktop.media.samples import SILENCE_DB

_LEAST_DB: Final = -48.0
_ABOVE_FLOOR_DB: Final = 12.0
_FRAME_MS: Final = 20
_FLOOR_RISE_DB: Final = 0.06
_HANG_MS: Final = 300
_SPEECH_MS: Final = 300
_REMIND_MS: Final = 10_000.0


class Activity:
    """Whether somebody speaks, from the level of each 20 ms."""

    def __init__(self) -> None:
        self._floor_db = -60.0
        self._left_ms = 0
        self.voiced_ms = 0
        """How long this utterance lasts, pauses of less than 300 ms left out."""

    def update(self, level_db: float) -> bool:
        """Take the next frame's level; True while somebody speaks."""
        loud = level_db > max(_LEAST_DB, self._floor_db + _ABOVE_FLOOR_DB)
        lowest = max(level_db, SILENCE_DB / 2)
        self._floor_db = min(lowest, self._floor_db + _FLOOR_RISE_DB)
        if loud:
            self._left_ms = _HANG_MS
            self.voiced_ms += _FRAME_MS
        elif self._left_ms > 0:
            self._left_ms -= _FRAME_MS
        else:
            self.voiced_ms = 0
        return self._left_ms > 0


class MutedSpeech:
    """Notices that somebody speaks into a closed gate, at most once in ten seconds."""

    def __init__(self) -> None:
        self._activity = Activity()
        self._told_ms: float | None = None

    def update(self, level_db: float, *, closed: bool, now_ms: float) -> bool:
        """Take the next frame's level; True when the person should be told now."""
        self._activity.update(level_db)
        if not closed:
            self._activity.voiced_ms = 0
            return False
        if self._activity.voiced_ms < _SPEECH_MS:
            return False
        if self._told_ms is not None and now_ms - self._told_ms < _REMIND_MS:
            return False
        self._told_ms = now_ms
        return True

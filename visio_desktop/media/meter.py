"""A level for meters and speaking rings: rises at once, falls slowly enough to be seen."""

from __future__ import annotations

from typing import Final

from visio_desktop.media.samples import RATE_HZ, SILENCE_DB, Samples, level_db

_FALL_DB_PER_S: Final = 60


class Meter:
    """`db` may be read from any thread; one thread updates."""

    def __init__(self) -> None:
        self.db = SILENCE_DB

    def update(self, block: Samples) -> float:
        """Take the next samples and return their own level."""
        own_db = level_db(block)
        self.db = max(own_db, self.db - _FALL_DB_PER_S * len(block) / RATE_HZ, SILENCE_DB)
        return own_db

    def clear(self) -> None:
        """Nothing is heard any more."""
        self.db = SILENCE_DB

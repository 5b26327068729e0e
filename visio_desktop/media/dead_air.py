"""Notices a microphone that is open and gives nothing at all: switched off at the headset, or in the system.

A living microphone in the quietest room still gives some noise of its own; what gives zeros for ten seconds is muted
somewhere, and the person speaks to nobody.
"""

from __future__ import annotations

from typing import Final

from visio_desktop.media.samples import Samples

TOLD_AFTER_MS: Final = 10_000.0
_NOTHING: Final = 1.5 / 32768
"""The last bit of 16 may stand still anywhere."""


class DeadAir:
    """Looks at raw samples; one thread."""

    def __init__(self) -> None:
        self._since_ms: float | None = None
        self._told = False

    def update(self, samples: Samples, now_ms: float) -> bool | None:
        """Take the next samples: True when nothing has come for too long, False when something does again, or None."""
        if float(abs(samples).max(initial=0.0)) > _NOTHING:
            was_told, self._told, self._since_ms = self._told, False, None
            return False if was_told else None
        if self._since_ms is None:
            self._since_ms = now_ms
        if self._told or now_ms - self._since_ms < TOLD_AFTER_MS:
            return None
        self._told = True
        return True

    def begin_again(self) -> None:
        """Count from now on: it matters anew."""
        self._since_ms = None
        self._told = False

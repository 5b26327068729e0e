"""Brings a voice and the signs that go with it together: pictures wait for it anyway, here it waits too.

Only of whose signs are followed, and only so far: beyond it talking with one another suffers more.
"""

from __future__ import annotations

from typing import Final

MOST_HOLD_MS: Final = 400.0
"""How much later than otherwise a voice may be heard."""
_NEAR_MS: Final = 40.0
_NEW_PART: Final = 0.8
_STEP_BACK_MS: Final = 20.0
_LOOKS_NEAR: Final = 20


class Together:
    """Looked at once a second; `hold_ms` is how long the voice is to wait."""

    def __init__(self) -> None:
        self.hold_ms = 0.0
        self._near = 0

    @property
    def can_wait(self) -> bool:
        """Whether the voice may wait still longer."""
        return self.hold_ms < MOST_HOLD_MS

    def look(self, skew_ms: float | None) -> None:
        """Pictures came so much later than their voice in the last second; None while that is not known."""
        if skew_ms is None:
            return
        if abs(skew_ms) > _NEAR_MS:
            self._near = 0
            self.hold_ms = min(max(self.hold_ms + _NEW_PART * skew_ms, 0.0), MOST_HOLD_MS)
            return
        self._near += 1
        if self._near >= _LOOKS_NEAR:
            # Pictures wait for a voice that waits for them: now and then less is tried.
            self._near = 0
            self.hold_ms = max(self.hold_ms - _STEP_BACK_MS, 0.0)

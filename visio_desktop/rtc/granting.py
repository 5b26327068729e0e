"""Which requests for key frames of a sent stream are acted on."""

from __future__ import annotations

import math

_EVERY_MS = 250.0
_SELDOM_MS = 4_000.0
_IN_A_ROW_MS = 1_500.0
_IN_A_ROW = 4


class Granting:
    """One layer's.

    LiveKit before 1.9 asks for a key frame each second, for ever, while a layer above is wanted but not sent
    (`Forwarder.CheckSync` in its 1.8.4). There of all places bits are few: after some in a row they become seldom.

    Others, as Janus, ask once. What comes too soon after the last is therefore owed, unless a key frame goes out first.
    """

    def __init__(self) -> None:
        self._asked_ms = self._granted_ms = -math.inf
        self._in_a_row = 0
        self._owed = False

    def asked(self, now_ms: float, *, is_reduced: bool = False) -> bool:
        """Whether to act on a request now; `is_reduced` while a layer above this one is wanted but not sent."""
        if now_ms - self._asked_ms > _IN_A_ROW_MS:
            self._in_a_row = 0
        self._asked_ms = now_ms
        every_ms = _SELDOM_MS if is_reduced and self._in_a_row >= _IN_A_ROW else _EVERY_MS
        if now_ms - self._granted_ms < every_ms:
            self._owed = every_ms == _EVERY_MS
            return False
        self._grant(now_ms)
        return True

    def sent(self) -> None:
        """A key frame goes out: everybody who has asked so far gets it."""
        self._owed = False

    def due(self, now_ms: float) -> bool:
        """Whether to act now on a request that came too soon."""
        if not self._owed or now_ms - self._granted_ms < _EVERY_MS:
            return False
        self._grant(now_ms)
        return True

    def _grant(self, now_ms: float) -> None:
        self._granted_ms = now_ms
        self._in_a_row += 1
        self._owed = False

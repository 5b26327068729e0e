"""A frame's last packet lost: no later packet shows it until the next frame, long at low frame rates. Time does."""

from __future__ import annotations

_OVERDUE_MS = 50.0
_GIVE_UP_MS = 600.0


class Tail:
    """The newest frame of a stream, as long as its end (RFC 3550, 5.1: the marker) has not come.

    `guess` is the unwrapped sequence of the packet that is taken for lost; None while there is none. Senders may pace
    the packets of one frame, so some time must pass; a wrong guess costs one question.
    """

    __slots__ = ("_newest_ms", "_unfinished", "guess")

    def __init__(self) -> None:
        self.guess: int | None = None
        self._unfinished: int | None = None
        self._newest_ms = 0.0

    def newest(self, sequence: int, now_ms: float, *, marker: bool) -> None:
        """The packet with the highest sequence so far came."""
        self._unfinished = None if marker else sequence
        self._newest_ms = now_ms
        self.guess = None

    def overdue(self, now_ms: float) -> int | None:
        """The packet to ask for, told once."""
        if self.guess is not None or self._unfinished is None or now_ms - self._newest_ms < _OVERDUE_MS:
            return None
        self.guess = self._unfinished + 1
        return self.guess

    def given_up(self, now_ms: float) -> int | None:
        """The guess that has proved wrong, told once: the sender stopped in the middle of a frame."""
        if self.guess is None or now_ms - self._newest_ms < _GIVE_UP_MS:
            return None
        guess, self.guess, self._unfinished = self.guess, None, None
        return guess

    def repaired(self, sequence: int, now_ms: float, *, marker: bool) -> None:
        """The guessed packet came again; the next one may be missing as well."""
        if sequence == self.guess:
            self.guess = None
            self._unfinished = None if marker else sequence
            self._newest_ms = now_ms - _OVERDUE_MS

"""Counters of a fixed width that run over, made endless."""

from __future__ import annotations


class Unwrapper:
    """Makes a counter of `bits` bits endless: each value is taken to be the one nearest to the newest.

    What it gives never runs back because of an overflow, and after `restart` it goes on above everything before.
    """

    __slots__ = ("_half", "_mask", "newest")

    def __init__(self, bits: int) -> None:
        self._mask = (1 << bits) - 1
        self._half = 1 << (bits - 1)
        self.newest: int | None = None

    def near(self, value: int) -> int:
        """The endless value, without taking note of it."""
        if self.newest is None:
            return value + self._mask + 1
        return self.newest + ((value - self.newest + self._half) & self._mask) - self._half

    def unwrap(self, value: int) -> int:
        """The endless value."""
        endless = self.near(value)
        if self.newest is None or endless > self.newest:
            self.newest = endless
        return endless

    def restart(self, value: int) -> int:
        """The first endless value above everything so far: the counter begins anew."""
        if self.newest is None:
            return self.unwrap(value)
        self.newest += ((value - self.newest - 1) & self._mask) + 1
        return self.newest

"""The network conditions that `bench network` goes through."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

LOSSES = (0, 1, 5, 10, 20, 30)
ROUND_TRIPS_MS = (20, 100, 300)
JITTERS_MS = (0, 30)
RATES_BPS = (0, 1_000_000, 300_000, 100_000)
_ROOM_FOR_TWO_BPS = 500_000


@dataclass(frozen=True, slots=True)
class Cell:
    """One condition, the same in both directions. Loss in percent of UDP packets; `rate_bps` 0 is without limit."""

    loss_percent: int
    rtt_ms: int
    jitter_ms: int = 0
    rate_bps: int = 0

    @property
    def name(self) -> str:
        """As `--cells` takes it: `5-40-0-0` is 5 % loss, 40 ms, no jitter, no limit."""
        return f"{self.loss_percent}-{self.rtt_ms}-{self.jitter_ms}-{self.rate_bps // 1000}"

    def __str__(self) -> str:
        """As tables show it."""
        rate = f"{self.rate_bps // 1000} kbit/s" if self.rate_bps else "no limit"
        return f"{self.loss_percent} %, {self.rtt_ms} ms, ±{self.jitter_ms} ms, {rate}"

    @property
    def tracks(self) -> int:
        """How many pictures a subscriber gets: where two do not fit even small, one."""
        return 1 if 0 < self.rate_bps < _ROOM_FOR_TWO_BPS else 2

    @property
    def conditions(self) -> dict[str, Any]:
        """For the link: half of the round trip and of nothing else goes to each direction."""
        return {
            "loss": self.loss_percent / 100,
            "delay_ms": self.rtt_ms / 2,
            "jitter_ms": self.jitter_ms,
            "rate_bps": self.rate_bps,
        }


CENTRAL = Cell(5, 40)
COVERING = (
    Cell(0, 20),
    Cell(0, 100, 30, 1_000_000),
    Cell(0, 300, 30, 100_000),
    Cell(1, 20, 30),
    Cell(1, 100, 0, 300_000),
    CENTRAL,
    Cell(5, 300, 30, 1_000_000),
    Cell(10, 100),
    Cell(10, 20, 30, 300_000),
    Cell(20, 100, 30),
    Cell(20, 300, 0, 1_000_000),
    Cell(30, 20),
)
QUICK = (CENTRAL, Cell(20, 100, 30), Cell(1, 100, 0, 300_000))


def full() -> tuple[Cell, ...]:
    """Every combination, and the central cell first."""
    return (CENTRAL, *itertools.starmap(Cell, itertools.product(LOSSES, ROUND_TRIPS_MS, JITTERS_MS, RATES_BPS)))


def parse(name: str) -> Cell:
    """A cell by its name, `central` included. Raises `ValueError`."""
    if name == "central":
        return CENTRAL
    loss, rtt, *rest = map(int, name.split("-"))
    jitter, rate = (*rest, 0, 0)[:2]
    if not (0 <= loss <= 100 and 0 <= rtt <= 5_000 and 0 <= jitter <= 1_000 and 0 <= rate <= 1_000_000) or rest[2:]:
        raise ValueError(name)
    return Cell(loss, rtt, jitter, rate * 1000)


def chosen(names: Sequence[str], *, quick: bool, everything: bool) -> tuple[Cell, ...]:
    """What the command line asks for."""
    if names:
        return tuple(map(parse, names))
    if everything:
        return full()
    return QUICK if quick else COVERING

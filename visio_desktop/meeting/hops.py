"""The hops of a connection test, and what they come to together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from visio_desktop.meeting.values import Problem


class HopState(Enum):
    """How a hop of the test went."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Hop:
    """One hop: `name` is `link`, `dns`, `tcp`, `proxy`, `tls`, `signalling`, `ice_udp`, `turn_tls`, ...

    Those that are a way for media stand side by side: one that works is enough. `measured` has figures by name, where
    a hop measures.
    """

    name: str
    state: HopState
    detail: str = ""
    took_ms: float = 0.0
    problem: Problem | None = None
    is_way: bool = False
    measured: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the hops come to: the first that failed, the first way for media that works.

    `is_good` as far as was tried; `is_untried`: nothing failed, and no way for media was tried.
    """

    failed: Hop | None
    works: Hop | None
    is_good: bool
    is_untried: bool


def judge(hops: Iterable[Hop]) -> Verdict:
    """Of the ways for media one that works is enough; every other hop has to be passed."""
    hops = tuple(hops)
    failed = [hop for hop in hops if hop.state is HopState.FAILED]
    ways = [hop for hop in hops if hop.is_way]
    works = next((way for way in ways if way.state is HopState.PASSED), None)
    in_the_way = [hop for hop in failed if not hop.is_way]
    is_good = not failed if works is None else not in_the_way
    return Verdict(next(iter(failed), None), works, is_good, is_untried=bool(ways) and not failed and works is None)


@dataclass(frozen=True, slots=True)
class Check:
    """A connection test on its way, or `over`; `number` tells it from those before it.

    `inside`: the meeting itself is entered for it, where the server has no other place to try media.
    """

    number: int
    inside: bool = False
    hops: tuple[Hop, ...] = ()
    over: bool = False

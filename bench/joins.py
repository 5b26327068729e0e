"""`./dev bench joins [--count N] [--ways WAY...] [--json]`: so many joins over each way through a firewall, one by one.

A join counts once data has gone through both connections. The ways and their servers are those of `tests.helpers.ways`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bench import page
from bench.results import add_options, guarded, reported
from bench.timeline import percentile
from tests.helpers.ways import WAYS, Ground, Way
from tools.shell import say

COUNT = 200
DELAY_MS = 20.0
_BATCH = 20


@dataclass(frozen=True, slots=True)
class Joins:
    """All joins over one way."""

    way: str
    asked: int
    joined_ms: Sequence[float]
    media_ms: Sequence[float]
    protocols: dict[str, int]
    errors: dict[str, int]

    @property
    def succeeded(self) -> int:
        """How many went well."""
        return len(self.media_ms)


def gather(way: str, told: Sequence[dict[str, Any]], asked: int) -> Joins:
    """What the joiner told of all joins; one that told nothing never ended."""
    good = [join for join in told if not join["error"]]
    errors = Counter(str(join["error"]) for join in told if join["error"])
    if asked > len(told):
        errors["never ended"] = asked - len(told)
    return Joins(
        way,
        asked,
        [join["joined_ms"] for join in good],
        [join["media_ms"] for join in good],
        dict(Counter(path_name(join["path"]) for join in good)),
        dict(errors),
    )


def path_name(path: dict[str, str]) -> str:
    """A way media took: `udp host`, `tls relay by proxy`."""
    return f"{path.get('protocol', '?')} {path.get('candidate', '?')}" + (" by proxy" if path.get("proxy") else "")


def over(way: Way, count: int, tell: Callable[[str], None]) -> Joins:
    """So many joins, in batches, each in a process of its own."""
    told: list[dict[str, Any]] = []
    for begun in range(0, count, _BATCH):
        batch = min(_BATCH, count - begun)
        try:
            told += way.join(batch)
        except subprocess.TimeoutExpired:
            tell(f"{way.name}: a batch never ended")
        tell(f"{way.name}: {begun + batch} of {count}, {sum(bool(join['error']) for join in told)} failed")
    return gather(way.name, told, count)


def run(count: int, ways: Sequence[str], tell: Callable[[str], None]) -> list[Joins]:
    """All ways."""
    found = []
    with Ground(delay_ms=DELAY_MS) as ground:
        for name in ways:
            with ground.way(name) as way:
                found.append(over(way, count, tell))
    return found


def lines(found: Sequence[Joins]) -> list[str]:
    """The section of the page."""
    rows = []
    for one in found:
        went = ", ".join(f"{name} {count}" for name, count in one.protocols.items())
        wrong = ", ".join(f"{name} {count}" for name, count in one.errors.items()) or "-"
        times = [_shown(one.media_ms, 50), _shown(one.media_ms, 95), _shown(one.media_ms, 100)]
        rows.append([one.way, f"{one.succeeded} of {one.asked}", *times, went, wrong])
    head = f"`./dev bench joins`: round trip {2 * DELAY_MS:g} ms; until data went through both connections."
    heads = ["way", "succeeded", "p50, s", "p95, s", "slowest, s", "media went by", "errors"]
    return [head, "", *page.table(heads, rows)]


def _shown(values_ms: Sequence[float], percent: float) -> str:
    value_ms = percentile(values_ms, percent)
    return "-" if value_ms is None else f"{value_ms / 1000:.2f}"


def main() -> int:
    """Run, print, keep; fails where a join failed."""
    parser = argparse.ArgumentParser(prog="./dev bench joins", description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT, help="joins over each way; 1000 take two hours")
    parser.add_argument("--quick", action="store_true", help="five over each way")
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    add_options(parser)
    arguments = parser.parse_args()
    found = run(5 if arguments.quick else arguments.count, arguments.ways, say)
    status = reported("joins", found, lines, arguments)
    return status or int(any(one.errors for one in found))


if __name__ == "__main__":
    sys.exit(guarded(main))

"""Medians and spreads of runs, for reading."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence

from bench.clients import Run

type Figure = Callable[[Run], float | None]

FIGURES: dict[str, Figure] = {
    "CPU, cores": lambda run: run.cpu_cores,
    "PSS, MB": lambda run: run.pss_bytes / 1e6,
    "start to first frame, ms": lambda run: run.start_to_first_frame_ms,
    "join to first frame, ms": lambda run: run.join_to_first_frame_ms,
    "slowest tile, frames/s": lambda run: run.slowest_fps,
    "machine, cores": lambda run: run.machine_cores,
}


def spread(values: Sequence[float]) -> str:
    """`median (least to most)`."""
    if not values:
        return "-"
    return f"{statistics.median(values):.3g} ({min(values):.3g} to {max(values):.3g})"


def ratios(pairs: Sequence[tuple[Run, Run]], figure: Figure) -> list[float]:
    """Ours over Chromium's, pair by pair."""
    both = ((figure(ours), figure(chromium)) for chromium, ours in pairs)
    return [ours / theirs for ours, theirs in both if ours is not None and theirs]


def lines(pairs: Sequence[tuple[Run, Run]]) -> list[str]:
    """The table of one number of streams: Chromium first in each pair."""
    streams = pairs[0][0].streams
    found = [f"{streams} streams, {len(pairs)} pairs", f"{'':26}{'chromium':>30}{'ours':>30}{'ours / chromium':>30}"]
    for name, figure in FIGURES.items():
        columns = [[v for run in runs if (v := figure(run)) is not None] for runs in zip(*pairs, strict=True)]
        cells = [*map(spread, columns), spread(ratios(pairs, figure))]
        found.append(f"{name:26}" + "".join(f"{cell:>30}" for cell in cells))
    return found

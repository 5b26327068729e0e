from __future__ import annotations

from dataclasses import replace

import pytest

from bench.clients import Run
from bench.table import FIGURES, lines, ratios, spread

CHROMIUM = Run("chromium", 4, 0.4, 0.8, 400_000_000, 900.0, 300.0, 29.0, 4)
OURS = replace(CHROMIUM, client="ours", cpu_cores=0.2, pss_bytes=200_000_000, join_to_first_frame_ms=None)


def test_a_ratio_is_made_pair_by_pair() -> None:
    slow = (replace(CHROMIUM, cpu_cores=0.8), replace(OURS, cpu_cores=0.8))
    assert ratios([(CHROMIUM, OURS), slow], FIGURES["CPU, cores"]) == [0.5, 1.0]


def test_what_was_not_measured_is_left_out() -> None:
    assert ratios([(CHROMIUM, OURS)], FIGURES["join to first frame, ms"]) == []
    assert spread([]) == "-"


def test_the_table_names_medians_and_spreads() -> None:
    table = lines([(CHROMIUM, OURS), (CHROMIUM, OURS)])
    assert table[0] == "4 streams, 2 pairs"
    (cpu,) = [line for line in table if line.startswith("CPU")]
    assert cpu.split("  ")[-1].strip() == "0.5 (0.5 to 0.5)"


@pytest.mark.parametrize(("values", "shown"), [([1.0], "1 (1 to 1)"), ([1.0, 2.0, 9.0], "2 (1 to 9)")])
def test_a_spread_is_median_least_and_most(values: list[float], shown: str) -> None:
    assert spread(values) == shown

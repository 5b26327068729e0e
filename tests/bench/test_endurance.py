from __future__ import annotations

import pytest

from bench.endurance import FIGURES, lines
from tests.helpers.sampled import Sample, slope_per_minute

GROWING = [Sample(5.0 * n, 100_000_000 + n * 1_000_000, 10, 20, 8, 50_000_000, 5, 6) for n in range(40)]


def test_a_slope_is_growth_in_a_minute() -> None:
    assert slope_per_minute(GROWING, "rss_bytes") == pytest.approx(12_000_000)
    assert slope_per_minute(GROWING, "threads") == 0


def test_the_table_begins_after_the_first_minute_and_names_every_figure() -> None:
    table = lines(GROWING)
    assert len(table) == 1 + len(FIGURES)
    (memory,) = [line for line in table if line.startswith("rss")]
    assert memory.split()[-4:] == ["112.0", "139.0", "139.0", "+12.000"]

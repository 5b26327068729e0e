from __future__ import annotations

import pytest

from bench.soak import grown, lines, troughs
from tests.helpers.sampled import Sample

GROWING = [Sample(5.0 * n, 100_000_000 + n * 1_000_000, 10, 20, 8, 0, 0, 0) for n in range(60)]


def test_growth_counts_once_warm_and_by_the_hour() -> None:
    (memory, threads, *_) = grown(GROWING, 60.0)
    assert (memory.figure, memory.warm, memory.end) == ("rss_bytes", 112_000_000, 159_000_000)
    assert memory.per_hour == pytest.approx(720_000_000)
    assert memory.minutes == pytest.approx(3.9, abs=0.1)
    assert threads.per_hour == 0


def test_teeth_of_a_saw_are_no_growth() -> None:
    saw = [Sample(5.0 * n, 200_000_000 + n % 36 * 1_000_000, 10, 20, 8, 0, 0, 0, 7) for n in range(360)]
    assert {s.rss_bytes for s in troughs(saw, "rss_bytes")} == {200_000_000}
    memory, *_, held = grown(saw, 60.0)
    assert (memory.per_hour, memory.most) == (0, 235_000_000)
    assert (held.figure, held.end) == ("held_bytes", 7)


def test_the_table_shows_megabytes() -> None:
    assert "| rss, MB | 112.0 | 159.0 | 159.0 | +720.00 |" in lines(grown(GROWING, 60.0))

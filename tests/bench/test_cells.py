from __future__ import annotations

import pytest

from bench import cells
from bench.cells import CENTRAL, COVERING, JITTERS_MS, LOSSES, QUICK, RATES_BPS, ROUND_TRIPS_MS, Cell


def test_twelve_cells_cover_every_level_and_hold_the_central_one() -> None:
    assert len(COVERING) == len(set(COVERING)) == 12
    assert CENTRAL in COVERING
    assert {c.loss_percent for c in COVERING} == set(LOSSES)
    assert {c.rtt_ms for c in COVERING} - {40} == set(ROUND_TRIPS_MS)
    assert {c.jitter_ms for c in COVERING} == set(JITTERS_MS)
    assert {c.rate_bps for c in COVERING} == set(RATES_BPS)
    assert set(QUICK) <= set(COVERING)


def test_the_full_matrix_is_every_combination() -> None:
    assert len(set(cells.full())) == 1 + 6 * 3 * 2 * 4


@pytest.mark.parametrize("cell", cells.full())
def test_names_are_read_again(cell: Cell) -> None:
    assert cells.parse(cell.name) == cell


def test_a_short_name_is_enough() -> None:
    assert cells.parse("central") == cells.parse("5-40") == CENTRAL


@pytest.mark.parametrize("name", ["", "5", "5-x", "101-20", "5-40-0-0-0", "-5-40"])
def test_odd_names_are_refused(name: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - int's own words will do
        cells.parse(name)


def test_the_delay_is_shared_by_both_directions() -> None:
    assert CENTRAL.conditions == {"loss": 0.05, "delay_ms": 20, "jitter_ms": 0, "rate_bps": 0}


def test_the_command_line_chooses() -> None:
    assert cells.chosen([], quick=False, everything=False) == COVERING
    assert cells.chosen([], quick=True, everything=False) == QUICK
    assert len(cells.chosen([], quick=False, everything=True)) > 100
    assert cells.chosen(["0-20"], quick=True, everything=True) == (Cell(0, 20),)


def test_a_narrow_line_gets_one_picture() -> None:
    assert [Cell(0, 20, 0, rate).tracks for rate in (0, 1_000_000, 300_000, 100_000)] == [2, 2, 1, 1]

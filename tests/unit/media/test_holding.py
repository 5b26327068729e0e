from __future__ import annotations

import numpy as np

from visio_desktop.media.holding import WINDOW, Holding
from visio_desktop.media.samples import BLOCK, FRAME

ENOUGH = FRAME + BLOCK + 120


def held(length: float = ENOUGH) -> Holding:
    """One that knows how much is to wait."""
    holding = Holding()
    corrections = [holding.update(length) for _ in range(3 * WINDOW)]
    assert corrections[-1] == length - ENOUGH
    assert not any(corrections[:-1])
    return holding


def test_what_is_not_needed_is_cut_at_the_beginning_and_what_is_missing_filled_in() -> None:
    assert not Holding().is_held
    assert held(ENOUGH + 700).is_held
    held(ENOUGH - 300)


def test_a_queue_that_keeps_its_length_is_left_alone() -> None:
    holding, chance = held(), np.random.default_rng(1)
    for _ in range(3000):
        assert holding.update(ENOUGH + chance.normal(0, 40)) == 0
        assert abs(holding.ratio - 1) < 150e-6
    assert abs(holding.ratio - 1) < 30e-6


def test_the_difference_of_the_clocks_is_found() -> None:
    holding, length, drift = held(), float(ENOUGH), 100e-6
    for _ in range(5000):
        length += FRAME * (drift + 1 - holding.ratio)
        assert holding.update(length) == 0
        assert abs(length - ENOUGH) < BLOCK
    assert abs(holding.ratio - 1 - drift) < 20e-6


def test_what_an_interruption_left_is_put_right_once_it_is_sure() -> None:
    for change in (3000, -1000):
        holding = held()
        corrections = [holding.update(ENOUGH + change) for _ in range(2 * WINDOW)]
        assert corrections[-1] == change
        assert not any(corrections[:-1])
        assert holding.ratio == held().ratio
        assert not any(holding.update(ENOUGH + change) for _ in range(WINDOW))


def test_a_pile_that_goes_by_itself_changes_nothing() -> None:
    holding = held()
    for number in range(20 * WINDOW):
        stalled = number % (5 * WINDOW) < 3
        assert holding.update(ENOUGH + (5000 if stalled else 0)) == 0
    assert abs(holding.ratio - 1) < 20e-6


def test_what_was_seen_before_an_interruption_says_nothing() -> None:
    holding = held()
    for _ in range(2 * WINDOW - 1):
        assert holding.update(ENOUGH + 3000) == 0
    holding.interrupt()
    assert holding.update(ENOUGH + 3000) == 0


def test_more_may_wait_where_it_was_not_enough_and_is_given_up_in_time() -> None:
    holding, length = held(), float(ENOUGH + FRAME)
    holding.allow(FRAME)
    for _ in range(30_000):
        length += FRAME * (1 - holding.ratio)
        assert holding.update(length) == 0
    assert abs(length - ENOUGH) < BLOCK


def test_never_is_more_to_wait_than_is_bearable() -> None:
    holding = held()
    holding.allow(100 * FRAME)
    corrections = [holding.update(ENOUGH) for _ in range(2 * WINDOW)]
    assert -20 * BLOCK < corrections[-1] < -10 * BLOCK


def test_nobody_hears_it_being_put_right_slowly() -> None:
    holding = held()
    for _ in range(5 * WINDOW):
        assert holding.update(ENOUGH + 290) == 0
        assert abs(holding.ratio - 1) < 500e-6


def test_too_little_is_made_up_for_slowly() -> None:
    holding = held()
    holding.allow(-200)
    length = float(ENOUGH - 200)
    for _ in range(3000):
        length += FRAME * (1 - holding.ratio)
        assert holding.update(length) == 0
    assert length > ENOUGH - 130

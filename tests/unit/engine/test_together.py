"""A voice that waits for its signs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.engine.together import MOST_HOLD_MS, Together


def run(together: Together, natural_ms: float, looks: int) -> list[float]:
    """Pictures come so much later than a voice that does not wait; pictures that come before it wait for it."""
    skews = []
    for _ in range(looks):
        skews.append(max(natural_ms - together.hold_ms, 0.0))
        together.look(skews[-1])
    return skews


def test_within_seconds_both_are_together() -> None:
    together = Together()
    skews = run(together, 250.0, 30)
    assert skews[0] == 250
    assert max(skews[2:]) <= 60


def test_beyond_the_bound_the_rest_remains() -> None:
    together = Together()
    skews = run(together, 700.0, 30)
    assert skews[-1] == 700 - MOST_HOLD_MS
    assert not together.can_wait


def test_a_voice_does_not_wait_for_longer_than_it_has_to() -> None:
    together = Together()
    run(together, 250.0, 30)
    assert together.hold_ms > 200
    run(together, 0.0, 400)
    assert together.hold_ms == 0


def test_what_is_not_known_changes_nothing() -> None:
    together = Together()
    run(together, 150.0, 5)
    before = together.hold_ms
    together.look(None)
    assert together.hold_ms == before


@given(st.lists(st.none() | st.floats(-5_000, 5_000), max_size=60))
def test_it_stays_within_its_bounds(skews: list[float | None]) -> None:
    together = Together()
    for skew in skews:
        together.look(skew)
        assert 0 <= together.hold_ms <= MOST_HOLD_MS

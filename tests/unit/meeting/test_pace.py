"""How often somebody may do something."""

from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.meeting.pace import paced
from visio_desktop.meeting.rooms import Pace


def test_the_third_of_two_has_to_wait() -> None:
    pace: Pace | None = ()
    for at_ms in (0.0, 1.0):
        assert pace is not None
        pace = paced(pace, "a", at_ms, most=2, within_ms=100)
    assert pace is not None
    assert paced(pace, "a", 99.0, most=2, within_ms=100) is None
    assert paced(pace, "b", 99.0, most=2, within_ms=100) == (*pace, ("b", 99.0))
    assert paced(pace, "a", 101.0, most=2, within_ms=100) == (("a", 101.0),)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 50)), max_size=200))
def test_nobody_is_ever_faster(steps: list[tuple[str, int]]) -> None:
    pace: Pace = ()
    done: list[tuple[str, float]] = []
    now_ms = 0.0
    for who, later_ms in steps:
        now_ms += later_ms
        allowed = paced(pace, who, now_ms, most=3, within_ms=100)
        if allowed is not None:
            pace = allowed
            done.append((who, now_ms))
    for who, when in done:
        assert sum(one == who and when <= other < when + 100 for one, other in done) <= 3
    assert len(pace) <= 9

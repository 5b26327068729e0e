from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.rtc.congestion.send_log import CAPACITY, SendLog
from visio_desktop.rtc.congestion.twcc import CLOCK_WRAP_MS, TransportFeedback


def log(count: int) -> SendLog:
    made = SendLog()
    for n in range(count):
        made.add(1_000 + n, 10.0 * n, cluster=n % 2)
    return made


def test_feedback_says_what_became_of_packets() -> None:
    made = log(4)
    fates = made.fates(TransportFeedback(1, 0, (500.0, None, 520.0)))
    assert [(f.sent.size_bytes, f.sent.sent_ms, f.sent.cluster, f.arrival_ms) for f in fates] == [
        (1_001, 10.0, 1, 500.0),
        (1_002, 20.0, 0, None),
        (1_003, 30.0, 1, 520.0),
    ]


def test_each_packet_is_told_of_once_but_may_still_arrive_late() -> None:
    made = log(3)
    feedback = TransportFeedback(0, 0, (1.0, None, 3.0))
    assert len(made.fates(feedback)) == 3
    assert made.fates(feedback) == []
    (late,) = made.fates(TransportFeedback(1, 1, (9.0,)))
    assert (late.sent.size_bytes, late.arrival_ms) == (1_001, 9.0)


def test_unknown_packets_are_passed_over() -> None:
    made = log(2)
    assert made.fates(TransportFeedback(2, 0, (1.0, 2.0))) == []
    assert made.fates(TransportFeedback(40_000, 0, (1.0, None))) == []


def test_numbers_run_over() -> None:
    made = log(0x10000 + 10)
    assert made.next_number == 10
    fates = made.fates(TransportFeedback(0xFFFE, 0, (1.0, 2.0, 3.0, None)))
    assert [f.sent.size_bytes for f in fates] == [1_000 + 0xFFFE + n for n in range(4)]


def test_the_log_is_bounded() -> None:
    made = log(3 * CAPACITY)
    assert len(made._sent) == CAPACITY


def test_the_receivers_clock_runs_over() -> None:
    made = log(3)
    fates = made.fates(TransportFeedback(0, 0, (CLOCK_WRAP_MS - 10, 5.0, 15.0)))
    times = [f.arrival_ms or 0.0 for f in fates]
    assert [after - before for before, after in itertools.pairwise(times)] == [15.0, 10.0]


@given(st.lists(st.tuples(st.integers(0, 0xFFFF), st.lists(st.one_of(st.none(), st.floats(0, 1e9)), max_size=50))))
def test_hostile_feedback_never_tells_of_more_than_was_sent(told: list[tuple[int, list[float | None]]]) -> None:
    made = log(100)
    came = 0
    for base, arrivals in told:
        came += sum(f.arrival_ms is not None for f in made.fates(TransportFeedback(base, 0, tuple(arrivals))))
    assert came <= 100


def test_it_knows_which_packet_each_was() -> None:
    made = SendLog()
    made.add(100, 0.0, ssrc=7, sequence=65_535)
    (fate,) = made.fates(TransportFeedback(0, 0, (None,)))
    assert (fate.sent.ssrc, fate.sent.sequence) == (7, 65_535)


def test_what_lost_feedback_would_have_told_of_is_known() -> None:
    made = log(10)
    assert made.untold(TransportFeedback(0, 0, (1.0, None))) == []
    assert [sent.sent_ms for sent in made.untold(TransportFeedback(5, 2, (6.0,)))] == [20.0, 30.0, 40.0]
    assert made.untold(TransportFeedback(2, 1, (3.0, 4.0, 5.0))) == []  # late after all
    assert made.untold(TransportFeedback(6, 3, (7.0,) * 4)) == []


def test_hostile_feedback_leaves_out_no_more_than_was_sent() -> None:
    made = log(100)
    for base in (40_000, 99, 0, 65_535, 50):
        assert len(made.untold(TransportFeedback(base, 0, (None,) * 8_000))) <= 100
    assert made.untold(TransportFeedback(99, 0, (1.0,))) == []

from __future__ import annotations

import pytest
from aiortc.rtp import RtcpPacket, RtcpRtpfbPacket
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.rtc.nack import MAX_ASKED_AT_ONCE, MAX_MISSING, Arrival, NackList, nack_packets

BASE = 65536


def retransmission(nacks: NackList, sequence: int, now_ms: float) -> Arrival:
    return nacks.arrived(sequence, now_ms, has_rtx=True, is_rtx=True)


def test_asked_at_once_and_when_a_server_that_thins_questions_answers_again() -> None:
    nacks = NackList(rtt_ms=40.0)
    assert nacks.miss(range(BASE + 3, BASE + 5), 0.0) == (3, 4)
    # Sent 40 ms before a question of 0 arrives: answered from 83 ms after that on, then again 83 ms after that.
    assert [now for now in range(0, 240, 2) if nacks.due(now)] == [48, 68, 88, 132, 152, 172, 216, 236]
    assert nacks.asked == 18


def test_what_should_have_come_earlier_is_answered_earlier() -> None:
    nacks = NackList(rtt_ms=40.0)
    nacks.miss((BASE, BASE + 1), 33.0, 0.0)
    first = next(now for now in range(34, 240) if nacks.due(now))
    assert first == 81  # the first may have been answered already: then the answer is here by now
    nacks.miss((BASE + 2,), 1000.0, 940.0)
    assert next(now for now in range(1001, 1240) if nacks.due(now) == (2,)) == 1020


def test_on_a_long_path_nothing_is_asked_for_again_before_its_answer_can_be_here() -> None:
    nacks = NackList(rtt_ms=300.0)
    nacks.miss((BASE,), 0.0)
    asked = [now for now in range(0, 700, 2) if nacks.due(now)]
    assert asked == [20, 40, 308, 328, 348, 616, 636, 656]


def test_where_answers_come_twice_questions_are_a_round_trip_apart() -> None:
    nacks = NackList(rtt_ms=40.0)
    for number in range(3):
        nacks.miss((BASE + number,), number * 100.0)
        retransmission(nacks, BASE + number, number * 100.0 + 40.0)
        nacks.came_again(BASE + number)
    nacks.miss((BASE + 9,), 1000.0)
    assert [now for now in range(1000, 1200, 10) if nacks.due(now)] == [1060, 1120, 1180]


def test_where_answers_come_twice_it_is_known_too_when_there_are_no_more() -> None:
    nacks = NackList(rtt_ms=40.0)
    for number in range(3):
        nacks.miss((BASE + number,), number * 100.0)
        retransmission(nacks, BASE + number, number * 100.0 + 40.0)
        nacks.came_again(BASE + number)
    nacks.miss((BASE + 9,), 1000.0)
    exhausted = [now for now in range(1010, 2000, 10) if not nacks.due(now) and nacks.is_exhausted(BASE + 9, now)]
    assert 1200 < exhausted[0] < 1400


def test_what_nobody_missed_is_no_answer_too_many() -> None:
    """LiveKit probes with what it sent last."""
    asked = []
    for probes in (0, 30):
        nacks = NackList(rtt_ms=40.0)
        for number in range(probes):
            nacks.came_again(BASE - number)
        nacks.miss((BASE,), 1000.0)
        asked.append([now for now in range(1000, 1200, 10) if nacks.due(now)])
    assert asked[0] == asked[1]


def test_what_arrived_is_not_asked_for() -> None:
    nacks = NackList(rtt_ms=40.0)
    nacks.miss(range(BASE, BASE + 2), 0.0)
    assert retransmission(nacks, BASE, 40.0) is Arrival.RECOVERED
    assert retransmission(nacks, BASE, 41.0) is Arrival.EXPECTED
    assert nacks.due(100.0) == (1,)
    assert len(nacks) == 1


def test_round_trip_is_not_learnt_from_an_answer_that_must_be_to_an_earlier_question() -> None:
    nacks = NackList(rtt_ms=100.0)
    for number in range(60):
        nacks.miss((BASE + number,), number * 100.0)
        retransmission(nacks, BASE + number, number * 100.0 + 30.0)
    assert nacks.rtt_ms == pytest.approx(30.0, abs=1.0)
    nacks.miss((BASE + 100,), 10_000.0)
    nacks.due(10_060.0)
    retransmission(nacks, BASE + 100, 10_065.0)
    assert nacks.rtt_ms == pytest.approx(30.0, abs=1.0)


def test_server_that_passes_over_first_questions_teaches_its_round_trip_too() -> None:
    nacks = NackList(rtt_ms=100.0)
    for number in range(60):
        missed_ms = number * 1000.0
        nacks.miss((BASE + number,), missed_ms)
        asked_ms = next(missed_ms + passed for passed in range(10, 500, 10) if nacks.due(missed_ms + passed))
        retransmission(nacks, BASE + number, asked_ms + 40.0)
    assert nacks.rtt_ms == pytest.approx(40.0, abs=3.0)


@pytest.mark.parametrize(("late_ms", "again_ms"), [(0, range(300, 315)), (100, range(400, 600))])
def test_where_some_answers_come_late_they_are_waited_for(late_ms: int, again_ms: range) -> None:
    nacks = NackList(rtt_ms=300.0)
    for number in range(40):
        missed_ms = number * 1000.0
        nacks.miss((BASE + number,), missed_ms)
        for passed_ms in range(10, 300, 10):
            nacks.due(missed_ms + passed_ms)
        retransmission(nacks, BASE + number, missed_ms + 300.0 + late_ms * (number % 2))
    nacks.miss((BASE + 99,), 100_000.0)
    asked = [now_ms - 100_000 for now_ms in range(100_001, 100_800) if nacks.due(now_ms)]
    assert asked[:2] == [20, 40]
    assert asked[2] in again_ms


def test_slow_path_does_not_make_questions_pour() -> None:
    nacks = NackList(rtt_ms=100.0)
    for number in range(60):
        missed_ms = number * 1000.0
        nacks.miss((BASE + number,), missed_ms)
        for passed_ms in range(20, 200, 20):
            nacks.due(missed_ms + passed_ms)
        retransmission(nacks, BASE + number, missed_ms + 200.0)
    assert nacks.rtt_ms > 60.0
    assert nacks.recovery_ms == pytest.approx(200.0, abs=1.0)
    assert nacks.asked <= 300


@pytest.mark.parametrize("has_rtx", [True, False])
def test_a_path_that_reorders_is_given_time(has_rtx: bool) -> None:
    nacks = NackList(rtt_ms=100.0)
    nacks.miss((BASE,), 0.0)
    assert nacks.arrived(BASE, 20.0, has_rtx=has_rtx, is_rtx=False) is Arrival.OUT_OF_ORDER
    assert nacks.miss((BASE + 1,), 100.0) == ()
    assert nacks.due(110.0) == ()
    assert nacks.due(120.0) == (1,)
    for number in range(2, 40):
        nacks.miss((BASE + number,), 200.0)
    assert nacks.miss((BASE + 40,), 200.0) == (40,)


def test_without_rtx_a_late_packet_counts_as_recovered() -> None:
    nacks = NackList(rtt_ms=100.0)
    nacks.miss((BASE,), 0.0)
    assert nacks.arrived(BASE, 80.0, has_rtx=False, is_rtx=False) is Arrival.RECOVERED


def test_bounded() -> None:
    nacks = NackList(rtt_ms=40.0)
    assert len(nacks.miss(range(MAX_MISSING), 0.0) or ()) == MAX_ASKED_AT_ONCE
    assert nacks.miss((MAX_MISSING,), 0.0) is None
    assert len(nacks) == MAX_MISSING
    assert len(nacks.due(1000.0)) == MAX_ASKED_AT_ONCE


def test_forgetting() -> None:
    nacks = NackList(rtt_ms=40.0)
    nacks.miss(range(10), 0.0)
    nacks.miss(range(10, 20), 100.0)
    nacks.forget(below=5)
    assert (nacks.missed_ms(4), nacks.missed_ms(5)) == (None, 0.0)
    nacks.forget(missed_before_ms=50.0)
    assert (nacks.missed_ms(5), nacks.missed_ms(10)) == (None, 100.0)
    nacks.forget()
    assert len(nacks) == 0


@given(st.integers(0, 0xFFFF), st.lists(st.integers(1, 40), max_size=60))
def test_packets_carry_every_number_also_over_the_edge(start: int, steps: list[int]) -> None:
    sequences = [start]
    for step in steps:
        sequences.append((sequences[-1] + step) & 0xFFFF)
    carried: list[int] = []
    for packet in nack_packets(1, 2, tuple(sequences)):
        (parsed,) = RtcpPacket.parse(bytes(packet))
        assert isinstance(parsed, RtcpRtpfbPacket)
        assert (parsed.fmt, parsed.ssrc, parsed.media_ssrc) == (1, 1, 2)
        carried += parsed.lost
    assert sorted(set(carried)) == sorted(set(sequences))


def test_no_numbers_no_packets() -> None:
    assert nack_packets(1, 2, ()) == []

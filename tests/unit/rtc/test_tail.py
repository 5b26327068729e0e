from __future__ import annotations

from visio_desktop.rtc.tail import Tail


def test_a_frame_that_does_not_end_lacks_its_next_packet() -> None:
    tail = Tail()
    assert tail.overdue(1_000.0) is None
    tail.newest(7, 1_000.0, marker=False)
    assert tail.overdue(1_049.0) is None
    assert tail.overdue(1_050.0) == 8
    assert tail.overdue(1_070.0) is None
    assert tail.guess == 8


def test_a_whole_frame_lacks_nothing() -> None:
    tail = Tail()
    tail.newest(7, 1_000.0, marker=False)
    tail.newest(8, 1_001.0, marker=True)
    assert tail.overdue(2_000.0) is None


def test_packets_that_come_after_all_end_the_guess() -> None:
    tail = Tail()
    tail.newest(7, 1_000.0, marker=False)
    tail.overdue(1_060.0)
    tail.newest(8, 1_061.0, marker=False)
    assert tail.guess is None
    assert tail.overdue(1_100.0) is None
    assert tail.overdue(1_111.0) == 9


def test_after_one_repair_the_next_packet_is_guessed_at_once() -> None:
    tail = Tail()
    tail.newest(7, 1_000.0, marker=False)
    tail.overdue(1_060.0)
    tail.repaired(5, 1_090.0, marker=True)
    assert tail.guess == 8
    tail.repaired(8, 1_100.0, marker=False)
    assert tail.overdue(1_100.0) == 9
    tail.repaired(9, 1_140.0, marker=True)
    assert tail.overdue(2_000.0) is None


def test_a_wrong_guess_is_given_up() -> None:
    tail = Tail()
    tail.newest(7, 1_000.0, marker=False)
    tail.overdue(1_060.0)
    assert tail.given_up(1_500.0) is None
    assert tail.given_up(1_600.0) == 8
    assert tail.given_up(1_620.0) is None
    assert tail.overdue(3_000.0) is None

from __future__ import annotations

import pytest
from aiortc.rtp import RtcpReceiverInfo, RtcpSenderInfo

from visio_desktop.rtc.receiver_reports import Reception

BASE = 3 * 65536 + 65_530


def block(reception: Reception, now_ms: float = 0.0) -> RtcpReceiverInfo:
    report = reception.block(7, now_ms)
    assert report is not None
    return report


def test_nothing_before_the_first_packet() -> None:
    assert Reception(90_000).block(7, 0.0) is None


def test_loss_of_the_interval_and_of_all() -> None:
    reception = Reception(90_000)
    for sequence in range(BASE, BASE + 100):
        if sequence % 4:
            reception.receive(sequence, 0, 0.0)
    first = block(reception)
    assert (first.ssrc, first.packets_lost, first.fraction_lost) == (7, 25, 64)
    for sequence in range(BASE + 100, BASE + 110):
        reception.receive(sequence, 0, 0.0)
    second = block(reception)
    assert (second.packets_lost, second.fraction_lost) == (25, 0)


def test_highest_sequence_counts_cycles_from_its_own_start() -> None:
    reception = Reception(90_000)
    for sequence in range(BASE, BASE + 10):
        reception.receive(sequence, 0, 0.0)
    assert block(reception).highest_sequence == 65536 + 3


def test_repeated_packets_make_no_negative_fraction() -> None:
    reception = Reception(90_000)
    for _ in range(5):
        reception.receive(BASE, 0, 0.0)
    assert block(reception).fraction_lost == 0
    assert block(reception).packets_lost == -4


def test_even_arrival_has_no_jitter() -> None:
    reception = Reception(90_000)
    for number in range(50):
        reception.receive(BASE + number, (0xFFFFF000 + number * 900) & 0xFFFFFFFF, 1000.0 + number * 10)
    assert reception.jitter_ms == pytest.approx(0.0)


def test_uneven_arrival_has_jitter() -> None:
    reception = Reception(90_000)
    for number in range(200):
        reception.receive(BASE + number, number * 900, 1000.0 + number * 10 + 4 * (number % 2))
    assert reception.jitter_ms == pytest.approx(4.0, abs=0.1)
    assert block(reception).jitter == pytest.approx(360, abs=10)


def test_late_packets_are_no_jitter() -> None:
    reception = Reception(90_000)
    reception.receive(BASE, 0, 0.0)
    reception.receive(BASE + 2, 1800, 20.0)
    reception.receive(BASE + 1, 900, 500.0)
    assert reception.jitter_ms == pytest.approx(0.0)
    assert block(reception).packets_lost == 0


def test_sender_report_comes_back() -> None:
    reception = Reception(90_000)
    reception.receive(BASE, 0, 0.0)
    reception.sender_report(RtcpSenderInfo(0x11112222_33334444, 0, 0, 0), 100.0)
    report = block(reception, 350.0)
    assert (report.lsr, report.dlsr) == (0x22223333, 0x4000)
    reception.restart()
    reception.receive(1, 0, 0.0)
    assert (block(reception).lsr, block(reception).dlsr) == (0, 0)


def test_a_report_survives_packing() -> None:
    reception = Reception(90_000)
    reception.receive(BASE, 0, 0.0)
    reception.receive(BASE + 900, 0x7FFFFFFF, 1.0)
    report = block(reception)
    assert RtcpReceiverInfo.parse(bytes(report)) == report

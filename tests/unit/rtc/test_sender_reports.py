from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.rtc.sender_reports import SenderClock, ntp_to_ms

NOON_MS = 3_900_000_000_000.0
NOON_NTP = int(NOON_MS) * (1 << 32) // 1000


def test_unknown_before_the_first_report() -> None:
    assert SenderClock(90_000).capture_ms(1) is None


@given(st.integers(0, (1 << 32) - 1), st.integers(-60_000, 60_000))
def test_capture_time_across_overflow(rtp_time: int, passed_ms: int) -> None:
    clock = SenderClock(90_000)
    clock.report(NOON_NTP, rtp_time)
    captured = clock.capture_ms((rtp_time + passed_ms * 90) & 0xFFFFFFFF)
    assert captured == pytest.approx(NOON_MS + passed_ms, abs=0.01)


def test_report_without_wall_clock_teaches_nothing() -> None:
    clock = SenderClock(48_000)
    clock.report(0, 5)
    assert clock.capture_ms(5) is None


def test_forgotten_with_the_sender() -> None:
    clock = SenderClock(48_000)
    clock.report(NOON_NTP, 5)
    clock.forget()
    assert clock.capture_ms(5) is None


def test_ntp_half_second() -> None:
    assert ntp_to_ms(3 << 31) == 1500.0

from __future__ import annotations

import pytest

from visio_desktop.rtc.congestion.delivered import DeliveredRate


def test_the_rate_of_what_arrives() -> None:
    rate = DeliveredRate()
    assert rate.bps is None
    for n in range(100):
        rate.add(1_000.0 + 10 * n, 1_250)
    assert rate.bps == pytest.approx(1_000_000, rel=0.02)
    assert rate.now_bps == pytest.approx(1_000_000, rel=0.05)


def test_a_rate_needs_some_time_to_be_told() -> None:
    rate = DeliveredRate()
    rate.add(0.0, 1_000)
    rate.add(100.0, 1_000)
    assert rate.bps is None
    assert rate.now_bps is None


def test_a_way_that_narrows_shows_at_once_in_the_rate_of_now() -> None:
    rate = DeliveredRate()
    for n in range(100):
        rate.add(10.0 * n, 1_250)
    for n in range(4):
        rate.add(1_000.0 + 40 * n, 1_250)
    assert rate.bps is not None
    assert rate.now_bps is not None
    assert rate.now_bps < 0.6 * rate.bps


def test_a_pause_is_no_narrow_way() -> None:
    rate = DeliveredRate()
    for n in range(100):
        rate.add(10.0 * n, 1_250)
    rate.add(1_300.0, 1_250)
    assert rate.now_bps is None
    assert rate.bps is not None


def test_after_a_pause_the_rate_begins_anew() -> None:
    rate = DeliveredRate()
    for n in range(100):
        rate.add(10.0 * n, 1_250)
    rate.add(60_000.0, 1_250)
    assert rate.bps is None

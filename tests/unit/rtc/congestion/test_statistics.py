from __future__ import annotations

from visio_desktop.rtc.congestion.statistics import TransportStatistics


def test_without_feedback_nothing_is_claimed_of_the_way() -> None:
    unknown = TransportStatistics()
    way = (unknown.capacity_bps, unknown.target_bps, unknown.delivered_bps, unknown.queue_ms, unknown.rtt_ms)
    assert way == (None,) * 5
    assert unknown.loss_fraction is None

from __future__ import annotations

import pytest

from tests.helpers.bottleneck import LAYERS, Net, Sender, Way
from visio_desktop.rtc.congestion.fallback import Fallback


def test_nothing_is_limited_before_anything_was_seen() -> None:
    fallback = Fallback()
    for second in range(1, 10):
        fallback.reported(0.01, 100, 40.0)
        fallback.tick(second * 100_000, second * 1_000.0)
    assert (fallback.limit_bps, fallback.rtt_ms) == (None, 40.0)


def test_the_smaller_of_what_is_estimated_and_what_reports_say_counts() -> None:
    fallback = Fallback()
    fallback.estimated(300_000)
    assert fallback.limit_bps == 300_000
    fallback.tick(100_000, 500.0)
    fallback.reported(0.5, 100, None)
    fallback.estimated(900_000)
    fallback.tick(100_000, 1_000.0)
    assert fallback.limit_bps == 360_000


def test_a_stream_of_few_packets_weighs_little() -> None:
    fallback = Fallback()
    fallback.reported(0.9, 5, None)
    fallback.reported(0.0, 500, None)
    fallback.reported(1.0, 0, None)
    fallback.tick(100_000, 1_000.0)
    assert fallback.limit_bps is None


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_narrow_way_is_found_without_feedback_of_each_packet(seed: int) -> None:
    net = Net(Way(rate_bps=500e3), seed)
    sender = Sender(net, plain=True)
    net.run(10)
    assert not sender.control.is_fed
    assert sender.camera.targets_bps[0] > 0
    assert sender.camera.targets_bps[2] == 0
    assert sender.sound.targets_bps == (60_000,)
    net.run(20)
    assert net.queue_ms(0.5, 10) < 120
    assert sender.mean_bps(10, 30) > 0.5 * 500e3
    net.way.rate_bps = 20e6
    net.run(40)
    assert sender.camera.targets_bps[2] > LAYERS[2].lowest_bps


def test_on_a_free_way_everything_is_sent() -> None:
    net = Net(Way(rate_bps=20e6, loss=0.05))
    sender = Sender(net, plain=True)
    sender.camera.targets_bps = tuple(layer.highest_bps for layer in LAYERS)
    net.run(20)
    assert sender.governor.statistics().capacity_bps is None
    assert sender.governor.statistics().rtt_ms == pytest.approx(40, abs=10)
    assert sender.mean_bps(5, 20) > 2e6


def test_an_estimate_of_nothing_leaves_sound_and_the_smallest_picture() -> None:
    net = Net(Way(rate_bps=20e6))
    sender = Sender(net, plain=True)
    sender.governor.estimated(1)
    net.run(3)
    assert sender.camera.targets_bps == (LAYERS[0].lowest_bps, 0, 0)
    assert sender.sound.targets_bps == (60_000,)
    assert sender.governor.statistics().capacity_bps == 1

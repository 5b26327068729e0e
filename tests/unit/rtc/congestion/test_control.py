from __future__ import annotations

import pytest

from tests.helpers.bottleneck import Net, Sender, Way
from visio_desktop.rtc.congestion.control import SendControl
from visio_desktop.rtc.congestion.demand import LayerDemand
from visio_desktop.rtc.congestion.twcc import TransportFeedback

WHOLE = (LayerDemand(30_000, 3_000_000),)


def run(way: Way, seconds: float, seed: int = 1) -> tuple[Net, Sender]:
    net = Net(way, seed)
    sender = Sender(net, layers=WHOLE)
    net.run(seconds)
    return net, sender


@pytest.mark.parametrize("rate_bps", [300e3, 1.5e6])
@pytest.mark.parametrize("loss", [0.0, 0.01, 0.05, 0.1, 0.2])
def test_a_narrow_way_is_used_well_and_its_queue_stays_short(rate_bps: float, loss: float) -> None:
    net, sender = run(Way(rate_bps=rate_bps, loss=loss), 40)
    used = sender.mean_bps(10, 40) / (rate_bps * (1 - loss))
    assert used > (0.85 if loss < 0.1 else 0.75)
    assert net.queue_ms(0.95, since_s=10) < 100
    assert sorted(sender.sound_waits_ms)[int(0.95 * len(sender.sound_waits_ms))] < 150


@pytest.mark.parametrize("loss", [0.05, 0.1, 0.2])
def test_random_loss_starves_nobody(loss: float) -> None:
    _, sender = run(Way(rate_bps=20e6, loss=loss), 20)
    assert sender.mean_bps(5, 20) > 0.85 * 3e6 * (1 - loss)


@pytest.mark.parametrize("jitter_ms", [10, 30])
def test_jitter_starves_nobody(jitter_ms: float) -> None:
    _, sender = run(Way(rate_bps=20e6, jitter_ms=jitter_ms), 20)
    assert sender.mean_bps(5, 20) > 0.85 * 3e6


@pytest.mark.parametrize("delay_ms", [10, 20, 150])
def test_a_way_that_narrows_and_widens(delay_ms: float) -> None:
    net, sender = run(Way(rate_bps=20e6, delay_ms=delay_ms), 10)
    assert sender.mean_bps(2, 10) > 2.4e6
    net.way.rate_bps = 500e3
    net.run(10)
    assert net.queue_ms(0.95, 11.5 if delay_ms < 100 else 13, 20) < 120
    assert 350e3 < sender.mean_bps(13, 20) < 510e3
    net.way.rate_bps = 20e6
    net.run(10)
    assert sender.seconds[29].target_bps > 2e6


def test_a_shallow_queue_is_used_by_its_loss() -> None:
    _, sender = run(Way(rate_bps=700e3, queue_ms=10), 30)
    assert sender.mean_bps(10, 30) > 0.5 * 700e3


def test_two_share_a_way() -> None:
    net = Net(Way(rate_bps=1e6))
    one, other = Sender(net, layers=WHOLE), Sender(net, layers=WHOLE)
    net.run(60)
    shares = [each.mean_bps(20, 60) / 1e6 for each in (one, other)]
    assert min(shares) > 0.25
    assert 0.85 < sum(shares) < 1.01
    assert net.queue_ms(0.95, 20) < 250


def test_one_that_comes_later_gets_its_part() -> None:
    net, one = run(Way(rate_bps=1e6), 15)
    other = Sender(net, layers=WHOLE)
    net.run(45)
    assert min(one.mean_bps(30, 60), other.mean_bps(30, 60)) > 0.2e6


def test_a_way_that_becomes_longer_is_no_queue_for_long() -> None:
    net, sender = run(Way(rate_bps=8e6), 10)
    net.way.delay_ms += 100
    net.run(15)
    assert sender.mean_bps(18, 25) > 2e6


def test_an_outage_is_overcome() -> None:
    net, sender = run(Way(rate_bps=8e6), 10)
    net.way.loss = 1.0
    net.run(2)
    net.way.loss = 0.0
    net.run(8)
    assert sender.mean_bps(15, 20) > 2e6


@pytest.mark.parametrize("pause_ms", [200, 500, 1_000])
def test_a_pause_of_a_radio_is_no_narrow_way(pause_ms: float) -> None:
    net, sender = run(Way(rate_bps=20e6, queue_ms=2_000), 10)
    for _ in range(5):
        net.pause(pause_ms)
        net.run(2)
    net.run(2)
    assert sender.control.target_bps > 2e6
    assert sender.mean_bps(11, 20) > 2e6


def test_key_frames_do_not_fill_the_queue() -> None:
    net = Net(Way(rate_bps=700e3))
    Sender(net, layers=WHOLE, key_frames_every_s=4)
    net.run(40)
    assert net.queue_ms(0.95, 10) < 200
    assert net.queue_ms(1, 10) < 300


def test_feedback_of_nothing_known_changes_nothing() -> None:
    control = SendControl()
    before_bps = control.target_bps
    control.feedback(TransportFeedback(500, 0, (1.0, None, 2.0)), 1_000.0)
    assert not control.is_fed
    assert control.target_bps == before_bps
    assert control.plan_probe(5e6, 1_000.0) is None


def test_on_another_way_delays_of_the_old_one_do_not_count() -> None:
    net, sender = run(Way(rate_bps=8e6), 10)
    net.way.delay_ms += 200
    sender.control.way_changed(net.now_ms)
    before_bps = sender.control.target_bps
    net.run(5)
    assert sender.control.target_bps > 0.9 * before_bps

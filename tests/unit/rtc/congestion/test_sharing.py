from __future__ import annotations

from dataclasses import replace

from tests.helpers.bottleneck import LAYERS, Stream
from visio_desktop.rtc.congestion.demand import Demand, LayerDemand, Priority
from visio_desktop.rtc.congestion.sharing import PAYLOAD_SHARE, Sharing


class Out:
    """A camera and a voice that share."""

    def __init__(self) -> None:
        self.camera = Stream(Priority.CAMERA, *LAYERS)
        self.sound = Stream(Priority.SOUND, LayerDemand(40_000, 60_000))
        self.forgotten: list[frozenset[int]] = []
        self.sharing = Sharing(self.forgotten.append)

    def give(
        self,
        capacity_bps: float,
        target_bps: float | None = None,
        repair_bps: float = 0,
        now_ms: float = 0,
        *,
        is_full: bool = False,
    ) -> None:
        self.sharing.ask((self.camera, self.sound))
        target = capacity_bps if target_bps is None else target_bps
        self.sharing.hand_out(capacity_bps, target, repair_bps, now_ms, is_full=is_full)


def test_what_is_wanted_counts_headers() -> None:
    out = Out()
    out.sharing.ask((out.camera, out.sound))
    assert out.sharing.wanted_bps == 60_000 + sum(layer.highest_bps for layer in LAYERS) / PAYLOAD_SHARE
    out.sharing.ask((out.sound,))
    assert out.sharing.wanted_bps == 0


def test_headers_are_taken_off() -> None:
    out = Out()
    out.give(1_060_000)
    assert sum(out.camera.targets_bps) == 940_000
    assert out.sound.targets_bps == (60_000,)


def test_a_queue_that_drains_and_repairs_make_layers_smaller_but_pause_none() -> None:
    out, other = Out(), Out()
    out.give(1_060_000, target_bps=560_000)
    assert 400_000 < sum(out.camera.targets_bps) < 500_000
    assert all(out.camera.targets_bps)
    other.give(1_060_000, repair_bps=500_000)
    assert other.camera.targets_bps == out.camera.targets_bps
    other.give(1_060_000, target_bps=60_000, repair_bps=1e9)
    assert all(other.camera.targets_bps)
    assert other.sound.targets_bps == (60_000,)


def test_where_a_queue_stands_all_are_quiet_for_a_moment_when_a_layer_goes() -> None:
    out = Out()
    out.give(1_500_000, is_full=True)
    assert not out.camera.is_quiet, "nothing was paused"
    out.give(400_000, now_ms=100, is_full=True)
    assert out.camera.is_quiet
    assert set().union(*out.forgotten) == {1_000, 1_001, 1_002}, "all that waits stands before what is to be shown"
    assert any(out.camera.targets_bps), "what they may use afterwards"
    assert not out.sound.is_quiet
    out.sharing.rest(300)
    assert out.camera.is_quiet
    out.sharing.rest(360)
    assert not out.camera.is_quiet
    out.give(150_000, now_ms=500, is_full=True)
    assert not out.camera.is_quiet, "once is enough"
    assert out.camera.hushes == 1
    out.sharing.rest(1_200)
    out.give(5_000_000, now_ms=9_000)
    assert all(out.camera.targets_bps)
    out.give(400_000, now_ms=9_100, is_full=True)
    assert out.camera.hushes == 2


def test_nobody_is_quiet_without_a_queue_nor_where_nothing_is_left() -> None:
    for is_full, less_bps in ((False, 400_000), (True, 60_000)):
        out = Out()
        out.give(1_500_000)
        out.give(less_bps, now_ms=100, is_full=is_full)
        assert not all(out.camera.targets_bps)
        assert out.camera.hushes == 0


def test_what_nobody_watches_any_more_hushes_nobody() -> None:
    out = Out()
    out.give(1_500_000)
    out.camera.want((True, True, False))
    out.give(1_500_000, now_ms=100, is_full=True)
    assert out.camera.targets_bps[2] == 0
    assert out.camera.hushes == 0


def test_what_waits_of_a_paused_layer_is_forgotten() -> None:
    out = Out()
    out.give(1_500_000)
    assert out.forgotten == []
    out.give(400_000)
    assert out.forgotten == [out.camera.ssrcs_of(2)]
    out.give(400_000)
    assert len(out.forgotten) == 1


def test_a_paused_layer_comes_back_after_a_while() -> None:
    out = Out()
    out.give(1_500_000)
    out.give(400_000)
    out.give(10e6, now_ms=1_000)
    assert out.camera.targets_bps[2] == 0
    out.give(10e6, now_ms=2_000)
    assert out.camera.targets_bps[2] > 0


def test_streams_that_are_left_to_themselves_are_told_once() -> None:
    out = Out()
    out.sharing.release()
    assert out.camera.targets_bps == (0, 0, 0)
    out.give(1_500_000)
    out.sharing.release()
    assert out.camera.targets_bps == out.sound.targets_bps == ()


def test_a_layer_comes_back_at_once_whenever_somebody_watches_it_again() -> None:
    out = Out()
    *lower, highest = LAYERS
    for number in range(20):
        is_watched = number % 2 == 0
        out.camera._demand = Demand(Priority.CAMERA, (*lower, replace(highest, wanted=is_watched)))
        out.give(10e6, now_ms=number * 100)
        assert [bps > 0 for bps in out.camera.targets_bps] == [True, True, is_watched]


def test_what_is_sent_twice_gets_half() -> None:
    out = Out()
    out.sharing.ask((out.camera, out.sound))
    once_bps = out.sharing.wanted_bps - 60_000
    out.give(2_060_000)
    out.sharing.double(1)
    assert out.camera.times == 2
    out.give(2_060_000)
    assert sum(out.camera.targets_bps) == 940_000
    assert out.sound.targets_bps == (60_000,)
    assert out.sharing.wanted_bps == 60_000 + 2 * once_bps


def test_the_room_is_that_of_the_layers_that_are_sent() -> None:
    out = Out()
    out.sharing.ask((out.camera, out.sound))
    assert out.sharing.room(5e6) == 0.0
    out.give(460_000)
    assert out.camera.targets_bps[2] == 0
    assert out.sharing.room(460_000) == 400_000 * PAYLOAD_SHARE / 200_000
    out.give(10e6, now_ms=5_000)
    assert out.sharing.room(860_000) == 800_000 * PAYLOAD_SHARE / 800_000
    assert out.sharing.room(0) == 0.0

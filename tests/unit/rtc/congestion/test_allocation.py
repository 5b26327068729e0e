from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.rtc.congestion.allocation import allocate, wanted_bps
from visio_desktop.rtc.congestion.demand import Demand, LayerDemand, Priority

SOUND = Demand(Priority.SOUND, (LayerDemand(20_000, 60_000),))
SCREEN = Demand(Priority.SCREEN, (LayerDemand(100_000, 2_000_000),))
CAMERA = Demand(
    Priority.CAMERA, (LayerDemand(50_000, 150_000), LayerDemand(150_000, 500_000), LayerDemand(600_000, 1_700_000))
)


def test_where_there_is_enough_everybody_has_all() -> None:
    assert allocate(10e6, [CAMERA, SCREEN, SOUND]) == [(150_000, 500_000, 1_700_000), (2_000_000,), (60_000,)]


def test_sound_is_served_first_and_never_paused() -> None:
    assert allocate(50_000, [CAMERA, SOUND]) == [(0, 0, 0), (50_000,)]
    assert allocate(0, [CAMERA, SOUND]) == [(0, 0, 0), (20_000,)]


def test_every_picture_keeps_its_lowest_layer_before_any_gets_more() -> None:
    assert allocate(210_000, [CAMERA, SCREEN, SOUND]) == [(50_000, 0, 0), (100_000,), (60_000,)]
    assert allocate(160_000, [CAMERA, SCREEN, SOUND]) == [(0, 0, 0), (100_000,), (60_000,)]


def test_screens_are_filled_before_cameras() -> None:
    assert allocate(1_000_000, [CAMERA, SCREEN]) == [(50_000, 0, 0), (950_000,)]
    assert allocate(2_300_000, [CAMERA, SCREEN]) == [(150_000, 150_000, 0), (2_000_000,)]


def test_as_many_layers_as_fit_then_more_for_the_low_ones() -> None:
    assert allocate(850_000, [CAMERA]) == [(100_000, 150_000, 600_000)]
    assert allocate(1_400_000, [CAMERA]) == [(150_000, 500_000, 750_000)]
    assert allocate(700_000, [CAMERA]) == [(150_000, 500_000, 0)]


def test_a_paused_layer_comes_back_only_with_room_to_spare() -> None:
    paused = [(150_000, 500_000, 0)]
    assert allocate(850_000, [CAMERA], paused)[0][2] == 0
    assert allocate(1_050_000, [CAMERA], paused)[0][2] == 600_000
    open_before = [(100_000, 150_000, 600_000)]
    assert allocate(810_000, [CAMERA], open_before)[0][2] == 600_000


def test_a_layer_that_is_held_stays_paused_but_not_the_lowest() -> None:
    assert allocate(10e6, [CAMERA], [(1, 1, 0)], [frozenset({2})]) == [(150_000, 500_000, 0)]
    assert allocate(10e6, [CAMERA], [(0, 0, 0)], [frozenset({0, 1})]) == [(150_000, 0, 0)]


def test_layers_nobody_watches_get_nothing() -> None:
    low, middle, high = CAMERA.layers
    only_high = Demand(
        Priority.CAMERA,
        (LayerDemand(low.lowest_bps, low.highest_bps, wanted=False), LayerDemand(1, 2, wanted=False), high),
    )
    assert allocate(1_000_000, [only_high]) == [(0, 0, 1_000_000)]
    assert wanted_bps([only_high]) == 1_700_000
    assert allocate(1e6, [Demand(Priority.CAMERA, (LayerDemand(1, 2, wanted=False),))]) == [(0,)]
    assert middle.wanted


layers = st.lists(
    st.builds(
        lambda lowest, more, wanted: LayerDemand(lowest, lowest + more, wanted),
        st.integers(1, 500_000),
        st.integers(0, 2_000_000),
        st.booleans(),
    ),
    min_size=1,
    max_size=3,
)
demands = st.lists(st.builds(lambda p, ls: Demand(p, tuple(ls)), st.sampled_from(Priority), layers), max_size=5)


@given(st.integers(0, 10_000_000), demands)
def test_never_more_than_there_is_nor_than_a_layer_can_use(total_bps: int, wanted: list[Demand]) -> None:
    given_bps = allocate(total_bps, wanted)
    floor = sum(layer.lowest_bps for d in wanted if d.priority is Priority.SOUND for layer in d.layers if layer.wanted)
    assert sum(map(sum, given_bps)) <= max(total_bps, 0) + floor
    for demand, targets in zip(wanted, given_bps, strict=True):
        for layer, bps in zip(demand.layers, targets, strict=True):
            assert bps == 0 or layer.lowest_bps <= bps <= layer.highest_bps
            assert layer.wanted or bps == 0


@given(st.integers(0, 5_000_000), st.integers(0, 1_000_000), demands)
def test_more_to_give_pauses_nothing(total_bps: int, more_bps: int, wanted: list[Demand]) -> None:
    before = allocate(total_bps, wanted)
    pictures = [n for n, demand in enumerate(wanted) if demand.priority is not Priority.SOUND]
    if len(pictures) == 1:
        after = allocate(total_bps + more_bps, wanted, before)
        (n,) = pictures
        assert all(now > 0 for now, then in zip(after[n], before[n], strict=True) if then > 0)

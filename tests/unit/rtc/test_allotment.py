from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from visio_desktop.rtc.allotment import Allotment
from visio_desktop.rtc.congestion.demand import LayerDemand, Priority
from visio_desktop.rtc.frames import SendLayer

LAYERS = (SendLayer("q", 4.0, 150_000), SendLayer("h", 2.0, 450_000), SendLayer("f", 1.0, 1_700_000))


def camera(layers: tuple[SendLayer, ...] = LAYERS) -> Allotment:
    return Allotment(Priority.CAMERA, layers)


def test_nothing_limits_it_at_first() -> None:
    assert camera().targets_bps == ()
    assert camera().limit_bps is None
    assert [layer.highest_bps for layer in camera().demand.layers] == [150_000, 450_000, 1_700_000]
    assert all(0 < layer.lowest_bps < layer.highest_bps for layer in camera().demand.layers)


def test_what_the_allocator_gives_counts_and_nothing_else_then() -> None:
    share = camera()
    share.allot((150_000, 300_000, 0))
    assert share.targets_bps == (150_000, 300_000, 0)
    assert share.limit_bps == 450_000


def test_layers_nobody_watches_are_off_and_not_asked_for() -> None:
    share = camera()
    share.want((True, False))
    assert share.targets_bps == (150_000, 0, 0)
    assert [layer.wanted for layer in share.demand.layers] == [True, False, False]
    share.allot((150_000, 450_000, 0))
    assert share.targets_bps == (150_000, 0, 0)
    share.want((False, False, False))
    assert share.targets_bps == (0, 0, 0)


def test_without_simulcast_anybody_watching_is_enough() -> None:
    share = camera(LAYERS[2:])
    share.want((False, False, True))
    assert not share.targets_bps
    share.want((False,))
    assert share.targets_bps == (0,)


def test_an_allocator_that_no_longer_knows_sets_no_limit() -> None:
    share = camera()
    share.allot((150_000, 0, 0))
    share.allot(())
    assert (share.targets_bps, share.limit_bps) == ((), None)
    share.want((True, False, True))
    assert (share.targets_bps, share.limit_bps) == ((150_000, 0, 1_700_000), None)


def test_only_the_layers_that_are_taken_are_asked_for() -> None:
    share = camera()
    share.allot((1, 2, 3))
    share.narrow(LAYERS[:2])
    assert share.targets_bps == ()
    assert [layer.highest_bps for layer in share.demand.layers] == [150_000, 450_000]


def test_sound_asks_for_little_whatever_is_offered() -> None:
    voice = Allotment(Priority.SOUND, ())
    voice.narrow(())
    assert voice.demand.priority is Priority.SOUND
    assert voice.demand.layers == (LayerDemand(40_000, 88_000),)
    music = Allotment(Priority.SOUND, (SendLayer("", 1.0, 96_000),))
    assert music.demand.layers == (LayerDemand(40_000, 120_000),), "what is said to be more than a voice"


@given(
    st.lists(st.lists(st.one_of(st.integers(0, 5_000_000), st.booleans()), max_size=4).map(tuple), max_size=30),
    st.integers(0, 3),
)
def test_no_more_than_the_limit_and_none_unwatched(words: list[tuple[int | bool, ...]], count: int) -> None:
    share = camera(LAYERS[:count])
    for word in words:
        if all(isinstance(each, bool) for each in word):
            share.want(tuple(map(bool, word)))
        else:
            share.allot(tuple(map(int, word)))
        targets, demand = share.targets_bps, share.demand.layers
        assert len(targets) <= len(demand)
        assert share.limit_bps is None or sum(targets) <= share.limit_bps
        assert all(layer.wanted or not bps for bps, layer in zip(targets, demand, strict=False))

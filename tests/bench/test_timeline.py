from __future__ import annotations

import pytest

from bench.timeline import Heard, Painted, RecentMean, Tile, Told, concealed_ratio, percentile


def tile(*times_ms: float, height_px: int = 360) -> Tile:
    found = Tile()
    found.add([Painted(at_ms, int(at_ms) & 0xFFFF, height_px) for at_ms in times_ms])
    return found


def steady(from_ms: float, until_ms: float, step_ms: float = 33.0) -> list[float]:
    return [from_ms + n * step_ms for n in range(int((until_ms - from_ms) / step_ms))]


def test_a_steady_picture_is_never_frozen() -> None:
    assert tile(*steady(0, 5_000)).frozen_ms(1_000, 4_900) == 0


def test_a_standstill_counts_from_the_last_picture_to_the_next() -> None:
    shown = tile(*steady(0, 2_000), 2_600, *steady(2_633, 4_000))
    (last,) = steady(0, 2_000)[-1:]
    assert shown.frozen_ms(1_000, 3_900) == 2_600 - last


@pytest.mark.parametrize(
    ("from_ms", "until_ms", "frozen_ms"), [(2_300, 3_900, 300), (1_000, 2_200, 220), (3_000, 3_900, 0)]
)
def test_only_the_part_within_the_window_counts(from_ms: float, until_ms: float, frozen_ms: float) -> None:
    shown = tile(*steady(0, 2_000), 2_600, *steady(2_633, 4_000))
    assert shown.frozen_ms(from_ms, until_ms) == pytest.approx(frozen_ms, abs=40)


def test_a_picture_that_never_comes_back_is_frozen_to_the_end() -> None:
    assert tile(*steady(0, 2_000)).frozen_ms(1_000, 9_000) == pytest.approx(7_000, abs=60)


@pytest.mark.parametrize("shown", [tile(), tile(100.0)])
def test_without_pictures_all_the_time_is_frozen(shown: Tile) -> None:
    assert shown.frozen_ms(1_000, 3_000) == 2_000


def test_the_same_picture_painted_again_is_no_new_one() -> None:
    shown = tile(*steady(0, 2_000))
    shown.add([Painted(2_000 + n * 33, shown.painted[-1].code, 360) for n in range(30)])
    assert shown.frozen_ms(1_000, 3_000) == pytest.approx(1_000, abs=60)
    shown.add([Painted(3_100, None, 360)])
    assert len(shown.painted) == len(steady(0, 2_000)) + 1


def test_gaps_sizes_ages_and_rates() -> None:
    shown = tile(*steady(0, 1_000))
    shown.add([Painted(1_500, 1_300, 180), Painted(1_600, 1_400, 720)])
    assert shown.longest_gap_ms(500, 1_600) == pytest.approx(500 + 10, abs=34)
    assert shown.first_after_ms(1_100) == 400
    assert shown.first_after_ms(1_100, height_px=720) == 500
    assert shown.first_after_ms(1_700) is None
    assert shown.ages_ms(1_400, 1_700) == [200, 200]
    assert shown.fps(0, 990) == pytest.approx(30, abs=1)


def test_concealment_is_that_between_two_moments() -> None:
    assert concealed_ratio(Heard(1_000, 500), Heard(2_000, 520)) == pytest.approx(0.02)
    assert concealed_ratio(Heard(1_000, 500), Heard(2_000, 490)) == 0
    assert concealed_ratio(Heard(1_000, 500), Heard(1_000, 500)) is None


def test_percentiles_are_values_that_occurred() -> None:
    assert percentile([5, 1, 3], 50) == 3
    assert percentile(list(range(100)), 95) == 94
    assert percentile([], 50) is None


def test_what_a_process_tells_is_read() -> None:
    raw = {"tiles": {"ada": [[1.0, None, 360]]}, "heard": {"played_ms": 1.0, "concealed_ms": 0.0}}
    told = Told.read(raw)
    assert told.tiles["ada"] == [Painted(1.0, None, 360)]
    assert told.heard == Heard(1.0)


def test_a_recent_mean_forgets_what_was_before() -> None:
    mean = RecentMean()
    assert mean.since(100, 10) == 10
    assert mean.since(400, 20) == 30
    assert mean.since(400, 20) is None


def test_a_size_is_back_when_it_stays() -> None:
    shown = tile(*steady(0, 1_000), height_px=720)
    assert shown.settled_ms(500, height_px=720) == 0
    shown.add([Painted(1_100, 1, 180), Painted(1_200, 2, 720), Painted(1_300, 3, 360), Painted(1_400, 4, 720)])
    assert shown.settled_ms(1_050, height_px=720) == 350
    shown.add([Painted(1_500, 5, 360)])
    assert shown.settled_ms(1_050, height_px=720) is None
    assert tile().settled_ms(0, height_px=720) is None

from __future__ import annotations

import itertools

from visio_desktop.media.thinning import Thinning


def test_a_faster_capture_is_thinned_evenly() -> None:
    thinning = Thinning(15)
    taken = [number for number in range(60) if thinning.is_due(number * 1000 / 30)]
    assert 29 <= len(taken) <= 31
    assert {b - a for a, b in itertools.pairwise(taken)} == {2}


def test_a_slower_capture_is_taken_whole_also_after_a_pause() -> None:
    thinning = Thinning(30)
    times = [0, 50, 100, 5_000, 5_050, 5_100]
    assert all(thinning.is_due(float(time)) for time in times)

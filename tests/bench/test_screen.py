from __future__ import annotations

import pytest

from bench import screen
from bench.screen import CHANGES, MSS, SCROLLED, STILL, TYPED, Turn, lines, paper, turn
from tests.helpers.needs import need_program


def test_a_page_is_fetched_and_encoded_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    need_program("Xvfb")
    monkeypatch.setattr(screen, "PICTURES", 3)
    monkeypatch.setattr(screen, "WARM", 1)
    monkeypatch.setattr(screen, "STILL_S", 1.0)
    monkeypatch.setattr(screen, "SCREEN_PX", (640, 400))
    monkeypatch.setenv("DISPLAY", "")
    with paper() as order:
        for way in (CHANGES, MSS):
            for scene in (SCROLLED, TYPED, STILL):
                made = turn(way, scene, order)
                assert (made.way, made.scene) == (way, scene)
                assert made.cost_ms > made.encoder_ms
                assert scene is not STILL or not made.kilobytes


def test_the_table_has_medians_and_says_whether_it_is_cheap_enough() -> None:
    cheap = [Turn(CHANGES, SCROLLED, cost, 3.0, 20.0) for cost in (6.0, 30.0, 5.0)]
    cheap.append(Turn(CHANGES, STILL, 3.0, 0.0, 0.0))
    assert f"| {SCROLLED} | {CHANGES} | 6.0 | 3.0 | 20.0 | 0.0 |" in lines(cheap)
    assert lines(cheap)[-1].endswith("**reached**")
    assert lines([*cheap, Turn(CHANGES, STILL, 90.0, 8.0, 30.0)])[-1].endswith("**not reached**")

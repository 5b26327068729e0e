from __future__ import annotations

from contextlib import AsyncExitStack
from typing import cast

import pytest

from bench.events import Happened, lines, shown
from bench.ground import Observer
from bench.peers.port import Client
from bench.scenes import _delay_back_ms, _delay_ms, _silence
from bench.timeline import Heard


def observer(*sounds: tuple[float, float | None, float | None]) -> Observer:
    found = Observer(cast("Client", AsyncExitStack()))
    found.sounds = [(at_ms, Heard(delay_ms=delay, silent_ms=silent)) for at_ms, delay, silent in sounds]
    return found


def test_the_delay_is_back_after_the_last_long_one() -> None:
    seen = observer((0, 60, 0), (100, 60, 0), (200, 62, 0), (300, 150, 0), (400, 120, 0), (500, 75, 0), (600, 61, 0))
    assert _delay_ms(seen) == 62
    assert _delay_back_ms(seen, 250, 62) == 150
    assert _delay_back_ms(seen, 450, 62) == 0
    assert _delay_back_ms(observer((300, 150, 0)), 250, 62) is None
    assert _delay_back_ms(observer((300, None, 0)), 250, 62) is None


def test_silence_that_nobody_counts_is_no_figure() -> None:
    assert _silence(observer((0, 1, 20), (1, 1, 80))) == {"sound gap_ms": 80}
    assert _silence(observer((0, 1, None))) == {}


def test_figures_are_medians_and_what_never_came_is_said() -> None:
    found = [
        Happened("burst", "ours", {"picture back_ms": 200.0}),
        Happened("burst", "ours", {"picture back_ms": 400.0}),
        Happened("burst", "ours", {"picture back_ms": None}),
        Happened("burst", "chromium", {}, "did not join"),
        Happened("address", "chromium", {"media gap_ms": None}),
    ]
    rows = lines(found, ["ours", "chromium"], 3)
    assert "| burst | picture back | 0.30 s (1 never) | - (1 failed) |" in rows
    assert "| address | media gap | - | never |" in rows


@pytest.mark.parametrize(("value", "text"), [(1_234.0, "media gap 1.23 s"), (None, "media gap never")])
def test_a_figure_is_read(value: float | None, text: str) -> None:
    assert shown({"media gap_ms": value}) == text

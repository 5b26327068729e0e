from __future__ import annotations

import numpy as np
import pytest

from bench import media
from bench.far_end import MADE_UP, Spread, made_up_here
from bench.figures import Figure, of_voices
from bench.media import DEAD_S, Cast, Room, echo_figures, lines, near_figures, nobody, strong_figures
from tests.helpers.acoustics import DELAY_MS, ECHO, RINGS_S
from visio_desktop.media.samples import BLOCK, FRAME, to_pcm
from visio_desktop.meeting.values import SoundWishes


def test_the_table_says_what_is_reached() -> None:
    table = lines(
        [Figure("echo", 39.4, "dB", 35.0), Figure("cost", 0.25, "ms CPU", 0.2, most=True), Figure("worst", 12.0, "dB")]
    )
    assert "| echo | 39 dB | at least 35 | yes |" in table
    assert "| cost | 0.25 ms CPU | at most 0.2 | **no** |" in table
    assert "| worst | 12 dB | - | - |" in table


def test_the_bar_is_for_the_median_and_the_worst_is_told_beside_it() -> None:
    median, worst = of_voices("echo", "dB", Spread({"anna": 60.0, "emil": 12.0, "hans": 40.0}), 35.0)
    assert (median.what, median.value, median.bar) == ("echo, median of 3 voices", 40.0, 35.0)
    assert (worst.what, worst.value, worst.bar) == ("echo, worst of 3 voices (emil)", 12.0, None)
    most, _ = of_voices("lost", "dB", Spread({"anna": 5.0, "emil": 4.5}, most=True), 4.0)
    assert not most.holds


def test_the_voices_that_leaked_are_measured_and_no_longer_heard() -> None:
    """Fritz and Hans were 16 and 12 dB down in their first second before there was a guard (docs/decisions/0043)."""
    cast = Cast("two", {name: MADE_UP[name] for name in ("fritz", "hans")}, made_up_here, worst_too=True)
    found = echo_figures(5.0, SoundWishes(), cast)
    assert [figure.bar for figure in found] == [35.0, 35.0, 45.0, 45.0]
    assert all(figure.holds for figure in found)
    assert "2 voices" in found[0].what
    assert found[1].value <= found[0].value


def test_echo_is_there_where_it_is_not_taken_out() -> None:
    cast = Cast("one", {"anna": MADE_UP["anna"]}, made_up_here, has_bars=False)
    first, *_ = echo_figures(4.5, SoundWishes(echo=False, noise=False), cast)
    assert first.value < 10
    assert first.bar is None


def test_somebody_here_is_measured_against_themselves_alone() -> None:
    cast = Cast("one", {"bruno": MADE_UP["bruno"]}, made_up_here)
    near, worst, canceller, guard = near_figures(6.0, SoundWishes(), cast)
    assert near.holds
    assert worst.value == near.value
    assert canceller.value > 0
    assert guard.value > 0


def test_strong_noise_suppression_is_measured_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {figure.what: figure for figure in strong_figures(6.0)}
    assert found["noise suppression, strong"].holds
    assert found["near end, strong"].holds
    assert (
        found["noise suppression of a keyboard, strong"].value
        > found["noise suppression of a keyboard, usual"].value + 12
    )
    monkeypatch.setattr(media, "has_strong_noise", lambda: False)
    assert strong_figures(6.0) == []


@pytest.mark.parametrize("rings_s", [RINGS_S, DEAD_S])
def test_the_room_gives_back_what_was_played_60_ms_later_at_half_the_loudness(rings_s: float) -> None:
    room = Room(nobody, 0.0, rings_s)
    click = np.zeros(BLOCK, dtype=np.float32)
    click[0] = 0.01
    heard = []
    for beat in range(20):
        room.ring.write(to_pcm(click if beat == 0 else 0 * click))
        room.play()
        if beat % 2:
            heard.append(room.read())
    echo = np.concatenate(room.echo)
    assert int(np.argmax(np.abs(echo))) == DELAY_MS * 48
    assert abs(float(np.sqrt(np.square(echo).sum())) / (ECHO * 0.01) - 1) < 0.1
    assert sum(map(len, heard)) == 10 * FRAME

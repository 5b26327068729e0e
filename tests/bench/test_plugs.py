from __future__ import annotations

import pytest

from bench import plugs
from bench.plugs import _longest_gap_ms
from tests.helpers.sound import FakeOutbound, frames, payloads, tone
from visio_desktop.media.samples import FRAME, silence


def sent(*, lost: range = range(0), quiet: range = range(0)) -> FakeOutbound:
    """A second of a tone, some frames of which were never sent or are silent."""
    outbound, encoded = FakeOutbound(), payloads(tone(1.0))
    nothing = payloads(silence(2 * FRAME))[1]
    for number, frame in enumerate(frames(nothing if i in quiet else each for i, each in enumerate(encoded))):
        if number not in lost:
            outbound.sent.append(frame)
    return outbound


def test_what_is_whole_has_no_gap() -> None:
    assert _longest_gap_ms(sent(), 10) == 0


def test_frames_that_never_came_are_a_gap() -> None:
    assert _longest_gap_ms(sent(lost=range(20, 25)), 10) == 100


def test_silent_frames_are_a_gap_as_soon_as_they_are_silent() -> None:
    assert 100 <= _longest_gap_ms(sent(quiet=range(20, 28)), 10) <= 160


async def test_a_machine_that_makes_holes_all_the_time_ends_no_measurement(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []

    async def more(_: FakeOutbound, frames: int) -> None:
        looked.append(frames)

    monkeypatch.setattr(plugs, "_more", more)
    monkeypatch.setattr(plugs, "_longest_gap_ms", lambda *_: 20.0)
    await plugs._steady(sent())
    assert len(looked) == plugs._STEADY_TRIES
    monkeypatch.setattr(plugs, "_longest_gap_ms", lambda *_: 0.0)
    await plugs._steady(sent())
    assert len(looked) == plugs._STEADY_TRIES + 1


async def test_a_change_of_cameras_is_timed_by_what_leaves() -> None:
    (gap_ms,) = await plugs.camera_changes(1)
    assert gap_ms > 0

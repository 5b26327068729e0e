from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from visio_desktop.system import power


@pytest.mark.parametrize(
    ("monotonic_ms", "wall_ms", "woken"),
    [
        (500.0, 500.0, False),
        (900.0, 450.0, False),
        (500.0, 3_600_500.0, True),  # Linux, macOS: the monotonic clock stood still
        (3_600_500.0, 3_600_500.0, True),  # Windows: it did not
        (500.0, -3_600_000.0, False),  # set back by somebody
    ],
)
async def test_clocks_that_come_apart_tell_of_sleep(monotonic_ms: float, wall_ms: float, woken: bool) -> None:
    clocks, told = [1_000.0, 9_000.0], []
    passes = iter([(500.0, 500.0), (monotonic_ms, wall_ms), (500.0, 500.0)])

    async def pause(_seconds: float) -> None:
        passed = next(passes, None)
        if passed is None:
            raise asyncio.CancelledError
        clocks[:] = [clock + step for clock, step in zip(clocks, passed, strict=True)]

    with suppress(asyncio.CancelledError):
        await power.watch(
            lambda: told.append(clocks[0]), monotonic=lambda: clocks[0], wall=lambda: clocks[1], pause=pause
        )
    assert bool(told) is woken
    assert len(told) <= 1

"""Tells when the machine has slept, on every system: the clocks of a machine that sleeps come apart.

The monotonic clock of Linux and macOS stands still meanwhile and the wall clock does not; that of Windows goes on, and
our wait ends late. A wall clock that somebody sets looks the same, which costs no more than a look at the connection.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from visio_desktop.system.clock import Clock, epoch_ms, monotonic_ms
from visio_desktop.system.log import get_logger

_log = get_logger(__name__)

_TICK_S = 0.5
_SLEPT_MS = 3_000.0


async def watch(
    on_wake: Callable[[], None],
    *,
    monotonic: Clock = monotonic_ms,
    wall: Clock = epoch_ms,
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Call `on_wake` within a second of waking up."""
    before_ms, wall_before_ms = monotonic(), wall()
    while True:
        await pause(_TICK_S)
        now_ms, wall_now_ms = monotonic(), wall()
        passed_ms, wall_passed_ms = now_ms - before_ms, wall_now_ms - wall_before_ms
        before_ms, wall_before_ms = now_ms, wall_now_ms
        if max(passed_ms, wall_passed_ms) > _SLEPT_MS:
            _log.info("woke_up", passed_ms=round(passed_ms), wall_passed_ms=round(wall_passed_ms))
            on_wake()

"""Whoever comes to watch before anything is sent waits for it: the endpoint is asked again, less and less often.

The draft of WHEP wants an exponential back-off that begins with what the server says (409, `Retry-After`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from visio_desktop.servers.whip.endpoint import Answer, NotBegun
from visio_desktop.system.clock import Clock
from visio_desktop.system.log import get_logger

FIRST_S, SLOWEST_S = 1.0, 10.0
_GROWTH = 1.5
PATIENCE_MS = 590_000.0
"""A little shorter than the engine's: what a server last said is more than that time is over."""
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Waiting:
    """`on_waiting` is called once, when it is seen that one has to wait."""

    clock: Clock
    on_waiting: Callable[[], None]

    async def until_begun(self, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """Ask until there is something to watch. Raises what `ask` does; `NotBegun` once patience is at its end."""
        began_ms, pause_s, asked = self.clock(), FIRST_S, 0
        while True:
            try:
                return await ask()
            except NotBegun as error:
                if self.clock() - began_ms >= PATIENCE_MS:
                    raise
                pause_s = min(SLOWEST_S, max(pause_s, error.after_s))
            if not asked:
                _log.info("nothing_to_watch_yet")
                self.on_waiting()
            asked += 1
            await asyncio.sleep(pause_s)
            pause_s = min(SLOWEST_S, pause_s * _GROWTH)

"""Coming back within the same session, once signalling is lost: the server keeps it for some ten seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from visio_desktop.meeting.events import Restored, Restoring, ServerEvent
from visio_desktop.net import NetError
from visio_desktop.servers.port import RequestFailed, SessionClosed
from visio_desktop.servers.talk.signal import Signal
from visio_desktop.servers.talk.words import Refusal
from visio_desktop.system.clock import Clock

COME_BACK_MS = 8_000.0
_BETWEEN_S = 0.4


async def come_back(signal: Signal, clock: Clock, tell: Callable[[ServerEvent], None]) -> bool:
    """Whether we are there again as if nothing had been; what was missed comes now."""
    began_ms = clock()
    tell(Restoring("signalling"))
    while clock() - began_ms < COME_BACK_MS:
        try:
            await signal.resume()
        except (NetError, RequestFailed):
            await asyncio.sleep(_BETWEEN_S)
            continue
        except (Refusal, SessionClosed):
            return False
        tell(Restored("signalling", round(clock() - began_ms, 1)))
        return True
    return False

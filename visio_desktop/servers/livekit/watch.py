"""How the connections for media are, and what follows from it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from livekit.protocol.rtc import SignalTarget

from visio_desktop.rtc import PeerState
from visio_desktop.system.clock import Clock
from visio_desktop.system.tasks import Tasks

_MEDIA_TIMEOUT_MS = 15_000.0
_WATCH_INTERVAL_S = 0.5
_GOODBYE_GRACE_S = 0.3


class MediaWatch:
    """Hears of each change. `on_silent`: a connection fell silent; `on_lost`: media is gone, or never came about."""

    def __init__(
        self, *, clock: Clock, tasks: Tasks, on_silent: Callable[[], None], on_lost: Callable[[], None]
    ) -> None:
        self._clock = clock
        self._tasks = tasks
        self._on_silent = on_silent
        self._on_lost = on_lost
        self._states: dict[SignalTarget, PeerState] = {}
        self.has_connected = False

    def begin(self) -> None:
        """Media has to come about from now on."""
        self._tasks.start(self._wait_for_media(self._clock()), name="media")

    def changed(self, target: SignalTarget, state: PeerState) -> None:
        """A connection is otherwise than before."""
        self._states[target] = state
        match state:
            case PeerState.CONNECTED:
                self.has_connected = True
            case PeerState.DISCONNECTED:
                self._on_silent()
            case PeerState.FAILED:
                self._tasks.start(self._tell_after_grace(), name="grace")
            case _:
                pass

    def state(self, target: SignalTarget) -> PeerState:
        """How a connection is."""
        return self._states.get(target, PeerState.NEW)

    @property
    def is_silent(self) -> bool:
        """Whether some connection is silent now."""
        return PeerState.DISCONNECTED in self._states.values()

    async def _wait_for_media(self, began_ms: float) -> None:
        while not self.has_connected:
            await asyncio.sleep(_WATCH_INTERVAL_S)
            if not self.has_connected and self._clock() - began_ms > _MEDIA_TIMEOUT_MS:
                self._on_lost()

    async def _tell_after_grace(self) -> None:
        """A server that ends a session may close media before its goodbye, which knows why, gets here."""
        await asyncio.sleep(_GOODBYE_GRACE_S)
        self._on_lost()

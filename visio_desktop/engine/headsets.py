"""Headsets' buttons and lights in a meeting: a listener while there is something to show, none otherwise."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING

from visio_desktop.meeting.events import Event, HeadsetPressed, HeadsetSeen
from visio_desktop.meeting.values import HeadsetButton, HeadsetLights, HeadsetState

if TYPE_CHECKING:
    from visio_desktop.media.headset.listener import HeadsetListener


class Headsets:
    """Runs on the engine's loop; the listener is begun and ended in threads."""

    def __init__(
        self,
        clock: Callable[[], float],
        report: Callable[[Event], None],
        start: Callable[[str, Coroutine[object, object, None]], None],
    ) -> None:
        self._clock, self._report, self._start = clock, report, start
        self._lights: HeadsetLights | None = None
        self._listener: HeadsetListener | None = None
        self._lock = asyncio.Lock()

    def show(self, lights: HeadsetLights | None) -> None:
        """Show this, or let go of every headset. Elsewhere than on Linux they are left alone."""
        if sys.platform != "linux":
            return
        self._lights = lights
        self._start("headset", self._follow())

    async def close(self) -> None:
        """Let go of every headset."""
        self._lights = None
        await self._follow()

    async def _follow(self) -> None:
        async with self._lock:
            lights, listener = self._lights, self._listener
            if lights is None:
                self._listener = None
                if listener is not None:
                    await asyncio.to_thread(listener.stop)
            elif listener is not None:
                listener.show(lights)
            else:
                self._listener = await asyncio.to_thread(self._begin, lights, asyncio.get_running_loop())

    def _begin(self, lights: HeadsetLights, loop: asyncio.AbstractEventLoop) -> HeadsetListener:
        from visio_desktop.media.headset.listener import HeadsetListener  # noqa: PLC0415 - once there is a microphone

        def tell(event: Event) -> None:
            with suppress(RuntimeError):  # the loop is closed: the program is ending
                loop.call_soon_threadsafe(self._report, event)

        def pressed(button: HeadsetButton) -> None:
            tell(HeadsetPressed(button))

        def seen(name: str, refused: bool) -> None:
            tell(HeadsetSeen(HeadsetState(name, refused)))

        listener = HeadsetListener(lights, clock=self._clock, pressed=pressed, seen=seen)
        listener.start()
        return listener

"""What the others are told of ourselves: whether we can be heard and seen, our name, our hand, that we speak.

It goes to all over signalling and beside our stream, as Talk's own clients do (`LocalStateBroadcasterMcu.ts`): nobody
knows when somebody who comes is ready to listen, so that all of it is said again a few times after each.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from visio_desktop.meeting.values import Source
from visio_desktop.rtc.frames import EncodedFrame
from visio_desktop.servers.port import RequestFailed, SessionClosed
from visio_desktop.system.tasks import Tasks

WAITS_S = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0)
_NAMES = {Source.MICROPHONE: "audio", Source.CAMERA: "video"}
_QUIET_FRAMES = 30

type ToAll = Callable[[Mapping[str, Any]], Awaitable[object]]


class Telling:
    """`to_all` sends a message to the room, `beside` one to those who receive our stream."""

    def __init__(self, to_all: ToAll, beside: Callable[[bytes], None], tasks: Tasks) -> None:
        self._to_all = to_all
        self._beside = beside
        self._tasks = tasks
        self._on = {Source.MICROPHONE: False, Source.CAMERA: False}
        self._again: asyncio.Task[None] | None = None
        self._quiet = 0
        self._speaks = False
        self.name = ""
        self.hand: float | None = None

    async def turn(self, source: Source, *, on: bool) -> None:
        """Something is open now, or closed. Raises `RequestFailed`."""
        if source not in _NAMES or self._on[source] is on:
            return
        self._on[source] = on
        if source is Source.MICROPHONE and not on:
            self._speaking(now=False)
        self._tell_beside(source)
        await self._to_all(self._state(source))

    async def rename(self, name: str) -> None:
        """We go by this name. Raises `RequestFailed`."""
        self.name = name
        self._beside(_packed("nickChanged", name))
        await self._to_all(_message("nickChanged", {"name": name}))

    async def raise_hand(self, at_ms: float | None) -> None:
        """Our hand is up since then, or down. Raises `RequestFailed`."""
        self.hand = at_ms
        await self._to_all(self._hand())

    async def react(self, reaction: str) -> None:
        """Show a reaction. Raises `RequestFailed`."""
        await self._to_all(_message("reaction", {"reaction": reaction}))

    def anew(self) -> None:
        """Somebody came: say all of it, and again."""
        if self._again is not None:
            self._again.cancel()
        self._again = self._tasks.start(self._say_again(), name="tell again")

    def heard(self, frame: EncodedFrame) -> None:
        """Sound of ours goes out, a voice or none."""
        self._quiet = 0 if frame.voice else self._quiet + 1
        if frame.voice or self._quiet == _QUIET_FRAMES:
            self._speaking(now=frame.voice)

    def _speaking(self, *, now: bool) -> None:
        if now is not self._speaks:
            self._speaks = now
            self._beside(_packed("speaking" if now else "stoppedSpeaking"))

    async def _say_again(self) -> None:
        for wait_s in WAITS_S:
            await asyncio.sleep(wait_s)
            try:
                await self._to_all(_message("nickChanged", {"name": self.name}))
                for source in _NAMES:
                    self._tell_beside(source)
                    await self._to_all(self._state(source))
                if self.hand is not None:
                    await self._to_all(self._hand())
            except RequestFailed:
                continue  # signalling is being restored
            except SessionClosed:
                return

    def _state(self, source: Source) -> dict[str, Any]:
        return _message("unmute" if self._on[source] else "mute", {"name": _NAMES[source]})

    def _tell_beside(self, source: Source) -> None:
        self._beside(_packed(f"{_NAMES[source]}{'On' if self._on[source] else 'Off'}"))

    def _hand(self) -> dict[str, Any]:
        at_ms = self.hand
        return _message("raiseHand", {"state": at_ms is not None, "timestamp": None if at_ms is None else int(at_ms)})


def _message(kind: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": kind, "roomType": "video", "payload": dict(payload)}


def _packed(kind: str, payload: Any = None) -> bytes:
    return json.dumps({"type": kind} | ({} if payload is None else {"payload": payload})).encode()

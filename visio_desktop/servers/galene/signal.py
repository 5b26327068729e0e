"""The way to Galene: one WebSocket on which either side says what it has to say; there are no answers to requests."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from typing import Any

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.net import NetError, Silent, Socket, Web
from visio_desktop.servers.galene.words import MAX_MESSAGE_BYTES, VERSION, Said, WordsError, parse
from visio_desktop.servers.port import JoinError, SessionClosed
from visio_desktop.servers.unreachable import unreachable
from visio_desktop.system.clock import Clock
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

OPEN_TIMEOUT_S = 10.0
PING_AFTER_S = 15.0
SILENT_AFTER_S = 45.0
"""It answers each ping at once; Galene itself gives us 45 s."""
_LOOK_EVERY_S = 5.0
_MAX_RUBBISH = 20
_MOST_UNHEARD = 20_000
_log = get_logger(__name__)


class Signal:
    """`connect` once, then hear with `next`. Pings are answered and asked here, and heard of nowhere else."""

    def __init__(self, web: Web, client_id: str, *, clock: Clock, tasks: Tasks) -> None:
        self._web = web
        self.client_id = client_id
        self._clock = clock
        self._tasks = tasks
        self._socket: Socket | None = None
        self._heard: deque[Said] = deque()
        self._more = asyncio.Event()
        self._heard_at_ms = 0.0
        self._over = False

    async def connect(self, endpoint: str, host: str) -> None:
        """Open it and greet. Raises `JoinError`."""
        try:
            self._socket = await self._web.open_socket(
                endpoint, parameters={}, timeout_s=OPEN_TIMEOUT_S, max_message_bytes=MAX_MESSAGE_BYTES
            )
            self._heard_at_ms = self._clock()
            self._tasks.start(self._read(self._socket), name="read")
            await self.say("handshake", version=[VERSION], id=self.client_id)
            async with asyncio.timeout(OPEN_TIMEOUT_S):
                greeting = await self.next()
        except NetError as error:
            raise JoinError(unreachable(error), str(error)) from error
        except TimeoutError as error:
            raise JoinError(Problem(ProblemCode.SERVER_SILENT, host), "no greeting") from error
        if greeting is None:
            raise JoinError(Problem(ProblemCode.SERVER_SILENT, host), "hung up before greeting")
        if greeting.type != "handshake" or VERSION not in (greeting.fields.texts("version") or ()):
            raise JoinError(Problem(ProblemCode.SERVER_NOT_UNDERSTOOD, host), "no greeting of version 2")
        self._tasks.start(self._watch(), name="watch")

    async def say(self, what: str, /, **fields: Any) -> None:
        """Say something. Raises `Silent`; `SessionClosed` once it is closed."""
        if self._over:
            raise SessionClosed("signalling is closed")
        if self._socket is None:
            raise Silent("", "signalling is gone")
        await self._socket.send(json.dumps({"type": what, **fields}).encode())

    async def next(self) -> Said | None:
        """What was said next, in order; None once nothing comes any more."""
        while not self._heard:
            if self._socket is None:
                return None
            self._more.clear()
            await self._more.wait()
        return self._heard.popleft()

    async def close(self) -> None:
        """Release the connection; may be called twice."""
        self._over = True
        await self._end()

    async def _end(self) -> None:
        socket, self._socket = self._socket, None
        self._more.set()
        if socket is not None:
            await socket.close()

    async def _read(self, socket: Socket) -> None:
        rubbish = 0
        while rubbish < _MAX_RUBBISH and len(self._heard) < _MOST_UNHEARD:
            text = await socket.receive()
            if text is None:
                break
            self._heard_at_ms = self._clock()
            try:
                await self._take(parse(text))
            except WordsError as error:
                rubbish += 1
                _log.warning("galene_not_understood", error=str(error))
            except NetError:
                break
        await self._end()

    async def _take(self, said: Said) -> None:
        match said.type:
            case "ping":
                await self.say("pong")
            case "pong":
                pass
            case _:
                self._heard.append(said)
                self._more.set()

    async def _watch(self) -> None:
        """Ask for a sign of life where none came for a while; without one it is over."""
        while self._socket is not None:
            await asyncio.sleep(_LOOK_EVERY_S)
            silent_s = (self._clock() - self._heard_at_ms) / 1000
            if silent_s >= SILENT_AFTER_S:
                _log.warning("galene_silent", silent_s=round(silent_s, 1))
                await self._end()
            elif silent_s >= PING_AFTER_S:
                try:
                    await self.say("ping")
                except (NetError, SessionClosed):
                    return

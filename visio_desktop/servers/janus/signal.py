"""The way to Janus: a session over one WebSocket, requests with their answers, events as they come.

Lost, it can be claimed again for as long as the server keeps it (`reclaim_session_timeout`).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import count
from typing import Any

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.net import NetError, Silent, Socket, Web
from visio_desktop.servers.janus.words import MAX_MESSAGE_BYTES, Words, WordsError, parse
from visio_desktop.servers.port import JoinError, RequestFailed, SessionClosed
from visio_desktop.servers.unreachable import unreachable
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

PROTOCOL = "janus-protocol"
PLUGIN = "janus.plugin.videoroom"
OPEN_TIMEOUT_S = 10.0
_ANSWER_TIMEOUT_S = 10.0
_KEEPALIVE_S = 25.0  # Janus forgets a session after a minute's silence
_MAX_RUBBISH = 20
_log = get_logger(__name__)

type Ids = Callable[[], str]


class Signal:
    """One session. `connect` once; `on_words` hears of every event, `on_lost` of each loss of the WebSocket.

    `secrets` go with every request: what the server's own API asks for.
    """

    def __init__(self, web: Web, *, ids: Ids, tasks: Tasks, secrets: Mapping[str, str]) -> None:
        self._web = web
        self._ids = ids
        self._tasks = tasks
        self._secrets = dict(secrets)
        self._socket: Socket | None = None
        self._session = 0
        self._asked: dict[str, asyncio.Future[Words]] = {}
        self._numbers = count(1)
        self._closed = False
        self.on_words: Callable[[Words], None] = lambda _: None
        self.on_lost: Callable[[], None] = lambda: None

    async def connect(self, url: str, host: str) -> None:
        """Open the WebSocket and a session. Raises `JoinError` and `Refusal`."""
        try:
            await self._open(url)
            made = await self.ask("create")
        except NetError as error:
            raise JoinError(unreachable(error), str(error)) from error
        except RequestFailed as error:
            raise JoinError(Problem(ProblemCode.SERVER_NOT_UNDERSTOOD, host), str(error)) from error
        self._session = _number(made)
        self._tasks.start(self._keep_alive(), name="keepalive")

    async def reclaim(self, url: str) -> None:
        """Open another WebSocket for the same session. Raises `NetError`, `RequestFailed` or `Refusal`."""
        await self._open(url)
        await self.ask("claim")

    async def attach(self, plugin: str = PLUGIN) -> int:
        """A new handle to a plugin. Raises `RequestFailed` or `Refusal`."""
        return _number(await self.ask("attach", plugin=plugin))

    async def room(self, handle: int, body: Mapping[str, Any], *, offer: str = "", answer: str = "") -> Words:
        """Ask the room something, with a description of ours. Raises `RequestFailed` or `Refusal`."""
        jsep: dict[str, Any] = {}
        if offer:  # the layers of a picture are named lowest first: Janus takes them for the other way round
            jsep = {"jsep": {"type": "offer", "sdp": offer, "rid_order": "lmh"}}
        elif answer:
            jsep = {"jsep": {"type": "answer", "sdp": answer}}
        return await self.ask("message", handle_id=handle, body=dict(body), **jsep)

    async def ask(self, kind: str, **fields: Any) -> Words:
        """One request and its answer. Raises `RequestFailed` or `Refusal`; `SessionClosed` once it is closed."""
        if self._closed:
            raise SessionClosed("signalling is closed")
        transaction = self._ids()
        answer: asyncio.Future[Words] = asyncio.get_running_loop().create_future()
        self._asked[transaction] = answer
        try:
            async with asyncio.timeout(_ANSWER_TIMEOUT_S):
                await self._say(kind, transaction, fields)
                words = await answer
        except (TimeoutError, Silent) as error:
            raise RequestFailed(f"no answer to {kind}") from error
        finally:
            self._asked.pop(transaction, None)
        words.raise_refusal()
        return words

    async def close(self) -> None:
        """End the session and the connection, in order where that is possible; may be called twice."""
        if self._closed:
            return
        socket = self._socket
        try:
            if socket is not None and socket.is_open and self._session:
                await self._say("destroy", self._ids(), {})
        except Silent:
            _log.debug("goodbye_not_said")
        self._closed = True
        self._socket = None
        for answer in self._asked.values():
            _fail(answer)
        if socket is not None:
            await socket.close()

    async def _open(self, url: str) -> None:
        before = self._socket
        self._socket = await self._web.open_socket(
            url,
            parameters={},
            timeout_s=OPEN_TIMEOUT_S,
            max_message_bytes=MAX_MESSAGE_BYTES,
            protocol=PROTOCOL,
        )
        if before is not None:
            await before.close()
        self._tasks.start(self._read(self._socket), name="read")

    async def _say(self, kind: str, transaction: str, fields: Mapping[str, Any]) -> None:
        if self._socket is None:
            raise Silent("", "signalling is gone")
        session = {"session_id": self._session} if self._session else {}
        told = {"janus": kind, "transaction": transaction, **session, **self._secrets, **fields}
        await self._socket.send(json.dumps(told).encode())

    async def _read(self, socket: Socket) -> None:
        rubbish = 0
        while rubbish < _MAX_RUBBISH and (text := await socket.receive()) is not None:
            try:
                self._heard(replace(parse(text), number=next(self._numbers)))
            except WordsError as error:
                rubbish += 1
                _log.warning("janus_not_understood", error=str(error))
        if self._socket is socket and not self._closed:
            self._socket = None
            await socket.close()
            for answer in self._asked.values():
                _fail(answer)
            self.on_lost()

    def _heard(self, words: Words) -> None:
        if words.kind == "ack":  # the answer itself comes later
            return
        answer = self._asked.get(words.transaction)
        if answer is None:
            self.on_words(words)
        elif not answer.done():
            answer.set_result(words)

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(_KEEPALIVE_S)
            try:
                await self._say("keepalive", self._ids(), {})  # an `ack` is all there is to hear of it
            except Silent:
                _log.debug("keepalive_not_said")


def _number(words: Words) -> int:
    found = words.data.key("id")
    if not isinstance(found, int):
        raise RequestFailed("an answer without an id")
    return found


def _fail(answer: asyncio.Future[Words]) -> None:
    if not answer.done():
        answer.set_exception(RequestFailed("signalling is gone"))

"""The way to the signalling server: one session over a WebSocket, requests with their answers, events as they come.

Lost, it can be resumed for as long as the server keeps it; what was said meanwhile then comes after it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import count
from typing import Any

from visio_desktop.net import NetError, Silent, Socket, Web
from visio_desktop.servers.port import JoinError, RequestFailed, SessionClosed
from visio_desktop.servers.talk.words import MAX_MESSAGE_BYTES, Refusal, Words, WordsError, parse
from visio_desktop.servers.unreachable import unreachable
from visio_desktop.system.log import get_logger
from visio_desktop.system.tasks import Tasks

OPEN_TIMEOUT_S = 10.0
WELCOME_TIMEOUT_S = 1.5
ANSWER_TIMEOUT_S = 10.0
_KEEPALIVE_S = 25.0
_MAX_RUBBISH = 20
_log = get_logger(__name__)


class Signal:
    """One session. `connect` and `hello` once; `on_words` hears of every event, `on_lost` of each loss."""

    def __init__(self, web: Web, url: str, tasks: Tasks) -> None:
        self._web = web
        self._url = url
        self._tasks = tasks
        self._socket: Socket | None = None
        self._asked: dict[str, asyncio.Future[Words]] = {}
        self._numbers = count(1)
        self._welcome: asyncio.Future[Words] | None = None
        self._room: Mapping[str, Any] | None = None
        self._resume_id = ""
        self._closed = False
        self.session_id = ""
        self.features: frozenset[str] = frozenset()
        self.on_words: Callable[[Words], None] = lambda _: None
        self.on_lost: Callable[[], None] = lambda: None

    async def connect(self) -> None:
        """Open the WebSocket and hear what the server can. Raises `JoinError`."""
        try:
            await self._open()
        except NetError as error:
            raise JoinError(unreachable(error), str(error)) from error

    async def hello(self, version: str, backend_url: str, params: Mapping[str, Any]) -> None:
        """Say who we are. Raises `Refusal` or `RequestFailed`."""
        auth = {"url": backend_url, "params": dict(params)}
        answer = await self.ask("hello", {"version": version, "auth": auth})
        self._take_hello(answer)
        self._tasks.start(self._keep_alive(), name="keepalive")

    async def resume(self) -> None:
        """Open another WebSocket for the same session. Raises `NetError`, `RequestFailed` or `Refusal`."""
        await self._open()
        self._take_hello(await self.ask("hello", {"version": "1.0", "resumeid": self._resume_id}))

    async def enter(self, room: str, nextcloud_session: str) -> None:
        """Join a room. Raises `Refusal` or `RequestFailed`."""
        self._room = {"roomid": room, "sessionid": nextcloud_session}
        await self.ask("room", self._room)

    async def ask(self, kind: str, body: Mapping[str, Any]) -> Words:
        """One request and its answer. Raises `RequestFailed` or `Refusal`; `SessionClosed` once it is closed."""
        if self._closed:
            raise SessionClosed("signalling is closed")
        number = str(next(self._numbers))
        answer: asyncio.Future[Words] = asyncio.get_running_loop().create_future()
        self._asked[number] = answer
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                await self._say(kind, body, number)
                words = await answer
        except (TimeoutError, Silent) as error:
            raise RequestFailed(f"no answer to {kind}") from error
        finally:
            self._asked.pop(number, None)
        words.raise_refusal()
        return words

    async def tell(self, kind: str, recipient: Mapping[str, str], data: Mapping[str, Any]) -> str:
        """A message or a control message to others; the id by which the server refuses it, if it does.

        Whether it arrives is not known. Raises `RequestFailed`; `SessionClosed` once it is closed.
        """
        if self._closed:
            raise SessionClosed("signalling is closed")
        number = str(next(self._numbers))
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                await self._say(kind, {"recipient": dict(recipient), "data": dict(data)}, number)
        except (TimeoutError, Silent) as error:
            raise RequestFailed(f"could not say {kind}") from error
        return number

    async def close(self) -> None:
        """Say goodbye, so that the session is not kept, and release the connection; may be called twice."""
        if self._closed:
            return
        self._closed = True
        socket, self._socket = self._socket, None
        self._fail_all()
        if socket is not None:
            if self.session_id and socket.is_open:
                with suppress(Silent, TimeoutError):
                    async with asyncio.timeout(1.0):
                        await socket.send_text(json.dumps({"id": "bye", "type": "bye", "bye": {}}))
            await socket.close()

    async def _open(self) -> None:
        before = self._socket
        self._welcome = asyncio.get_running_loop().create_future()
        self._socket = await self._web.open_socket(
            self._url, parameters={}, timeout_s=OPEN_TIMEOUT_S, max_message_bytes=MAX_MESSAGE_BYTES
        )
        if before is not None:
            await before.close()
        self._tasks.start(self._read(self._socket), name="read")
        # Servers from before 2021 send none.
        with suppress(TimeoutError):
            async with asyncio.timeout(WELCOME_TIMEOUT_S):
                words = await self._welcome
                self.features = frozenset(words.body.texts("features") or ())

    def _take_hello(self, words: Words) -> None:
        session_id = words.body.text("sessionid")
        if words.kind != "hello" or not session_id:
            raise RequestFailed("greeted as nobody")
        self.session_id = session_id
        self._resume_id = words.body.text("resumeid", self._resume_id)
        self.features |= frozenset(words.body.object("server").texts("features") or ())

    async def _say(self, kind: str, body: Mapping[str, Any], number: str) -> None:
        if self._socket is None:
            raise Silent("", "signalling is gone")
        await self._socket.send_text(json.dumps({"id": number, "type": kind, kind: dict(body)}))

    async def _read(self, socket: Socket) -> None:
        rubbish = 0
        while rubbish < _MAX_RUBBISH and (text := await socket.receive()) is not None:
            try:
                self._heard(parse(text))
            except WordsError as error:
                rubbish += 1
                _log.warning("talk_not_understood", error=str(error))
        await self._lose(socket)

    async def _lose(self, socket: Socket) -> None:
        if self._socket is not socket or self._closed:
            return
        self._socket = None
        self._fail_all()
        await socket.close()
        self.on_lost()

    def _heard(self, words: Words) -> None:
        answer = self._asked.get(words.id) if words.id else None
        if answer is not None:
            if not answer.done():
                answer.set_result(words)
        elif words.kind == "welcome":
            if self._welcome is not None and not self._welcome.done():
                self._welcome.set_result(words)
        else:
            self.on_words(words)

    def _fail_all(self) -> None:
        gone = RequestFailed("signalling is gone")
        for answer in self._asked.values():
            fail(answer, gone)
        if self._welcome is not None and not self._welcome.done():
            self._welcome.set_result(Words("welcome"))

    async def _keep_alive(self) -> None:
        """Ask to be let into the room again: that one is there already is an answer, silence is a loss."""
        while True:
            await asyncio.sleep(_KEEPALIVE_S)
            socket = self._socket
            if self._room is None or socket is None:
                continue
            try:
                await self.ask("room", self._room)
            except Refusal:
                continue
            except RequestFailed:
                _log.info("signalling_silent")
                await self._lose(socket)


def fail(answer: asyncio.Future[Any], error: Exception) -> None:
    """Whoever waits for it hears of the error; nobody need wait."""
    if not answer.done():
        answer.set_exception(error)
        answer.exception()

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import WSMsgType, web

from tests.helpers.clock_media import until
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.net import Silent, Web
from visio_desktop.servers.galene import signal
from visio_desktop.servers.galene.signal import Signal
from visio_desktop.servers.port import JoinError, SessionClosed
from visio_desktop.system.tasks import Tasks

GREETING = {"type": "handshake", "version": ["2"]}


class There:
    """A server that greets as it is told to and keeps what it hears."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.greeting: str | None = json.dumps(GREETING)
        self.socket: web.WebSocketResponse | None = None
        self.url = ""

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        self.socket = web.WebSocketResponse()
        await self.socket.prepare(request)
        async for message in self.socket:
            if message.type in {WSMsgType.TEXT, WSMsgType.BINARY}:
                self.heard.append(json.loads(message.data))
            if self.heard[-1]["type"] == "handshake" and self.greeting is not None:
                await self.say(self.greeting)
        return self.socket

    async def say(self, text: str) -> None:
        assert self.socket is not None
        await self.socket.send_str(text)


@pytest.fixture
async def there() -> AsyncIterator[There]:
    served = There()
    app = web.Application()
    app.router.add_get("/ws", served.serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    served.url = f"ws://127.0.0.1:{runner.addresses[0][1]}/ws"
    yield served
    await runner.cleanup()


def begin(tasks: Tasks, clock: Callable[[], float] = lambda: 0.0) -> Signal:
    return Signal(Web(), "me", clock=clock, tasks=tasks)


async def test_it_greets_hears_in_order_and_answers_pings_by_itself(there: There, tasks: Tasks) -> None:
    way = begin(tasks)
    await way.connect(there.url, "h")
    for text in ('{"type": "a"}', "rubbish", '{"type": "ping"}', '{"type": "pong"}', '{"type": "b"}'):
        await there.say(text)
    heard = [await way.next(), await way.next()]
    assert [said.type for said in heard if said is not None] == ["a", "b"]
    await way.say("request", request={})
    await until(lambda: len(there.heard) == 3, "three words")
    assert there.heard == [
        {"type": "handshake", "version": ["2"], "id": "me"},
        {"type": "pong"},
        {"type": "request", "request": {}},
    ]
    assert there.socket is not None
    await there.socket.close()
    assert await way.next() is None
    with pytest.raises(Silent):
        await way.say("x")
    await way.close()
    await way.close()
    with pytest.raises(SessionClosed):
        await way.say("x")


@pytest.mark.parametrize(
    ("greeting", "code"),
    [
        ('{"type": "handshake", "version": ["1"]}', ProblemCode.SERVER_NOT_UNDERSTOOD),
        ('{"type": "joined"}', ProblemCode.SERVER_NOT_UNDERSTOOD),
        (None, ProblemCode.SERVER_SILENT),
    ],
)
async def test_who_does_not_greet_is_no_galene(
    there: There, tasks: Tasks, monkeypatch: pytest.MonkeyPatch, greeting: str | None, code: ProblemCode
) -> None:
    monkeypatch.setattr(signal, "OPEN_TIMEOUT_S", 5.0 if greeting else 0.3)
    there.greeting = greeting
    way = begin(tasks)
    with pytest.raises(JoinError) as caught:
        await way.connect(there.url, "h")
    assert caught.value.problem.code is code
    await way.close()


async def test_one_that_speaks_rubbish_alone_is_given_up(there: There, tasks: Tasks) -> None:
    way = begin(tasks)
    await way.connect(there.url, "h")
    for _ in range(25):
        await there.say("rubbish")
    assert await way.next() is None
    await way.close()


async def test_silence_is_asked_about_and_then_the_end(
    there: There, tasks: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signal, "_LOOK_EVERY_S", 0.01)
    now_ms = [0.0]
    way = begin(tasks, lambda: now_ms[0])
    await way.connect(there.url, "h")
    now_ms[0] = 20_000.0
    await until(lambda: {"type": "ping"} in there.heard, "a ping")
    now_ms[0] = 50_000.0
    assert await way.next() is None
    await way.close()

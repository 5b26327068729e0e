from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.helpers.clock_media import until
from tests.helpers.scripted_talk import ME, TOKEN, ScriptedTalk
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.net import Web
from visio_desktop.servers.port import JoinError, RequestFailed, SessionClosed
from visio_desktop.servers.talk import signal as module
from visio_desktop.servers.talk.signal import Signal
from visio_desktop.servers.talk.words import Refusal, Words
from visio_desktop.system.tasks import Tasks


@pytest.fixture
async def signal(talk: ScriptedTalk) -> AsyncIterator[Signal]:
    tasks = Tasks("test")
    made = Signal(Web(), talk.url.replace("http", "ws", 1) + "/standalone-signaling/spreed", tasks)
    yield made
    await made.close()
    await tasks.close()


async def greeted(signal: Signal) -> None:
    await signal.connect()
    await signal.hello("2.0", "https://h/backend", {"token": "t"})


async def test_a_session_with_its_room_and_events(talk: ScriptedTalk, signal: Signal) -> None:
    heard: list[Words] = []
    signal.on_words = heard.append
    await greeted(signal)
    await signal.enter(TOKEN, "nc-me")
    assert (signal.session_id, signal.features) == (ME, frozenset({"mcu", "hello-v2"}))
    number = await signal.tell("message", {"type": "room"}, {"type": "mute"})
    await talk.say("error", {"code": "not_allowed"}, id=number)
    await until(lambda: len(heard) == 1, "the refusal")
    assert (heard[0].kind, heard[0].id) == ("error", number)
    hello, room, message = talk.said
    assert hello["hello"] == {"version": "2.0", "auth": {"url": "https://h/backend", "params": {"token": "t"}}}
    assert room["room"] == {"roomid": TOKEN, "sessionid": "nc-me"}
    assert message["message"] == {"recipient": {"type": "room"}, "data": {"type": "mute"}}


async def test_refusals_and_silence(talk: ScriptedTalk, signal: Signal, monkeypatch: pytest.MonkeyPatch) -> None:
    await greeted(signal)
    talk.words["room"] = {"type": "error", "error": {"code": "no_such_room"}}
    with pytest.raises(Refusal, match="no_such_room"):
        await signal.enter(TOKEN, "x")
    monkeypatch.setattr(module, "ANSWER_TIMEOUT_S", 0.05)
    talk.words["room"] = None
    with pytest.raises(RequestFailed):
        await signal.enter(TOKEN, "x")
    talk.words["hello"] = {"type": "hello", "hello": {}}
    with pytest.raises(RequestFailed, match="nobody"):
        await signal.hello("1.0", "", {})


async def test_a_loss_is_told_once_and_the_session_resumed(talk: ScriptedTalk, signal: Signal) -> None:
    lost: list[str] = []
    signal.on_lost = lambda: lost.append("lost")
    await greeted(signal)
    talk.words["room"] = None
    waiting = asyncio.gather(signal.enter(TOKEN, "x"), return_exceptions=True)
    await until(lambda: talk.said[-1]["type"] == "room", "asked")
    await talk.lose()
    await until(lambda: lost == ["lost"], "the loss")
    assert isinstance((await waiting)[0], RequestFailed)
    with pytest.raises(RequestFailed):
        await signal.tell("message", {"type": "room"}, {})
    await signal.resume()
    assert talk.said[-1]["hello"] == {"version": "1.0", "resumeid": "again"}
    await signal.close()
    await until(lambda: talk.said[-1]["type"] == "bye", "the goodbye")
    with pytest.raises(SessionClosed):
        await signal.enter(TOKEN, "x")
    assert lost == ["lost"]


async def test_silence_of_a_connection_that_seems_open_is_a_loss(
    talk: ScriptedTalk, signal: Signal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_KEEPALIVE_S", 0.0)
    monkeypatch.setattr(module, "ANSWER_TIMEOUT_S", 2.0)
    lost: list[str] = []
    signal.on_lost = lambda: lost.append("lost")
    await greeted(signal)
    await signal.enter(TOKEN, "x")
    talk.words["room"] = {"type": "error", "error": {"code": "already_joined"}}
    asked = len(talk.said)
    await until(lambda: len(talk.said) > asked + 2, "asked again and again")
    assert lost == []
    monkeypatch.setattr(module, "ANSWER_TIMEOUT_S", 0.05)
    talk.words["room"] = None
    await until(lambda: lost == ["lost"], "noticed")


async def test_too_much_rubbish_is_a_loss(talk: ScriptedTalk, signal: Signal) -> None:
    lost: list[str] = []
    signal.on_lost = lambda: lost.append("lost")
    await greeted(signal)
    for _ in range(module._MAX_RUBBISH):
        await talk.sockets[-1].send_str("rubbish")
    await until(lambda: lost == ["lost"], "given up")


async def test_nobody_there() -> None:
    signal = Signal(Web(), "ws://127.0.0.1:9/spreed", Tasks("test"))
    with pytest.raises(JoinError) as caught:
        await signal.connect()
    assert caught.value.problem.code is ProblemCode.HOST_UNREACHABLE
    await signal.close()


async def test_an_error_nobody_waits_for_is_no_warning() -> None:
    answer: asyncio.Future[Words] = asyncio.get_running_loop().create_future()
    module.fail(answer, RequestFailed("gone"))
    module.fail(answer, RequestFailed("again"))
    assert isinstance(answer.exception(), RequestFailed)

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from itertools import count

import pytest

from tests.helpers.clock_media import until
from tests.helpers.scripted_janus import ScriptedJanus, scripted_janus
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.net import Web
from visio_desktop.servers.janus import signal as module
from visio_desktop.servers.janus.signal import Signal
from visio_desktop.servers.janus.words import Refusal, Words
from visio_desktop.servers.port import JoinError, RequestFailed, SessionClosed
from visio_desktop.system.tasks import Tasks


@pytest.fixture
async def janus() -> AsyncIterator[ScriptedJanus]:
    async with scripted_janus() as running:
        yield running


@pytest.fixture
async def signal() -> AsyncIterator[Signal]:
    numbers, tasks = count(), Tasks("test")
    made = Signal(Web(), ids=lambda: f"t{next(numbers)}", tasks=tasks, secrets={"apisecret": "s"})
    yield made
    await made.close()
    await tasks.close()


async def test_requests_find_their_answers_and_events_are_handed_on(janus: ScriptedJanus, signal: Signal) -> None:
    heard: list[Words] = []
    signal.on_words = heard.append
    await signal.connect(janus.url, "127.0.0.1")
    handle = await signal.attach()
    found = await signal.room(handle, {"request": "exists", "room": 7})
    assert found.room.flag("exists")
    await janus.say(handle, talking=True)
    await until(lambda: len(heard) == 1, "the event")
    assert heard[0].sender == handle
    assert [told["janus"] for told in janus.asked] == ["create", "attach", "message"]
    assert {told["apisecret"] for told in janus.asked} == {"s"}
    assert janus.asked[0].keys() == {"janus", "transaction", "apisecret"}
    assert janus.asked[-1]["session_id"] == 100


async def test_an_ack_is_no_answer_and_a_refusal_is_raised(janus: ScriptedJanus, signal: Signal) -> None:
    await signal.connect(janus.url, "127.0.0.1")
    janus.answers["exists"] = lambda told: json.dumps({"janus": "ack", "transaction": told["transaction"]})
    janus.answers["list"] = lambda _: {"janus": "event", "plugindata": {"data": {"error_code": 433, "error": "no"}}}
    waiting = asyncio.gather(signal.room(1, {"request": "exists"}))
    await until(lambda: bool(janus.requests("exists")), "asked")
    with pytest.raises(Refusal, match="433"):
        await signal.room(1, {"request": "list"})
    assert not waiting.done()
    await janus.send(json.dumps({"janus": "event", "transaction": "t1", "plugindata": {"data": {"exists": True}}}))
    (words,) = await waiting
    assert words.room.flag("exists")


async def test_the_session_is_kept_alive_without_waiting_for_more_than_an_ack(
    janus: ScriptedJanus, signal: Signal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_KEEPALIVE_S", 0.001)
    janus.answers["keepalive"] = lambda told: json.dumps({"janus": "ack", "transaction": told["transaction"]})
    await signal.connect(janus.url, "127.0.0.1")
    await until(lambda: sum(told["janus"] == "keepalive" for told in janus.asked) > 1, "once and again")
    assert janus.asked[-1]["session_id"] == 100
    assert not signal._asked


async def test_silence_ends(janus: ScriptedJanus, signal: Signal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ANSWER_TIMEOUT_S", 0.05)
    janus.answers["create"] = lambda _: None
    with pytest.raises(JoinError) as caught:
        await signal.connect(janus.url, "127.0.0.1")
    assert caught.value.problem.code is ProblemCode.SERVER_NOT_UNDERSTOOD


async def test_a_loss_is_told_once_and_the_session_is_claimed_again(janus: ScriptedJanus, signal: Signal) -> None:
    lost: list[str] = []
    signal.on_lost = lambda: lost.append("lost")
    await signal.connect(janus.url, "127.0.0.1")
    janus.answers["exists"] = lambda _: None
    waiting = asyncio.gather(signal.room(1, {"request": "exists"}), return_exceptions=True)
    await until(lambda: bool(janus.requests("exists")), "asked")
    await janus.lose()
    await until(lambda: lost == ["lost"], "the loss")
    assert isinstance((await waiting)[0], RequestFailed)
    await signal.reclaim(janus.url)
    assert (janus.asked[-1]["janus"], janus.asked[-1]["session_id"]) == ("claim", 100)
    await signal.close()
    await signal.close()
    assert lost == ["lost"]
    with pytest.raises(SessionClosed):
        await signal.attach()


async def test_too_much_rubbish_is_a_loss(janus: ScriptedJanus, signal: Signal) -> None:
    lost: list[str] = []
    signal.on_lost = lambda: lost.append("lost")
    await signal.connect(janus.url, "127.0.0.1")
    for _ in range(module._MAX_RUBBISH):
        await janus.send("rubbish")
    await until(lambda: lost == ["lost"], "given up")

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
from aiohttp import web
from livekit.protocol.models import DisconnectReason, ParticipantInfo, ReconnectReason
from livekit.protocol.rtc import JoinResponse, LeaveRequest, ReconnectResponse, SignalResponse

from tests.helpers.clock_media import until
from tests.helpers.fake_livekit import ME, fake_livekit
from tests.helpers.hostile_server import hostile_server
from tests.helpers.web_server import serving
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.net import Silent, Web
from visio_desktop.servers.livekit import signal as module
from visio_desktop.servers.livekit.link import Address, parse_address
from visio_desktop.servers.livekit.signal import ResumeRefused, Signal, SignalBroken
from visio_desktop.servers.port import JoinError, SessionClosed
from visio_desktop.system.tasks import Tasks


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    owned = Tasks("test")
    yield owned
    await owned.close()


def at(address: str) -> Address:
    parsed = parse_address(f"livekit+ws://{address}?room=tea")
    assert parsed is not None
    return parsed


def join_answer(**fields: object) -> bytes:
    join = JoinResponse(**{"participant": ME, **fields})  # type: ignore[arg-type]
    return bytes(SignalResponse(join=join).SerializeToString())


async def test_what_a_server_is_told_of_us() -> None:
    async with fake_livekit() as server:
        assert {"protocol", "auto_subscribe", "sdk", "access_token"} <= set(server.query)
        assert server.query["protocol"] == "16"
        assert server.query["auto_subscribe"] == "1"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (b"\xff\xff", ProblemCode.SERVER_NOT_UNDERSTOOD),
        ("hello", ProblemCode.SERVER_NOT_UNDERSTOOD),
        (b"", ProblemCode.SERVER_NOT_UNDERSTOOD),
        (SignalResponse(pong=1).SerializeToString(), ProblemCode.SERVER_NOT_UNDERSTOOD),
        (join_answer(participant=ParticipantInfo()), ProblemCode.SERVER_NOT_UNDERSTOOD),
        (
            SignalResponse(leave=LeaveRequest(reason=DisconnectReason.JOIN_FAILURE)).SerializeToString(),
            ProblemCode.ROOM_FULL,
        ),
    ],
)
async def test_rubbish_instead_of_a_welcome(message: bytes | str, code: ProblemCode, tasks: Tasks) -> None:
    async with hostile_server(message) as address:
        with pytest.raises(JoinError) as caught:
            await Signal(Web(), clock=lambda: 0.0, tasks=tasks).connect(at(address), "token")
    assert caught.value.problem.code is code


async def test_a_server_that_hangs_up_or_says_nothing(tasks: Tasks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_JOIN_TIMEOUT_S", 0.2)
    for then_close, code in ((True, ProblemCode.SERVER_NOT_UNDERSTOOD), (False, ProblemCode.SERVER_SILENT)):
        async with hostile_server(then_close=then_close) as address:
            with pytest.raises(JoinError) as caught:
                await Signal(Web(), clock=lambda: 0.0, tasks=tasks).connect(at(address), "token")
        assert caught.value.problem.code is code


async def test_a_token_is_in_no_error(tasks: Tasks) -> None:
    async with hostile_server(path="other") as address:
        with pytest.raises(JoinError) as caught:
            await Signal(Web(), clock=lambda: 0.0, tasks=tasks).connect(at(address), "sesame")
    assert "sesame" not in repr(caught.value)
    assert "sesame" not in repr(caught.value.__cause__)


async def test_silence_is_noticed_and_told_once(tasks: Tasks) -> None:
    """The server asks for a ping each second and patience for two; its clock runs, ours jumps."""
    now, lost = [0.0], list[str]()
    async with hostile_server(join_answer(ping_interval=1, ping_timeout=2)) as address:
        signal = Signal(Web(), clock=lambda: now[0], tasks=tasks)
        await signal.connect(at(address), "token")
        signal.run(lambda _: None, lambda: lost.append("lost"))
        await asyncio.sleep(0.05)
        assert lost == []
        now[0] += 60_000
        await until(lambda: lost == ["lost"], "silence noticed", timeout_s=3)
        await signal.close()
    assert lost == ["lost"]


async def test_after_its_end_nothing_is_sent(tasks: Tasks) -> None:
    async with hostile_server(join_answer()) as address:
        signal = Signal(Web(), clock=lambda: 0.0, tasks=tasks)
        with pytest.raises(SessionClosed):
            await signal.send(ping=1)
        await signal.connect(at(address), "token")
        await signal.close()
        await signal.close()
        with pytest.raises(SessionClosed):
            await signal.send(ping=1)


def welcome(**fields: object) -> bytes:
    return bytes(SignalResponse(reconnect=ReconnectResponse(**fields)).SerializeToString())  # type: ignore[arg-type]


async def returning(message: bytes | None, tasks: Tasks, *, path: str = "rtc") -> Signal:
    """A connection that is lost, and a server that says this to those who come back."""
    messages = () if message is None else (message,)
    async with hostile_server(join_answer(), then_close=True) as first:
        signal, lost = Signal(Web(), clock=lambda: 0.0, tasks=tasks), list[str]()
        await signal.connect(at(first), "token")
        signal.run(lambda _: None, lambda: lost.append("lost"))
        await until(lambda: lost == ["lost"], "lost")
    await signal.send(ping=1)
    assert not signal.is_open
    async with hostile_server(*messages, path=path) as second:
        signal._address = at(second)
        try:
            await signal.reopen("token", "PA_me", ReconnectReason.RR_SIGNAL_DISCONNECTED)
            assert signal.is_open
        finally:
            await signal.close()
    return signal


async def test_what_is_lost_can_be_opened_anew(tasks: Tasks) -> None:
    await returning(welcome(), tasks)


@pytest.mark.parametrize("message", [b"\xff\xff", join_answer(), b""])
async def test_rubbish_for_a_welcome_back_is_worth_another_try(message: bytes, tasks: Tasks) -> None:
    with pytest.raises(SignalBroken):
        await returning(message, tasks)


async def test_a_silent_welcome_back_is_worth_another_try(tasks: Tasks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_REOPEN_TIMEOUT_S", 0.1)
    with pytest.raises(SignalBroken):
        await returning(None, tasks)


async def test_a_refusal_to_take_us_back_is_final(tasks: Tasks) -> None:
    leave = SignalResponse(leave=LeaveRequest(reason=DisconnectReason.ROOM_DELETED)).SerializeToString()
    with pytest.raises(ResumeRefused) as caught:
        await returning(bytes(leave), tasks)
    assert caught.value.dropped.problem.code is ProblemCode.ROOM_ENDED
    with pytest.raises(ResumeRefused):
        await returning(None, tasks, path="other")


async def test_who_is_asked_and_says_nothing_is_lost_soon(tasks: Tasks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ASKED_TIMEOUT_S", 0.05)
    async with hostile_server(join_answer()) as address:
        signal, lost = Signal(Web(), clock=lambda: 0.0, tasks=tasks), list[str]()
        await signal.connect(at(address), "token")
        signal.run(lambda _: None, lambda: lost.append("lost"))
        signal.suspect()
        await until(lambda: lost == ["lost"], "lost")
        await signal.close()


class Deaf:
    """A socket that takes nothing any more, and still has something to say."""

    is_open = True

    def __init__(self, *messages: bytes) -> None:
        self._messages = list(messages)

    async def send(self, _data: bytes) -> None:
        raise Silent("host", "closed")

    async def receive(self) -> bytes | None:
        await asyncio.sleep(0.01)
        return self._messages.pop(0) if self._messages else None

    async def close(self) -> None:
        pass


async def test_last_words_are_heard_though_nothing_can_be_sent_any_more(tasks: Tasks) -> None:
    leave = SignalResponse(leave=LeaveRequest(reason=DisconnectReason.DUPLICATE_IDENTITY)).SerializeToString()
    signal, told = Signal(Web(), clock=lambda: 0.0, tasks=tasks), list[str]()
    signal._socket = cast("Any", Deaf(bytes(leave)))
    signal.run(lambda response: told.append(str(response.WhichOneof("message"))), lambda: told.append("lost"))
    await signal.send(ping=1)
    await until(lambda: told == ["leave", "lost"], "the reason, then the end")
    await signal.close()


async def test_a_server_with_a_single_connection_is_entered_by_that_door(tasks: Tasks) -> None:
    async with hostile_server(join_answer(), path="rtc_v1") as address:
        signal = Signal(Web(), clock=lambda: 0.0, tasks=tasks)
        await signal.connect(at(address), "token", singly=True)
        assert signal.is_single
        await signal.close()


@pytest.mark.parametrize("status", [200, 400, 404])
async def test_a_server_without_it_is_entered_by_the_other(status: int, tasks: Tasks) -> None:
    async def absent(_: web.Request) -> web.Response:
        return web.Response(status=status, text="<html>")

    async def rtc(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_bytes(join_answer())
        await socket.receive()
        return socket

    async with serving(rtc_v1=absent, rtc=rtc) as address:
        signal = Signal(Web(), clock=lambda: 0.0, tasks=tasks)
        await signal.connect(at(address), "token", singly=True)
        assert not signal.is_single
        await signal.close()


async def test_a_refusal_is_not_asked_for_twice(tasks: Tasks) -> None:
    asked = []

    async def refuse(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=401)

    async with serving(rtc_v1=refuse, rtc=refuse, rtc_validate=refuse) as address:
        with pytest.raises(JoinError) as caught:
            await Signal(Web(), clock=lambda: 0.0, tasks=tasks).connect(at(address), "token", singly=True)
    assert caught.value.problem.code is ProblemCode.TOKEN_REFUSED
    assert asked == ["/rtc/v1", "/rtc/validate"]


async def test_what_is_being_let_go_of_is_released_though_tasks_end_first(tasks: Tasks) -> None:
    async with hostile_server(join_answer()) as address:
        signal = Signal(Web(), clock=lambda: 0.0, tasks=tasks)
        await signal.connect(at(address), "token")
        signal.run(lambda _: None, lambda: None)
        socket = signal._socket
        assert socket is not None
        signal._lose(socket, "in a test")
        await tasks.close()  # before the task that closes it has made a step
        await signal.close()
        assert socket._session.closed


@pytest.mark.parametrize(
    ("status", "text", "code"),
    [
        (200, "success", None),
        (401, "invalid token: validation failed, token is expired (exp)", ProblemCode.TOKEN_EXPIRED),
        (401, "no permissions to access the room", ProblemCode.TOKEN_REFUSED),
        (404, "requested room does not exist", ProblemCode.ROOM_NOT_FOUND),
        (503, "", ProblemCode.HOST_UNREACHABLE),
        (404, "<html>", ProblemCode.SERVER_NOT_UNDERSTOOD),
    ],
)
async def test_asking_whether_one_would_be_let_in_enters_nothing(
    status: int, text: str, code: ProblemCode | None, tasks: Tasks
) -> None:
    asked: list[tuple[str, str]] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append((request.path, request.query["access_token"]))
        return web.Response(status=status, text=text)

    signal = Signal(Web(), clock=lambda: 0.0, tasks=tasks)
    async with serving(rtc=answer, rtc_validate=answer) as address:
        found: ProblemCode | None = None
        try:
            await signal.ask(at(address), "token")
        except JoinError as error:
            found = error.problem.code
    assert found is code
    assert asked == [("/rtc/validate", "token")]
    with pytest.raises(JoinError) as nobody:
        await signal.ask(at(address), "token")
    assert nobody.value.problem.code is ProblemCode.HOST_UNREACHABLE

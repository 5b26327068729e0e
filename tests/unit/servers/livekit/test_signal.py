from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from livekit.protocol.models import DisconnectReason, ParticipantInfo
from livekit.protocol.rtc import JoinResponse, LeaveRequest, SignalResponse

from tests.helpers.clock_media import until
from tests.helpers.fake_livekit import ME, fake_livekit
from tests.helpers.hostile_server import hostile_server
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.net import Web
from visio_desktop.servers.livekit import signal as module
from visio_desktop.servers.livekit.link import Address, parse_address
from visio_desktop.servers.livekit.signal import Signal
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

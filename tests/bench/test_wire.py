from __future__ import annotations

import asyncio
import os
import time

import pytest

from bench.peers import wire
from bench.peers.wire import ClientError, ClientProcess
from bench.timeline import Painted


def client() -> ClientProcess:
    return ClientProcess("test", "tests.helpers.bench_client")


async def test_a_client_tells_fails_and_goes_on() -> None:
    async with client() as process:
        assert (await process.told()).tiles == {"ada": [Painted(1.0, 7, 360)]}
        with pytest.raises(ClientError, match="LookupError: nobody there"):
            await process.ask("fail")
        assert (await process.told()).heard.played_ms == 20.0
        pid = process.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_client_that_ends_is_an_error() -> None:
    async with client() as process:
        with pytest.raises(ClientError, match="ended at end"):
            await process.ask("end")


async def test_a_client_that_hangs_is_given_up_and_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "_ANSWER_S", 1.0)
    monkeypatch.setattr(wire, "_END_S", 0.2)
    began_s = time.monotonic()
    async with client() as process:
        with pytest.raises(ClientError, match="does not answer hang"):
            await process.ask("hang")
        pid = process.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert time.monotonic() - began_s < 20


async def test_an_interrupted_bench_leaves_no_client_behind() -> None:
    pids = []

    async def bench() -> None:
        async with client() as process:
            pids.append(process.pid)
            await asyncio.sleep(60)

    task = asyncio.get_running_loop().create_task(bench())
    while not pids:
        await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)

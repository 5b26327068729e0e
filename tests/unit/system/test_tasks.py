from __future__ import annotations

import asyncio

import pytest

from visio_desktop.system.tasks import Tasks, together


async def test_a_crash_is_told_and_ends_only_its_own_task(caplog: pytest.LogCaptureFixture) -> None:
    crashes: list[tuple[str, str]] = []
    tasks = Tasks("owner", lambda name, error: crashes.append((name, str(error))))
    survivor = asyncio.Event()

    async def crash() -> None:
        raise ValueError("boom")

    async def survive() -> None:
        await asyncio.sleep(0)
        survivor.set()

    await tasks.start(crash(), name="crash")
    await tasks.start(survive(), name="survive")
    assert crashes == [("crash", "boom")]
    assert survivor.is_set()
    assert any("Traceback" in (record.exc_text or "") or record.exc_info for record in caplog.records)


async def test_close_cancels_and_awaits_everything() -> None:
    tasks = Tasks("owner")
    tidied = []

    async def wait_for_ever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            tidied.append(True)

    tasks.start(wait_for_ever(), name="a")
    tasks.start(wait_for_ever(), name="b")
    await asyncio.sleep(0)
    await tasks.close()
    assert tidied == [True, True]
    assert len(tasks) == 0


async def test_close_before_the_first_step_leaves_no_coroutine_behind() -> None:
    tasks = Tasks("owner")

    async def never() -> None:
        raise AssertionError

    task = tasks.start(never(), name="never")
    await tasks.close()
    assert task.cancelled()


async def test_close_from_one_of_its_own_tasks_returns() -> None:
    tasks = Tasks("owner")
    closed = asyncio.Event()

    async def close_us() -> None:
        await tasks.close()
        closed.set()

    await tasks.start(close_us(), name="close")
    assert closed.is_set()


async def test_what_is_done_together_comes_to_all() -> None:
    async def give(what: str) -> str:
        await asyncio.sleep(0)
        return what

    assert await together(give("a"), give("b")) == ("a", "b")
    assert await together(give("a"), give("b"), asyncio.to_thread(int)) == ("a", "b", 0)


async def test_of_what_is_done_together_nothing_outlives_what_failed() -> None:
    ended: list[str] = []

    async def stay() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append("stayed")

    async def fail() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await together(stay(), fail())
    assert ended == ["stayed"]

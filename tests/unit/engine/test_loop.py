"""The loop in its own thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from visio_desktop.engine.loop import LoopThread


@pytest.fixture
def thread() -> Iterator[LoopThread]:
    made = LoopThread("test loop")
    yield made
    made.stop()


async def where() -> str:
    return threading.current_thread().name


def test_what_was_handed_over_before_the_start_is_done_then(thread: LoopThread) -> None:
    done: list[str] = []
    thread.call(done.append, "first")
    assert done == []
    thread.start()
    assert thread.run(where()).result(5) == "test loop"
    assert done == ["first"]


def test_stopping_ends_the_thread_and_closes_the_loop(thread: LoopThread) -> None:
    thread.start()
    thread.stop()
    assert thread.loop.is_closed()
    assert "test loop" not in {t.name for t in threading.enumerate()}


def test_after_the_stop_nothing_happens(thread: LoopThread) -> None:
    thread.start()
    thread.stop()
    done: list[str] = []
    thread.call(done.append, "late")
    thread.stop()
    assert done == []


def test_a_loop_never_started_can_be_stopped(thread: LoopThread) -> None:
    thread.stop()
    assert thread.loop.is_closed()


def test_several_threads_hand_over_in_their_order(thread: LoopThread) -> None:
    thread.start()
    done: list[int] = []
    for number in range(100):
        thread.call(done.append, number)
    thread.run(asyncio.sleep(0)).result(5)
    assert done == list(range(100))

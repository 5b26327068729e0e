from __future__ import annotations

import threading

import pytest

from visio_desktop.media.pool import DecoderPool


def test_each_lane_keeps_its_order_while_lanes_run_side_by_side() -> None:
    pool, done = DecoderPool(3), threading.Semaphore(0)
    lanes = [pool.lane() for _ in range(5)]
    seen: list[list[int]] = [[] for _ in lanes]

    def job(lane: int, number: int) -> None:
        seen[lane].append(number)
        done.release()

    for number in range(200):
        for index, lane in enumerate(lanes):
            lane.add(lambda index=index, number=number: job(index, number))  # type: ignore[misc]
    assert all(done.acquire(timeout=10) for _ in range(1000))
    assert seen == [list(range(200))] * 5
    pool.close()
    assert pool.join(5)


def test_a_slow_lane_holds_up_no_other() -> None:
    pool, release, other_done = DecoderPool(2), threading.Event(), threading.Event()
    slow, fast = pool.lane(), pool.lane()

    def wait() -> None:
        release.wait(10)

    slow.add(wait)
    slow.add(lambda: None)
    fast.add(other_done.set)
    assert other_done.wait(5)
    assert slow.waiting >= 1
    release.set()
    pool.close()
    assert pool.join(5)


def test_lanes_that_take_long_leave_a_thread_to_the_others() -> None:
    now_ms = [0.0]
    pool, release, began, done = DecoderPool(2, lambda: now_ms[0]), threading.Event(), threading.Semaphore(0), []
    heavy, fast = [pool.lane() for _ in range(3)], pool.lane()

    def long_job() -> None:
        now_ms[0] += 1_000

    for lane in heavy:
        finished = threading.Event()
        lane.add(long_job)
        lane.add(finished.set)
        assert finished.wait(5)
    deadline = threading.Event()
    while not all(lane.is_heavy for lane in heavy):
        assert not deadline.wait(0.001)

    def blocks() -> None:
        began.release()
        release.wait(10)
        done.append(1)

    for lane in heavy:
        lane.add(blocks)
    assert began.acquire(timeout=5)
    light = threading.Event()
    fast.add(light.set)
    assert light.wait(5)
    assert not began.acquire(blocking=False)
    release.set()
    assert all(began.acquire(timeout=5) for _ in heavy[1:])
    pool.close()
    assert pool.join(5)
    assert len(done) == len(heavy)


def test_one_lane_is_served_by_one_thread_at_a_time() -> None:
    pool, done, inside, worst = DecoderPool(4), threading.Event(), [0], [0]
    lane = pool.lane()

    def job() -> None:
        inside[0] += 1
        worst[0] = max(worst[0], inside[0])
        inside[0] -= 1

    for _ in range(500):
        lane.add(job)
    lane.add(done.set)
    assert done.wait(10)
    assert worst == [1]
    pool.close()


def test_what_is_cleared_is_not_done() -> None:
    pool, release, began, done = DecoderPool(1), threading.Event(), threading.Event(), threading.Event()
    lane, seen = pool.lane(), []

    def first() -> None:
        began.set()
        release.wait(10)

    lane.add(first)
    assert began.wait(5)
    lane.add(lambda: seen.append(1))
    assert lane.waiting == 1
    lane.clear()
    lane.add(done.set)
    release.set()
    assert done.wait(5)
    assert seen == []
    pool.close()


def test_a_job_that_raises_costs_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: told.append(str(args.exc_value)))
    pool, done = DecoderPool(1), threading.Event()
    lane = pool.lane()

    def broken() -> None:
        raise ValueError("broken")

    lane.add(broken)
    lane.add(done.set)
    assert done.wait(5)
    pool.close()
    assert pool.join(5)
    assert told == ["broken"]

from __future__ import annotations

import asyncio
from threading import Event

import pytest

from visio_desktop.media.bounded import call_bounded
from visio_desktop.media.errors import DeviceError
from visio_desktop.meeting.values import Problem, ProblemCode


async def test_the_result_comes_back() -> None:
    assert await call_bounded(lambda: 42, 1, name="test") == 42


async def test_errors_come_back() -> None:
    def fail() -> None:
        raise DeviceError(Problem(ProblemCode.CAMERA_BUSY))

    with pytest.raises(DeviceError):
        await call_bounded(fail, 1, name="test")


async def test_what_hangs_is_left_behind_and_its_late_result_undone() -> None:
    release, undone, results = Event(), Event(), [0]

    def hang() -> int:
        release.wait(5)
        return 7

    def undo(result: int) -> None:
        results.append(result)
        undone.set()

    with pytest.raises(TimeoutError):
        await call_bounded(hang, 0.02, name="test", undo=undo)
    release.set()
    assert await asyncio.to_thread(undone.wait, 5)
    assert results == [0, 7]

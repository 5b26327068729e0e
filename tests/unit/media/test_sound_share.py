from __future__ import annotations

import asyncio
import threading

import numpy as np
import pytest

from tests.helpers.sound import FakeOutbound
from visio_desktop.media.errors import DeviceError
from visio_desktop.media.programs_sound import failed
from visio_desktop.media.samples import FRAME, Samples
from visio_desktop.media.sound_share import BITRATE_BPS, SoundShare
from visio_desktop.meeting.values import Problem, ProblemCode

LOUD = np.tile(np.array([0.3, -0.3], np.float32), FRAME)


class Heard:
    """Twenty milliseconds pass with each wait, until it is to fail."""

    def __init__(self) -> None:
        self.now_ms = 0.0
        self.reads = 0
        self.fails = False
        self.closed = threading.Event()

    def clock(self) -> float:
        return self.now_ms

    def wait(self) -> None:
        if self.fails:
            raise failed("gone")
        self.now_ms += 20.0
        threading.Event().wait(0.0005)

    def read(self) -> Samples:
        self.reads += 1
        return LOUD

    def close(self) -> None:
        self.closed.set()


async def test_the_echo_canceller_hears_it_whether_it_is_sent_or_not() -> None:
    beside: list[Samples] = []
    heard = Heard()
    share = SoundShare(asyncio.get_running_loop(), heard.clock, lambda: heard, lambda _: None, beside.append)
    takes(share, 3)
    assert len(beside) == 3


async def shared() -> tuple[SoundShare, Heard, FakeOutbound, list[Problem]]:
    heard, problems = Heard(), list[Problem]()
    share = SoundShare(asyncio.get_running_loop(), heard.clock, lambda: heard, problems.append)
    return share, heard, FakeOutbound(), problems


def takes(share: SoundShare, count: int) -> None:
    for _ in range(count):
        share.take(LOUD)


async def test_nothing_leaves_before_it_is_sent_or_after() -> None:
    share, _, stream, _ = await shared()
    takes(share, 20)
    await asyncio.sleep(0)
    assert stream.sent == []
    share.send_on(stream)
    takes(share, 9)
    await asyncio.sleep(0)
    assert stream.sent == [], "what was heard before is held back"
    takes(share, 50)
    await asyncio.sleep(0)
    assert len(stream.sent) == 50
    takes(share, 5)
    share.send_on(None)
    await asyncio.sleep(0)
    assert len(stream.sent) == 50, "what is under way is stopped too"
    assert stream.feedback is None


async def test_it_is_sent_at_the_rate_of_music() -> None:
    share, _, stream, _ = await shared()
    share.send_on(stream)
    rng = np.random.default_rng(1)
    for _ in range(100):
        share.take((rng.standard_normal(2 * FRAME) * 0.1).astype(np.float32))
    await asyncio.sleep(0)
    sent_bps = sum(len(frame.payload) for frame in stream.sent) * 8 * 50 / len(stream.sent)
    assert 0.7 * BITRATE_BPS < sent_bps < 1.3 * BITRATE_BPS


async def test_it_listens_in_its_own_time_until_it_is_stopped() -> None:
    share, heard, _, _ = await shared()
    await asyncio.to_thread(share.start)
    async with asyncio.timeout(10):
        while heard.reads < 50:
            await asyncio.sleep(0.01)
    await asyncio.to_thread(share.stop)
    assert heard.closed.is_set()
    assert abs(heard.reads - heard.now_ms / 20) <= 2


async def test_after_a_long_pause_it_does_not_catch_up() -> None:
    share, heard, _, _ = await shared()
    await asyncio.to_thread(share.start)
    heard.now_ms += 3_600_000
    async with asyncio.timeout(10):
        while heard.reads < 20:
            await asyncio.sleep(0.01)
    await asyncio.to_thread(share.stop)
    assert heard.reads < 20_000


async def test_a_server_that_goes_is_told_once() -> None:
    share, heard, _, problems = await shared()
    await asyncio.to_thread(share.start)
    heard.fails = True
    async with asyncio.timeout(10):
        while not problems:
            await asyncio.sleep(0.01)
    await asyncio.to_thread(share.stop)
    assert [problem.code for problem in problems] == [ProblemCode.SCREEN_SOUND_FAILED]


async def test_what_cannot_be_listened_to_is_an_error_at_the_start() -> None:
    def refuse() -> Heard:
        raise failed("no server")

    share = SoundShare(asyncio.get_running_loop(), lambda: 0.0, refuse, lambda _: None)
    with pytest.raises(DeviceError):
        await asyncio.to_thread(share.start)
    await asyncio.to_thread(share.stop)

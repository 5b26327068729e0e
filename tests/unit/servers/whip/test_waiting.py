from __future__ import annotations

import asyncio

import pytest

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.servers.port import JoinError
from visio_desktop.servers.whip.endpoint import Answer, NotBegun
from visio_desktop.servers.whip.waiting import PATIENCE_MS, SLOWEST_S, Waiting

ANSWER = Answer("v=0", "https://h/r/1", is_offer=False)


class Stage:
    """An endpoint at which nothing is sent for so many questions; time goes on only in pauses."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *nothing_yet: JoinError) -> None:
        self.left = list(nothing_yet)
        self.pauses_s: list[float] = []
        self.told = 0
        self.now_ms = 0.0
        monkeypatch.setattr(asyncio, "sleep", self.sleep)
        self.waiting = Waiting(lambda: self.now_ms, self.tell)

    async def sleep(self, seconds: float) -> None:
        self.pauses_s.append(seconds)
        self.now_ms += seconds * 1_000

    def tell(self) -> None:
        self.told += 1

    async def ask(self) -> Answer:
        if self.left:
            raise self.left.pop(0)
        return ANSWER


async def test_what_has_begun_is_answered_at_once_and_nobody_is_told_of_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage = Stage(monkeypatch)
    assert await stage.waiting.until_begun(stage.ask) is ANSWER
    assert (stage.told, stage.pauses_s) == (0, [])


async def test_one_is_told_once_and_the_endpoint_is_asked_less_and_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(monkeypatch, *[NotBegun("h", 0.0)] * 12)
    assert await stage.waiting.until_begun(stage.ask) is ANSWER
    assert stage.told == 1
    assert stage.pauses_s == sorted(stage.pauses_s)
    assert (stage.pauses_s[0], stage.pauses_s[-1]) == (1.0, SLOWEST_S)


async def test_the_server_may_say_when_but_not_how_long_for(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(monkeypatch, NotBegun("h", 4.0), NotBegun("h", 86_400.0))
    await stage.waiting.until_begun(stage.ask)
    assert stage.pauses_s == [4.0, SLOWEST_S]


async def test_it_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(monkeypatch, *[NotBegun("h", 0.0)] * 1_000)
    with pytest.raises(NotBegun) as caught:
        await stage.waiting.until_begun(stage.ask)
    assert caught.value.problem == Problem(ProblemCode.ROOM_NOT_FOUND, "h")
    assert PATIENCE_MS <= stage.now_ms <= PATIENCE_MS + SLOWEST_S * 1_000


async def test_any_other_trouble_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(monkeypatch, NotBegun("h", 0.0), JoinError(Problem(ProblemCode.TOKEN_REFUSED, "h")))
    with pytest.raises(JoinError) as caught:
        await stage.waiting.until_begun(stage.ask)
    assert caught.value.problem.code is ProblemCode.TOKEN_REFUSED
    assert stage.told == 1

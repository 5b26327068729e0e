"""What every adapter keeps to whatever its server does: a plain reason in bounded time, and nothing left behind."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import ClassVar, Protocol

import psutil
import pytest

from tests.contract.house import Fixture
from tests.helpers.clock_media import until
from tests.helpers.mischief import MISCHIEF, Replaying, cut, serving, through
from tests.helpers.session_ear import SessionEar
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.servers.port import JoinError, JoinRequest

BOUND_S = 90.0
"""Generous: what matters is that there is an end, on any machine."""
CUTS = (1, 30, 200, 500, 900, 1_500, 2_500, 4_000, 7_000, 12_000)


class ByPort(Fixture, Protocol):
    """A fixture whose server is reached over one loopback port."""

    @property
    def port(self) -> int:
        """Where it is."""

    def request_at(self, port: int, name: str) -> JoinRequest:
        """A request to join the same room at another port."""


class HostileContract:
    """For adapters that speak with a server over the network.

    Both say what `module.NAME` is instead: `patience` while servers misbehave, `haste` in all tests. An answer that a
    busy machine may be late with belongs to the first.
    """

    patience: ClassVar[Mapping[str, float]] = {}
    haste: ClassVar[Mapping[str, float]] = {}

    @pytest.fixture(autouse=True)
    def _hurry(self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
        misbehaves = hasattr(HostileContract, request.node.originalname)
        for name, value in {**self.haste, **(self.patience if misbehaves else {})}.items():
            monkeypatch.setattr(f"visio_desktop.servers.{name}", value)

    async def test_mischief_is_told_in_plain_words_and_leaves_nothing(self, fixture: ByPort) -> None:
        found: dict[str, ProblemCode | None] = {}

        async def suffer(name: str) -> None:
            ear = SessionEar()
            async with serving(MISCHIEF[name]) as port:
                try:
                    session = await fixture.adapter().join(fixture.request_at(port, "Ada"), ear)
                except JoinError as error:
                    found[name] = error.problem.code
                else:
                    found[name] = None
                    await session.leave()
            assert ear.events == [], name

        await self._leaving_nothing(*(suffer(name) for name in MISCHIEF))
        assert found.keys() == MISCHIEF.keys()
        assert {name for name, code in found.items() if code in {None, ProblemCode.INTERNAL}} == set(), found

    async def test_closing_at_every_step_and_saying_everything_twice(self, fixture: ByPort) -> None:
        joined: list[str] = []
        refused: set[ProblemCode] = set()

        async def suffer(name: str, after_bytes: int) -> None:
            ear = SessionEar()
            change = cut(after_bytes) if after_bytes else Replaying
            async with through("127.0.0.1", fixture.port, change) as port:
                try:
                    session = await fixture.adapter().join(fixture.request_at(port, name), ear)
                except JoinError as error:
                    refused.add(error.problem.code)
                    return
                joined.append(name)
                await asyncio.sleep(0)
                await session.leave()

        await self._leaving_nothing(*(suffer(f"Ada{n}", n) for n in (*CUTS, 0)))
        assert "Ada1" not in joined
        assert ProblemCode.INTERNAL not in refused

    @staticmethod
    async def _leaving_nothing(*work: object) -> None:
        """Do all of it at once; afterwards there are as many tasks and open files as before."""
        process = psutil.Process()
        await asyncio.sleep(0)
        tasks, files = len(asyncio.all_tasks()), process.num_fds()
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(asyncio.timeout(BOUND_S))
            await asyncio.gather(*work)  # type: ignore[call-overload]
        await until(lambda: len(asyncio.all_tasks()) <= tasks, "no task left", timeout_s=BOUND_S)
        # A few may be others'; a leak of one for each attempt is far beyond that.
        await until(lambda: process.num_fds() <= files + len(work) // 2, "no file left open", timeout_s=BOUND_S)

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from visio_desktop.servers.matrix.keys import CallDevice, Plain, SyncNews
from visio_desktop.servers.matrix.serial import SerialKeys


class Slow:
    """A `Keys` that notices when it is asked two things at once."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.at_once = self.most = 0

    async def _do(self, what: str) -> None:
        self.asked.append(what)
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        for _ in range(3):
            await asyncio.sleep(0)
        self.at_once -= 1

    async def begin(self) -> None:
        await self._do("begin")

    async def vouch(self, recovery_key: str) -> None:
        await self._do("vouch")

    async def take(self, news: SyncNews) -> None:
        await self._do("take")

    async def meet(self, members: Mapping[CallDevice, int]) -> None:
        await self._do("meet")

    async def seal(self, plain: Plain, people: frozenset[str]) -> Plain:
        await self._do("seal")
        return plain

    async def open(self, event: Mapping[str, Any]) -> Plain | None:
        await self._do("open")
        return None

    async def close(self) -> None:
        await self._do("close")


async def test_one_after_the_other_in_order() -> None:
    slow = Slow()
    keys, plain = SerialKeys(slow), Plain("m.room.message", {})
    found = await asyncio.gather(
        keys.begin(),
        keys.vouch("k"),
        keys.take(SyncNews()),
        keys.meet({}),
        keys.seal(plain, frozenset()),
        keys.open({}),
        keys.close(),
    )
    assert slow.asked == ["begin", "vouch", "take", "meet", "seal", "open", "close"]
    assert (slow.most, found[4], found[5]) == (1, plain, None)

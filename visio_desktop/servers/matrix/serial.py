"""Keys, asked one thing after the other, whoever asks."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from visio_desktop.servers.matrix.keys import CallDevice, Keys, Plain, SyncNews


class SerialKeys:
    """A `Keys` that may be asked by several at once."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._turn = asyncio.Lock()

    async def begin(self) -> None:
        """See `Keys`."""
        async with self._turn:
            await self._keys.begin()

    async def vouch(self, recovery_key: str) -> None:
        """See `Keys`."""
        async with self._turn:
            await self._keys.vouch(recovery_key)

    async def take(self, news: SyncNews) -> None:
        """See `Keys`."""
        async with self._turn:
            await self._keys.take(news)

    async def meet(self, members: Mapping[CallDevice, int]) -> None:
        """See `Keys`."""
        async with self._turn:
            await self._keys.meet(members)

    async def seal(self, plain: Plain, people: frozenset[str]) -> Plain:
        """See `Keys`."""
        async with self._turn:
            return await self._keys.seal(plain, people)

    async def open(self, event: Mapping[str, Any]) -> Plain | None:
        """See `Keys`."""
        async with self._turn:
            return await self._keys.open(event)

    async def close(self) -> None:
        """See `Keys`."""
        async with self._turn:
            await self._keys.close()

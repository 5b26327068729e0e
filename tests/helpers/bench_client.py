"""A client that answers, fails, or says nothing, for tests of how benchmarks speak with theirs."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any

from bench.peers.wire import serve


async def told() -> dict[str, Any]:
    return {"tiles": {"ada": [[1.0, 7, 360]]}, "heard": {"played_ms": 20.0}}


async def fail() -> None:
    raise LookupError("nobody there")


async def end() -> None:
    sys.exit(3)


async def hang() -> None:
    while True:
        time.sleep(1)  # noqa: ASYNC251 - a process that no longer listens


if __name__ == "__main__":
    asyncio.run(serve({"told": told, "fail": fail, "end": end, "hang": hang}))

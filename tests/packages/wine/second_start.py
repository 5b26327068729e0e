"""Run by Python for Windows: the first start listens until it was called, the second calls; each says what it met."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from visio_desktop.system.instance import Call, meet

LONGEST_S = 120


async def first(folder: Path) -> None:
    """Listen until somebody calls."""
    mine = meet(folder, "display", Call())
    if mine is None:
        sys.exit("there is another")
    heard: asyncio.Future[Call] = asyncio.get_running_loop().create_future()
    say("first")
    async with asyncio.timeout(LONGEST_S), asyncio.TaskGroup() as both:
        serving = both.create_task(mine.serve(heard.set_result))
        say((await heard).link)
        await asyncio.to_thread(sys.stdin.readline)  # until the second one has its answer
        serving.cancel()
    mine.release()
    say("released")


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def second(folder: Path, link: str) -> None:
    """Call."""
    say("second" if meet(folder, "display", Call(link)) is None else "first")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        second(Path(sys.argv[1]), sys.argv[2])
    else:
        asyncio.run(first(Path(sys.argv[1])))

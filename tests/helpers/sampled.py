"""The program with a look at itself: python -m tests.helpers.sampled FILE EVERY_S ARGUMENTS...

A thread adds one JSON line to FILE every so often: memory, threads, asyncio tasks and open files of this process, and
those of its children together.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import sys
import threading
import time
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psutil

from visio_desktop.__main__ import main
from visio_desktop.engine import engine
from visio_desktop.engine.loop import LoopThread


@dataclass(frozen=True, slots=True)
class Sample:
    """One look; `at_s` counts from the first. What begins with `child_` is the sum over all children.

    `held_bytes` is what has been asked of malloc and not been given back, 0 where it does not tell: unlike `rss_bytes`
    it does not grow by holes.
    """

    at_s: float
    rss_bytes: int
    threads: int
    files: int
    tasks: int
    child_rss_bytes: int
    child_threads: int
    child_files: int
    held_bytes: int = 0


def look(at_s: float, loop: asyncio.AbstractEventLoop | None) -> Sample:
    """How this process and its children stand now."""
    own, children = psutil.Process(), psutil.Process().children(recursive=True)
    sums = (0, 0, 0)
    for child in children:
        try:
            held = (child.memory_info().rss, child.num_threads(), child.num_fds())
        except psutil.Error:
            continue
        sums = (sums[0] + held[0], sums[1] + held[1], sums[2] + held[2])
    tasks = len(asyncio.all_tasks(loop)) if loop is not None else 0
    return Sample(at_s, own.memory_info().rss, own.num_threads(), own.num_fds(), tasks, *sums, held_bytes=held_bytes())


class _MallocInfo(ctypes.Structure):
    """`struct mallinfo2` of glibc 2.33 and later."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks"),
            "keepcost",
        )
    )


@cache
def _malloc_info() -> Any:
    """glibc's function, None elsewhere."""
    try:
        function = ctypes.CDLL(None).mallinfo2
    except (AttributeError, OSError, TypeError):
        return None
    function.restype = _MallocInfo
    return function


def held_bytes() -> int:
    """What all arenas and single mappings of malloc hold in use, 0 where that is not told."""
    function = _malloc_info()
    if function is None:
        return 0
    info = function()
    return int(info.uordblks + info.hblkhd)


class _NotedLoop(LoopThread):
    """Tells where the engine's loop is."""

    latest: asyncio.AbstractEventLoop | None = None

    def __init__(self, name: str) -> None:
        super().__init__(name)
        _NotedLoop.latest = self.loop


def read_samples(path: Path) -> list[Sample]:
    """What was written to a file."""
    return [Sample(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def slope_per_minute(samples: list[Sample], name: str) -> float:
    """How fast a figure grows, by least squares."""
    times = [s.at_s / 60 for s in samples]
    values = [float(getattr(s, name)) for s in samples]
    middle_time, middle_value = sum(times) / len(times), sum(values) / len(values)
    spread = sum((t - middle_time) ** 2 for t in times)
    return sum((t - middle_time) * (v - middle_value) for t, v in zip(times, values, strict=True)) / spread


def _keep_looking(path: Path, every_s: float) -> None:
    began_s = time.monotonic()
    with path.open("w", encoding="utf-8") as file:
        while True:
            sample = look(round(time.monotonic() - began_s, 2), _NotedLoop.latest)
            file.write(json.dumps(asdict(sample)) + "\n")
            file.flush()
            time.sleep(every_s)


def run() -> int:
    """Look from a thread of its own while the program runs."""
    path, every_s, *arguments = sys.argv[1:]
    sys.argv[1:] = arguments
    engine.LoopThread = _NotedLoop  # type: ignore[attr-defined]
    threading.Thread(target=_keep_looking, args=(Path(path), float(every_s)), daemon=True).start()
    return main()


if __name__ == "__main__":
    sys.exit(run())

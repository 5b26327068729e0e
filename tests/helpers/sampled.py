"""The program with a look at itself: python -m tests.helpers.sampled FILE EVERY_S ARGUMENTS...

A thread adds one JSON line to FILE every so often: memory, threads, asyncio tasks and open files of this process, and
those of its children together.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from visio_desktop.__main__ import main
from visio_desktop.engine import engine
from visio_desktop.engine.loop import LoopThread


@dataclass(frozen=True, slots=True)
class Sample:
    """One look; `at_s` counts from the first. What begins with `child_` is the sum over all children."""

    at_s: float
    rss_bytes: int
    threads: int
    files: int
    tasks: int
    child_rss_bytes: int
    child_threads: int
    child_files: int


def look(at_s: float, loop: asyncio.AbstractEventLoop | None) -> Sample:
    """How this process and its children stand now."""
    own, children = psutil.Process(), psutil.Process().children(recursive=True)
    sums = [0, 0, 0]
    for child in children:
        try:
            held = (child.memory_info().rss, child.num_threads(), child.num_fds())
        except psutil.Error:
            continue
        sums = [a + b for a, b in zip(sums, held, strict=True)]
    tasks = len(asyncio.all_tasks(loop)) if loop is not None else 0
    return Sample(at_s, own.memory_info().rss, own.num_threads(), own.num_fds(), tasks, *sums)


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

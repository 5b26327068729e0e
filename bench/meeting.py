"""`./dev bench meeting [--quick] [--cold] [--json]`: receiving 4 and 9 pictures of 360p30, Chromium and ours in turn.

Every run starts its client cold, in the same room, on the same server. Figures are medians with their spread.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from bench.clients import Run, run_chromium, run_ours
from bench.measure import busy_cores, calm
from bench.table import lines
from tests.helpers.livekit_server import LiveKitServer
from tools.shell import ARTIFACTS

_STREAMS = (4, 9)
_PUBLISHING_S = 3600


@contextmanager
def people(server: LiveKitServer, room: str, count: int, seconds: float = _PUBLISHING_S) -> Iterator[None]:
    """So many participants with a picture."""
    hours = seconds / 3600 + 1
    tokens = [server.token(room, f"person-{n}", name=f"Person {n}", hours=hours) for n in range(count)]
    command = [sys.executable, "-m", "bench.publisher", server.url, str(seconds), *tokens]
    publisher = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert publisher.stdout is not None
    if publisher.stdout.readline().strip() != "ready":
        raise RuntimeError("the publisher did not start")
    try:
        yield
    finally:
        publisher.terminate()
        publisher.wait(10)


def forget_files() -> None:
    """Drop the system's page cache, so that the next program is read from the disk. Needs root."""
    os.sync()
    Path("/proc/sys/vm/drop_caches").write_text("3\n", encoding="ascii")


async def measure(streams: int, pairs: int, seconds: float, *, cold: bool = False) -> list[tuple[Run, Run]]:
    """Run both clients in turn; who begins changes from pair to pair. `cold`: nothing of them is in memory."""
    found = []
    with LiveKitServer() as server, people(server, "bench", streams):
        await asyncio.sleep(3)  # the server learns what is published, the publishers' rates settle
        usual_cores = statistics.median([await busy_cores() for _ in range(5)])
        for number in range(pairs):
            runners = {"chromium": run_chromium, "ours": run_ours}
            order = list(runners) if number % 2 == 0 else list(reversed(runners))
            runs = {}
            for name in order:
                await calm(usual_cores)
                if cold:
                    forget_files()
                runs[name] = await runners[name](server, "bench", streams, seconds)
            found.append((runs["chromium"], runs["ours"]))
            print(f"{streams} streams, pair {number + 1} of {pairs}", file=sys.stderr, flush=True)
    return found


def main() -> int:
    """Measure, print the tables, and keep all runs as JSON."""
    parser = argparse.ArgumentParser(prog="./dev bench meeting", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two short pairs each: a first look")
    parser.add_argument("--json", action="store_true", help="print all runs instead of tables")
    parser.add_argument("--cold", action="store_true", help="drop the page cache before each run; needs root")
    parser.add_argument("--streams", type=int, nargs="+", default=_STREAMS)
    chosen = parser.parse_args()
    pairs, seconds = (2, 6.0) if chosen.quick else (5, 10.0)
    found = [asyncio.run(measure(streams, pairs, seconds, cold=chosen.cold)) for streams in chosen.streams]
    runs = [asdict(run) for pairs_found in found for pair in pairs_found for run in pair]
    ARTIFACTS.mkdir(exist_ok=True)
    (ARTIFACTS / "bench-meeting.json").write_text(json.dumps(runs, indent=2) + "\n", encoding="utf-8")
    if chosen.json:
        print(json.dumps(runs))
    else:
        print("\n\n".join("\n".join(lines(pairs_found)) for pairs_found in found))
    return 0


if __name__ == "__main__":
    sys.exit(main())

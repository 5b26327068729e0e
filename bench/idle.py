"""`./dev bench idle [--minutes N] [--json]`: whom the program talks to while nobody does anything, in the background.

It runs in a network namespace of its own, where every packet that leaves by TCP or UDP is seen, and every name that is
asked for. An hour: `--minutes 60`. The exit status is 1 where anybody was talked to.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from tests.helpers.link import Link
from tests.helpers.program import FOLDERS
from tests.helpers.sniffer import Seen, Sniffer
from tools.shell import ROOT, say

_BUSY_S = 10.0
_END_S = 30.0


@dataclass(frozen=True, slots=True)
class Idled:
    """What was seen, and the share of one core it took once it was up, in percent."""

    minutes: float
    packets: int
    destinations: tuple[str, ...]
    names: tuple[str, ...]
    cpu_percent: float
    rss_bytes: int


def idle(minutes: float) -> Idled:
    """Leave the program alone for so long."""
    with Link() as link, TemporaryDirectory(prefix="idle-") as folder:
        env = {**os.environ, **dict.fromkeys(FOLDERS, folder), "QT_QPA_PLATFORM": "offscreen"}
        command = [*link.b.prefix, sys.executable, "-m", "visio_desktop", "--background"]
        with Sniffer(link.b) as sniffer:
            process = subprocess.Popen(command, cwd=ROOT, env=env)
            try:
                cpu_percent, rss_bytes = watched(process.pid, minutes * 60)
            finally:
                process.terminate()
                process.wait(_END_S)
        if not Path(folder, "visio-desktop").exists():
            raise RuntimeError("the program did not start")
        return told(minutes, sniffer.seen, cpu_percent, rss_bytes)


def watched(pid: int, seconds: float) -> tuple[float, int]:
    """What it takes of a core after its start, and of memory in the end. Raises where it has ended before."""
    busy_s = min(_BUSY_S, seconds / 2)
    time.sleep(busy_s)
    process = psutil.Process(pid)
    before = sum(process.cpu_times()[:2])
    time.sleep(seconds - busy_s)
    took = sum(process.cpu_times()[:2]) - before
    return 100 * took / (seconds - busy_s), process.memory_info().rss


def told(minutes: float, seen: Seen, cpu_percent: float, rss_bytes: int) -> Idled:
    """The figures of a run."""
    places = tuple(sorted(f"{protocol} {address} {port}" for protocol, address, port in seen.destinations))
    return Idled(minutes, seen.packets, places, tuple(sorted(seen.names)), cpu_percent, rss_bytes)


def lines(idled: Idled) -> list[str]:
    """The run for people."""
    whom = ", ".join((*idled.destinations, *idled.names)) or "nobody"
    return [
        f"{idled.minutes:g} minutes in the background: talked to {whom} ({idled.packets} packets)",
        f"{idled.cpu_percent:.2f} % of a core, {idled.rss_bytes / 1e6:.0f} MB",
    ]


def main(arguments: Sequence[str]) -> int:
    """Run it and say what came of it."""
    parser = argparse.ArgumentParser(prog="bench idle", description=__doc__)
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    idled = idle(chosen.minutes)
    if chosen.json:
        say(json.dumps({name: getattr(idled, name) for name in idled.__slots__}))
    else:
        say("\n".join(lines(idled)))
    return 1 if idled.packets else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`./dev bench NAME`: set up the other side, then run a benchmark."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from tools import livekit, web
from tools.shell import run, say
from tools.system import TEST_PROGRAMS, need_programs

_NAMES = (
    "cost",
    "endurance",
    "events",
    "idle",
    "joins",
    "lasuite",
    "latency",
    "media",
    "meeting",
    "network",
    "picture",
    "recognise",
    "screen",
    "soak",
    "start",
)


def main(arguments: Sequence[str]) -> int:
    """Run the benchmark of this name with the arguments left."""
    if not arguments or arguments[0] not in _NAMES:
        say(f"which benchmark? {', '.join(_NAMES)}")
        return 2
    need_programs(TEST_PROGRAMS)
    livekit.set_up(livekit.VERSIONS[0])
    web.set_up()
    return run([sys.executable, "-m", f"bench.{arguments[0]}", *arguments[1:]])

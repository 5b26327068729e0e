"""`./dev bench soak [--minutes N] [--json]`: what grows in one long meeting of the program.

Four people send pictures, one more comes and goes, camera and microphone are sent. Memory, threads, files and asyncio
tasks of the program every 5 s; slopes are of everything after the warm-up, those of memory of the least in each three
minutes: encoders come and go, and what refers to itself waits for Python to look for it. 8 hours: `--minutes 480`.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import page
from bench.endurance import FIGURES
from bench.ground import NATIVE, TONE_HZ
from bench.meeting import people
from bench.peers.wire import ClientProcess
from bench.results import add_options, guarded, reported
from bench.trial import CAMERA
from tests.helpers.livekit_server import LiveKitServer
from tests.helpers.sampled import Sample, read_samples, slope_per_minute
from tests.helpers.xvfb import Xvfb
from tools.shell import ROOT, say

ROOM = "soak"
EVERY_S = 5.0
_PEOPLE = 4
_STAYS_S, _AWAY_S = 60.0, 30.0
_WARM_PART, _LONGEST_WARM_S = 0.25, 600.0
_END_S = 60.0
_TROUGH_S = 180.0
_TROUGHS_MIN = 3


@dataclass(frozen=True, slots=True)
class Grown:
    """One figure over the soak; slopes by the hour."""

    figure: str
    warm: float
    end: float
    most: float
    per_hour: float
    minutes: float


async def visitor(server: LiveKitServer) -> None:
    """Somebody who comes with picture and sound, and goes again, for ever."""
    number = 0
    while True:
        async with ClientProcess("visitor", NATIVE) as client:
            await client.join(server.url, server.token(ROOM, f"visitor-{number}"), CAMERA, TONE_HZ)
            await asyncio.sleep(_STAYS_S)
            await client.leave()
        number += 1
        await asyncio.sleep(_AWAY_S)


async def program(link: str, written: Path, seconds: float, env: Mapping[str, str]) -> int:
    """The program, sampled, for so long; its exit status."""
    words = ["join", link, "--name", "viewer", "--no-prejoin", "--duration", str(seconds)]
    words += ["--camera", "test", "--microphone", "test", "--speaker", "null"]
    command = [sys.executable, "-m", "tests.helpers.sampled", str(written), str(EVERY_S), *words]
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env={**os.environ, **env})
    try:
        return await asyncio.wait_for(process.wait(), seconds + _END_S)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def soak(seconds: float) -> list[Sample]:
    """All of it."""
    with (
        TemporaryDirectory(prefix="soak-") as folder,
        Xvfb() as display,
        LiveKitServer() as server,
        people(server, ROOM, _PEOPLE, seconds + 2 * _END_S),
    ):
        own = dict.fromkeys(("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"), folder)
        guest = asyncio.get_running_loop().create_task(visitor(server))
        written = Path(folder) / "samples.jsonl"
        try:
            env = {**own, **display.environment, **server.environment}
            status = await program(server.link(ROOM), written, seconds, env)
        finally:
            guest.cancel()
            await asyncio.gather(guest, return_exceptions=True)
        if status:
            say(f"the program ended with status {status}")
        return read_samples(written)


def troughs(samples: Sequence[Sample], name: str) -> list[Sample]:
    """The least of each three whole minutes, all where there are too few of those."""
    whole = int((samples[-1].at_s - samples[0].at_s) // _TROUGH_S)
    if whole < _TROUGHS_MIN:
        return list(samples)
    windows: list[list[Sample]] = [[] for _ in range(whole + 1)]
    for sample in samples:
        windows[int((sample.at_s - samples[0].at_s) // _TROUGH_S)].append(sample)
    return [min(window, key=lambda s: float(getattr(s, name))) for window in windows[:whole] if window]


def grown(samples: Sequence[Sample], warm_s: float) -> list[Grown]:
    """Each figure once warm, at the end, at most, and its slope."""
    warm = [s for s in samples if s.at_s >= warm_s]
    minutes = (warm[-1].at_s - warm[0].at_s) / 60
    found = []
    for name in FIGURES:
        values = [float(getattr(s, name)) for s in warm]
        per_hour = 60 * slope_per_minute(troughs(warm, name) if name.endswith("bytes") else warm, name)
        found.append(Grown(name, values[0], values[-1], max(values), per_hour, round(minutes, 1)))
    return found


def lines(found: Sequence[Grown]) -> list[str]:
    """The section of the page."""
    rows = []
    for one in found:
        scale, digits = (1e6, 1) if one.figure.endswith("bytes") else (1, 0)
        cells = [f"{value / scale:.{digits}f}" for value in (one.warm, one.end, one.most)]
        rows.append([one.figure.replace("_bytes", ", MB"), *cells, f"{one.per_hour / scale:+.2f}"])
    minutes = found[0].minutes if found else 0.0
    head = f"`./dev bench soak`: {minutes:g} minutes after the warm-up, four people and one who comes and goes."
    return [head, "", *page.table(["", "once warm", "at the end", "most", "per hour"], rows)]


def main() -> int:
    """Run, print, keep."""
    parser = argparse.ArgumentParser(prog="./dev bench soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--quick", action="store_true", help="three minutes: does it run?")
    add_options(parser)
    arguments = parser.parse_args()
    seconds = 60 * (3.0 if arguments.quick else arguments.minutes)
    samples = asyncio.run(soak(seconds))
    found = grown(samples, min(_LONGEST_WARM_S, seconds * _WARM_PART))
    return reported("soak", found, lines, arguments)


if __name__ == "__main__":
    sys.exit(guarded(main))

"""`./dev bench start [--pairs N] [--joins N] [--streams N] [--cold] [--json]`: until the first picture is seen.

`start` is from the start of the process, joining by itself; `join` is from the click, with the page or window open and
idle before. Chromium and ours take turns; each run waits until the one before has left the processor alone, since a
browser goes on ending for a while. `--cold` forgets every file before each run, not what the start before has written.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass

from bench.measure import busy_cores, calm
from bench.meeting import forget_files, people
from bench.table import spread
from tests.helpers.application import Application
from tests.helpers.chromium_peer import ChromiumPeer
from tests.helpers.keyboard import Keyboard
from tests.helpers.livekit_server import LiveKitServer
from visio_desktop.system.footprint import SETTLED_S

ROOM = "bench"
_SEEN_S = 2.0
_IDLE_S = 4.0
_LONGEST_S = 20.0
_WITHOUT_DEVICES = ("--name", "viewer", "--camera", "none", "--microphone", "none", "--speaker", "null")


@dataclass(frozen=True, slots=True)
class Moment:
    """When the first picture was seen, in milliseconds after the start or the click; `cpu_ms` is until the end."""

    client: str
    kind: str
    first_frame_ms: float
    window_ms: float | None = None
    signalling_ms: float | None = None
    cpu_ms: float | None = None


type Runner = Callable[[LiveKitServer], Awaitable[Moment]]


async def chromium_start(server: LiveKitServer) -> Moment:
    """The page joins as soon as it is loaded."""
    page: dict[str, str | int] = {
        "url": server.url,
        "token": server.token(ROOM, "viewer"),
        "read_every": 0,
        "listen": 0,
    }
    async with ChromiumPeer(page, quiet_s=_IDLE_S) as chromium:
        state = await chromium.until(lambda s: bool(s.raw["started"]["firstVideoFrame"]), _LONGEST_S)
        return Moment("chromium", "start", state.raw["started"]["firstVideoFrame"] - chromium.started_epoch_ms)


async def chromium_join(server: LiveKitServer) -> Moment:
    """The page is told to join after a while."""
    async with ChromiumPeer({"read_every": 0, "listen": 0}, quiet_s=_IDLE_S) as chromium:
        await chromium.join(server.url, server.token(ROOM, "viewer"))
        state = await chromium.until(lambda s: bool(s.raw["started"]["firstVideoFrame"]), _LONGEST_S)
        started = state.raw["started"]
        return Moment("chromium", "join", started["firstVideoFrame"] - started["joinClicked"])


async def ours_start(server: LiveKitServer, seen_s: float = _SEEN_S) -> Moment:
    """The command line joins by itself."""
    words = ("join", server.link(ROOM), *_WITHOUT_DEVICES, "--no-prejoin", "--duration", str(seen_s))
    async with Application(*words, env=server.environment) as application:
        pass
    report = application.report
    late_ms = report["process_start_epoch"] - application.started_epoch_ms
    return Moment(
        "ours",
        "start",
        report["first_remote_video_frame"] + late_ms,
        report["window_shown"] + late_ms,
        report["signalling_open"] + late_ms,
        report["cpu_seconds"] * 1000,
    )


async def ours_join(server: LiveKitServer) -> Moment:
    """Somebody presses the join button after a while."""
    words = ("join", server.link(ROOM), *_WITHOUT_DEVICES, "--duration", str(_SEEN_S))
    async with Application(*words, env=server.environment) as application:
        await asyncio.sleep(_IDLE_S)
        with Keyboard(application.display) as keyboard:
            keyboard.enter("Visio Desktop")
            keyboard.press("Return")
    report = application.report
    return Moment("ours", "join", report["first_remote_video_frame"] - report["join_clicked"])


async def measure(streams: int, starts: int, joins: int, *, cold: bool) -> list[Moment]:
    """All moments, in the order in which they were."""
    found = []
    with LiveKitServer() as server, people(server, ROOM, streams):
        await asyncio.sleep(3)
        usual_cores = statistics.median([await busy_cores() for _ in range(5)])
        kinds: list[tuple[int, tuple[Runner, Runner]]] = [
            (starts, (chromium_start, ours_start)),
            (joins, (chromium_join, ours_join)),
        ]
        await ours_start(server, SETTLED_S + _SEEN_S)  # the first start after a change keeps what is new for the next
        for pairs, runners in kinds:
            for run in runners if pairs else ():
                await run(server)
            for number in range(pairs):
                for run in runners if number % 2 == 0 else reversed(runners):
                    await calm(usual_cores)
                    if cold:
                        forget_files()
                    found.append(await run(server))
                    print(found[-1], file=sys.stderr, flush=True)
    return found


def table(moments: list[Moment]) -> list[str]:
    """Medians and spreads of each kind, with ours over Chromium's pair by pair."""
    lines = []
    for kind in ("start", "join"):
        theirs, ours = (
            [m.first_frame_ms for m in moments if (m.kind, m.client) == (kind, client)]
            for client in ("chromium", "ours")
        )
        ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
        if ratios:
            lines.append(f"{kind} to first frame, ms: chromium {spread(theirs)}, ours {spread(ours)}, {spread(ratios)}")
    return lines


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="./dev bench start", description=__doc__)
    parser.add_argument("--pairs", type=int, default=5, help="starts of each")
    parser.add_argument("--joins", type=int, default=10, help="clicks on join of each")
    parser.add_argument("--streams", type=int, default=4)
    parser.add_argument("--cold", action="store_true", help="drop the page cache before each run; needs root")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    moments = asyncio.run(measure(chosen.streams, chosen.pairs, chosen.joins, cold=chosen.cold))
    print(json.dumps([asdict(m) for m in moments]) if chosen.json else "\n".join(table(moments)))
    return 0


if __name__ == "__main__":
    sys.exit(main())

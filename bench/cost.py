"""`./dev bench cost [--quick] [--pairs N] [--json]`: what publishing 720p30 in layers and receiving nine costs.

Ours and the native SDK without painting, ours and Chromium with their window, in turn, in the same room on loopback.
Every client sends a picture it has ready; somebody watches it, so that all layers are wanted.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from bench import page
from bench.codes import WITHOUT
from bench.ground import NATIVE, OURS, TONE_HZ, Observer
from bench.measure import cpu_cores, tree_pss_bytes
from bench.meeting import people
from bench.peers.chromium import Chromium
from bench.peers.port import Camera, Client
from bench.peers.windowed import Window
from bench.peers.wire import ClientError, ClientProcess
from bench.pictures import loop_of
from bench.results import add_options, guarded, reported
from tests.helpers.livekit_server import LiveKitServer
from tools.shell import say
from visio_desktop.system.clock import epoch_ms

RECEIVED = 9
CAMERA = Camera(1280, 720, 30, 1_700_000)
ROOM = "cost"
TILE = "420x236"
PAIRS = (("ours, no window", "native"), ("ours", "chromium"))
_SETTLE_S = 12.0
_LONGEST_S = 120.0


@dataclass(frozen=True, slots=True)
class Cost:
    """One turn: what the client's processes cost, and that it did what it was asked."""

    client: str
    cpu_cores: float | None = None
    pss_bytes: int = 0
    tiles: int = 0
    slowest_fps: float = 0.0
    sent_fps: float = 0.0
    sent_height_px: int = 0
    machine_cores: float = 0.0
    error: str = ""


def camera_file(folder: Path) -> Path:
    """The picture as a file that Chromium takes for a camera."""
    path = folder / "camera.y4m"
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{CAMERA.width_px} H{CAMERA.height_px} F{CAMERA.fps}:1 Ip A1:1 C420\n".encode())
        for picture in loop_of(CAMERA.width_px, CAMERA.height_px)[: CAMERA.fps]:
            file.write(b"FRAME\n" + picture.tobytes())
    return path


async def turn(server: LiveKitServer, watcher: Observer, name: str, client: Client, seconds: float) -> Cost:
    """One client joins, sends, receives, and is measured."""
    await watcher.client.told()
    watcher.tiles.clear()
    if name == "native":
        assert isinstance(client, ClientProcess)
        await client.ask("receive")
    await client.join(server.url, server.token(ROOM, f"client-{epoch_ms():.0f}"), CAMERA, TONE_HZ)
    observer = Observer(client)
    await observer.until(lambda o: o.shows(RECEIVED))
    await watcher.watch(_SETTLE_S, every_s=1.0)
    await observer.ask()
    from_ms = epoch_ms()
    cores = await cpu_cores(seconds, client=client.pid)
    until_ms, pss_bytes = epoch_ms(), tree_pss_bytes(client.pid)
    await asyncio.gather(observer.ask(), watcher.ask())
    rates = sorted((tile.fps(from_ms, until_ms) for tile in observer.tiles.values() if tile.painted), reverse=True)
    del rates[RECEIVED:]  # a window shows one's own picture, too
    sent = max((t for t in watcher.tiles.values() if t.painted), key=lambda t: t.fps(from_ms, until_ms), default=None)
    await client.leave()
    return Cost(
        name,
        cores["client"],
        pss_bytes,
        len(rates),
        round(min(rates, default=0.0), 1),
        round(sent.fps(from_ms, until_ms), 1) if sent else 0.0,
        sent.painted[-1].height_px if sent else 0,
        cores["machine"],
    )


async def run(pairs: int, seconds: float, chosen: Sequence[str], tell: Callable[[str], None]) -> list[Cost]:
    """All turns, the two of a pair one after the other; who begins changes."""
    found = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, LiveKitServer() as server:
        file = camera_file(Path(folder))
        makers: dict[str, Callable[[], Client]] = {
            "ours, no window": lambda: ClientProcess("ours", OURS, env=WITHOUT),
            "native": lambda: ClientProcess("native", NATIVE, env=WITHOUT),
            "ours": lambda: Window(env=WITHOUT),
            "chromium": lambda: Chromium(camera_file=file, tile=TILE),
        }
        with people(server, ROOM, RECEIVED):
            async with AsyncExitStack() as stack:
                helper = await stack.enter_async_context(ClientProcess("helper", NATIVE))
                await helper.ask("only", prefix="client-")
                await helper.join(server.url, server.token(ROOM, "watcher"))
                for number in range(pairs):
                    for pair in PAIRS:
                        for name in pair if number % 2 == 0 else reversed(pair):
                            if name not in chosen:
                                continue
                            found.append(await _whatever(name, makers[name], server, Observer(helper), seconds))
                            tell(str(found[-1]))
    return found


async def _whatever(
    name: str, make: Callable[[], Client], server: LiveKitServer, watcher: Observer, seconds: float
) -> Cost:
    try:
        async with asyncio.timeout(_LONGEST_S), make() as client:
            return await turn(server, watcher, name, client, seconds)
    except (ClientError, TimeoutError, RuntimeError) as error:
        return Cost(name, error=str(error)[:300] or type(error).__name__)


def ratios(found: Sequence[Cost], one: str, other: str) -> list[float]:
    """The CPU of one over that of the other, turn by turn."""
    both = ([c.cpu_cores for c in found if c.client == name] for name in (one, other))
    return [a / b for a, b in zip(*both, strict=False) if a and b]


def lines(found: Sequence[Cost], pairs: int, seconds: float) -> list[str]:
    """The section of the page."""
    rows = []
    for name in dict.fromkeys(cost.client for cost in found):
        here = [cost for cost in found if cost.client == name and cost.cpu_cores is not None]
        figures: list[Callable[[Cost], float]] = [
            lambda c: c.cpu_cores or 0.0,
            lambda c: c.pss_bytes / 1e6,
            lambda c: c.slowest_fps,
            lambda c: c.sent_fps,
            lambda c: c.sent_height_px,
            lambda c: c.machine_cores,
        ]
        cells = [f"{statistics.median(map(figure, here)):.3g}" if here else "failed" for figure in figures]
        rows.append([name, *cells])
    heads = [
        "client",
        "CPU, cores",
        "PSS, MB",
        "slowest tile, fps",
        "sent, fps",
        "sent, rows",
        "machine, cores",
    ]
    found_lines = [
        f"`./dev bench cost`: {pairs} turn(s) of {seconds:g} s: publish 720p30 simulcast, receive {RECEIVED}; medians.",
        "",
        *page.table(heads, rows),
        "",
    ]
    for one, other in PAIRS:
        if values := ratios(found, one, other):
            middle = statistics.median(values)
            spread = f"{min(values):.2f} to {max(values):.2f}"
            found_lines.append(f"- CPU, {one} over {other}: **{middle:.2f}** ({spread})")
    return found_lines


def main() -> int:
    """Run, print, keep."""
    parser = argparse.ArgumentParser(prog="./dev bench cost", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one pair each, 6 s")
    parser.add_argument("--pairs", type=int)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--clients", nargs="+", choices=[name for pair in PAIRS for name in pair])
    add_options(parser)
    arguments = parser.parse_args()
    pairs = arguments.pairs or (1 if arguments.quick else 3)
    seconds = arguments.seconds or (6.0 if arguments.quick else 10.0)
    chosen = arguments.clients or [name for pair in PAIRS for name in pair]
    try:
        found = asyncio.run(run(pairs, seconds, chosen, say))
    except subprocess.SubprocessError as error:
        say(str(error))
        return 1
    return reported("cost", found, lambda all_: lines(all_, pairs, seconds), arguments)


if __name__ == "__main__":
    sys.exit(guarded(main))

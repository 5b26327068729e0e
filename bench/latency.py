"""`./dev bench latency [--quick] [--pairs N] [--json]`: how old a picture is when painted, a word when heard.

Glass to glass: somebody sends 360p30 with the clock in it over a server on loopback; the clients take turns in showing
it, ours and Chromium with their window. Mouth to ear: a beat at every full second, heard at the null speaker.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bench import page
from bench.beat import delays_ms
from bench.ground import NATIVE, OURS, Observer
from bench.peers.chromium import Chromium
from bench.peers.port import Camera, Client
from bench.peers.windowed import Window
from bench.peers.wire import ClientError, ClientProcess
from bench.results import add_options, guarded, reported
from bench.timeline import percentile
from tests.helpers.livekit_server import LiveKitServer
from tools.shell import say
from visio_desktop.system.clock import epoch_ms

CAMERA = Camera(640, 360, 30, 500_000, simulcast=False)
EYES: dict[str, Callable[[], Client]] = {
    "ours": Window,
    "chromium": Chromium,
    "ours, no window": lambda: ClientProcess("ours", OURS),
    "native": lambda: ClientProcess("native", NATIVE),
}
# Who speaks, who listens. The browser's sound cannot be followed to its speaker.
TALKS = (("native", "ours"), ("native", "native"), ("ours", "native"), ("ours", "ours"))
_STEADY_S = 4.0
_LONGEST_S = 60.0


@dataclass(frozen=True, slots=True)
class Delay:
    """One turn: how many pictures or beats, and how late they were."""

    what: str
    client: str
    count: int
    p50_ms: float | None = None
    p95_ms: float | None = None
    error: str = ""


async def eyes(server: LiveKitServer, room: str, name: str, seconds: float) -> Delay:
    """One client looks at a picture."""
    async with asyncio.timeout(_LONGEST_S + seconds), EYES[name]() as client:
        await client.join(server.url, server.token(room, f"eye-{epoch_ms():.0f}"))
        observer = Observer(client)
        if not await observer.until(lambda o: o.shows(1)):
            return Delay("glass to glass", name, 0, error="no picture")
        await observer.watch(_STEADY_S)
        from_ms = epoch_ms()
        await observer.watch(seconds)
        ages = [age for tile in observer.tiles.values() for age in tile.ages_ms(from_ms, epoch_ms())]
        await client.leave()
        return Delay("glass to glass", name, len(ages), percentile(ages, 50), percentile(ages, 95))


async def ears(server: LiveKitServer, mouth: str, ear: str, seconds: float) -> Delay:
    """One client speaks, another listens."""
    name, room = f"{mouth} to {ear}", f"talk-{epoch_ms():.0f}"
    modules = {"ours": OURS, "native": NATIVE}
    async with (
        asyncio.timeout(_LONGEST_S + seconds),
        ClientProcess(mouth, modules[mouth]) as speaker,
        ClientProcess(ear, modules[ear]) as listener,
    ):
        if mouth == "ours":
            await speaker.ask("beat")
        await speaker.join(server.url, server.token(room, "mouth"))
        if mouth != "ours":
            await speaker.ask("beat")
        await listener.join(server.url, server.token(room, "ear"))
        observer = Observer(listener)
        await observer.watch(_STEADY_S)
        observer.sounds.clear()
        await observer.watch(seconds)
        found = delays_ms([onset for _, heard in observer.sounds for onset in heard.onsets_ms])
        await listener.leave()
        return Delay("mouth to ear", name, len(found), percentile(found, 50), percentile(found, 95))


@asynccontextmanager
async def filming(server: LiveKitServer, room: str) -> AsyncIterator[None]:
    """Somebody who sends a picture with the clock in it."""
    async with ClientProcess("helper", NATIVE) as helper:
        await helper.join(server.url, server.token(room, "person"), CAMERA)
        yield


async def run(pairs: int, seconds: float, what: Sequence[str], tell: Callable[[str], None]) -> list[Delay]:
    """All turns."""
    found: list[Delay] = []
    with LiveKitServer() as server:
        if "eyes" in what:
            async with filming(server, "glass"):
                for number in range(pairs):
                    names = list(EYES)[number % len(EYES) :] + list(EYES)[: number % len(EYES)]
                    for name in names:
                        found.append(await _whatever("glass to glass", name, eyes(server, "glass", name, seconds)))
                        tell(str(found[-1]))
        for _ in range(pairs if "ears" in what else 0):
            for mouth, ear in TALKS:
                talk = ears(server, mouth, ear, seconds)
                found.append(await _whatever("mouth to ear", f"{mouth} to {ear}", talk))
                tell(str(found[-1]))
    return found


async def _whatever(what: str, name: str, turn: object) -> Delay:
    """A turn, or what became of it."""
    try:
        return await turn  # type: ignore[misc, no-any-return]
    except (ClientError, TimeoutError, RuntimeError) as error:
        return Delay(what, name, 0, error=str(error)[:300] or type(error).__name__)


def lines(found: Sequence[Delay], pairs: int, seconds: float) -> list[str]:
    """The section of the page."""
    rows = []
    for what, client in dict.fromkeys((one.what, one.client) for one in found):
        here = [one for one in found if (one.what, one.client) == (what, client) and one.p50_ms is not None]
        cells = [_median([one.p50_ms for one in here]), _median([one.p95_ms for one in here])]
        rows.append([what, client, str(sum(one.count for one in here)), *cells])
    head = (
        f"`./dev bench latency`: {pairs} turn(s) of {seconds:g} s each over a server on loopback, medians of the turns."
    )
    return [head, "", *page.table(["what", "client", "samples", "p50, ms", "p95, ms"], rows)]


def _median(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{statistics.median(known):.0f}" if known else "failed"


def main() -> int:
    """Run, print, keep."""
    parser = argparse.ArgumentParser(prog="./dev bench latency", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one turn of 6 s each")
    parser.add_argument("--pairs", type=int, help="how many turns each has")
    parser.add_argument("--seconds", type=float, help="how long a turn is measured")
    parser.add_argument("--only", nargs="+", choices=("eyes", "ears"), default=["eyes", "ears"])
    add_options(parser)
    arguments = parser.parse_args()
    pairs = arguments.pairs or (1 if arguments.quick else 3)
    seconds = arguments.seconds or (6.0 if arguments.quick else 10.0)
    found = asyncio.run(run(pairs, seconds, arguments.only, say))
    return reported("latency", found, lambda all_: lines(all_, pairs, seconds), arguments)


if __name__ == "__main__":
    sys.exit(guarded(main))

"""`./dev bench events [--quick] [--clients ...] [--only EVENT...] [--json]`: how a meeting comes through what happens.

Each event happens to each client in turn, over 40 ms, on a fresh link and server; figures are medians of the turns.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from bench import page
from bench.ground import ALL_CLIENTS, CLIENTS, Ground
from bench.peers.wire import ClientError
from bench.results import add_options, guarded, reported
from bench.scenes import DELAY_MS, ROOM, SCENES, Figures, Others, Stage
from bench.trial import CAMERA, TRACKS
from tools.shell import say

_LONGEST_S = 120.0


@dataclass(frozen=True, slots=True)
class Happened:
    """What one event did to one client."""

    event: str
    client: str
    figures: Figures
    error: str = ""


async def happen(event: str, name: str, seed: int) -> Happened:
    """One event, one client."""
    others, scene = SCENES[event]
    try:
        async with asyncio.timeout(_LONGEST_S), Ground(seed=seed) as ground, AsyncExitStack() as stack:
            helper = await stack.enter_async_context(ground.helper())
            if others is Others.SEND:
                await ground.people(helper, ROOM, TRACKS, CAMERA)
            else:
                await helper.join(ground.server.url, ground.token(ROOM))
            ground.link.change(delay_ms=DELAY_MS)
            client = await stack.enter_async_context(ground.client(name))
            return Happened(event, name, await scene(Stage(ground, helper, client, stack)))
    except (ClientError, TimeoutError, RuntimeError) as error:
        return Happened(event, name, {}, str(error)[:300] or type(error).__name__)


async def run(events: Sequence[str], clients: Sequence[str], pairs: int, tell: Callable[[str], None]) -> list[Happened]:
    """All of them, clients in turn."""
    found = []
    for event in events:
        for number in range(pairs):
            for name in (*clients[number % len(clients) :], *clients[: number % len(clients)]):
                found.append(await happen(event, name, number + 1))
                tell(f"{event} {name} {found[-1].error or shown(found[-1].figures)}")
    return found


def shown(figures: Figures) -> str:
    """Figures for reading."""
    return ", ".join(f"{key.removesuffix('_ms')} {_length(value)}" for key, value in figures.items())


def _length(value_ms: float | None) -> str:
    return "never" if value_ms is None else f"{value_ms / 1000:.2f} s"


def lines(found: Sequence[Happened], clients: Sequence[str], pairs: int) -> list[str]:
    """The section of the page."""
    rows = []
    for event in dict.fromkeys(one.event for one in found):
        here = [one for one in found if one.event == event]
        for key in dict.fromkeys(key for one in here for key in one.figures):
            row = [_median([one for one in here if one.client == name], key) for name in clients]
            rows.append([event, key.removesuffix("_ms"), *row])
    head = f"`./dev bench events`: {pairs} turn(s) for each client and event, medians."
    return [head, "", *page.table(["event", "figure", *clients], rows)]


def _median(here: Sequence[Happened], key: str) -> str:
    values = [one.figures.get(key) for one in here if key in one.figures]
    known = [value for value in values if value is not None]
    failed = sum(bool(one.error) for one in here)
    missing = len(values) - len(known)
    text = _length(statistics.median(known)) if known else "never" if missing else "-"
    notes = [f"{count} {word}" for count, word in ((missing if known else 0, "never"), (failed, "failed")) if count]
    return text + (f" ({', '.join(notes)})" if notes else "")


def main() -> int:
    """Run, print, keep."""
    parser = argparse.ArgumentParser(prog="./dev bench events", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="ours only, once each: about 4 minutes")
    parser.add_argument("--only", nargs="+", choices=SCENES, default=list(SCENES), metavar="EVENT")
    parser.add_argument("--clients", nargs="+", choices=ALL_CLIENTS)
    parser.add_argument("--pairs", type=int, default=1, help="how often each happens to each client")
    add_options(parser)
    arguments = parser.parse_args()
    clients = arguments.clients or (["ours"] if arguments.quick else list(CLIENTS))
    found = asyncio.run(run(arguments.only, clients, arguments.pairs, say))
    return reported("events", found, lambda all_: lines(all_, clients, arguments.pairs), arguments)


if __name__ == "__main__":
    sys.exit(guarded(main))

"""`./dev bench network [--quick] [--full] [--cells CELL...] [--pairs N] [--seconds S] [--json]`: poor networks.

Ours, Chromium's web client and LiveKit's native SDK take turns on the same link, as subscriber (two tracks of 360p30
and a tone) and as publisher (one, and a tone; the native SDK watches). Frozen time is that of painted frame clocks.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import statistics
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from bench import cells, page
from bench.cells import Cell
from bench.ground import ALL_CLIENTS, CLIENTS, Ground
from bench.peers.wire import ClientProcess
from bench.results import add_options, guarded, reported
from bench.trial import CAMERA, Outcome, Role, Trial
from tools.shell import say


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run."""

    cells: Sequence[Cell]
    clients: Sequence[str]
    roles: Sequence[Role]
    pairs: int
    seconds: float
    seed: int

    def turns(self) -> list[tuple[Cell, str]]:
        """Every cell with every client, so many times; who begins changes from turn to turn."""
        found = []
        for number in range(self.pairs):
            for index, cell in enumerate(self.cells):
                shift = (number + index) % len(self.clients)
                found += [(cell, name) for name in (*self.clients[shift:], *self.clients[:shift])]
        return found


@asynccontextmanager
async def others(ground: Ground, role: Role, room: str, like: Cell) -> AsyncIterator[ClientProcess]:
    """The other side: people with pictures as such a cell wants them, or somebody who watches."""
    async with ground.helper() as helper:
        if role is Role.PUBLISHER:
            await helper.join(ground.server.url, ground.token(room))
            yield helper
        elif like.rate_bps:
            async with ground.layered_people(room, like.tracks, CAMERA):
                yield helper
        else:
            await ground.people(helper, room, like.tracks, replace(CAMERA, simulcast=False))
            yield helper


async def run(plan: Plan, say: Callable[[Outcome], None]) -> list[Outcome]:
    """All trials of a plan. Where the rate is limited, people send layers: the server has a choice to make."""
    found: list[Outcome] = []
    kinds = sorted({_kind(cell) for cell in plan.cells})
    for role, kind in itertools.product(plan.roles, kinds):
        turns = [(cell, name) for cell, name in plan.turns() if _kind(cell) == kind]
        room, like = f"{role.value}-{kind[0]}-{kind[1]}", turns[0][0]
        async with Ground(seed=plan.seed) as ground, others(ground, role, room, like) as helper:
            for cell, name in turns:
                found.append(await Trial(ground, helper, room, role, name, cell, plan.seconds).run())
                say(found[-1])
    return found


def _kind(cell: Cell) -> tuple[bool, int]:
    """Cells of one kind share the people in the room."""
    return bool(cell.rate_bps), cell.tracks


def told(outcome: Outcome) -> str:
    """A line about one trial, for whoever waits."""
    head = f"{outcome.role:10} {outcome.cell:14} {outcome.client:9}"
    if outcome.error:
        return f"{head} failed: {outcome.error}"
    concealed = "-" if outcome.concealed is None else f"{outcome.concealed:.2%}"
    return (
        f"{head} frozen {outcome.frozen_s} s, concealed {concealed}, {outcome.fps} frames/s, {outcome.height_px} rows"
    )


def _median(outcomes: Sequence[Outcome], figure: Callable[[Outcome], float | None]) -> float | None:
    values = [value for outcome in outcomes if (value := figure(outcome)) is not None]
    return statistics.median(values) if values else None


def _shown(outcomes: Sequence[Outcome]) -> str:
    """One cell of the table: frozen part, concealed part, frames per second; medians over the pairs."""
    failed = sum(bool(outcome.error) for outcome in outcomes)
    if failed == len(outcomes):
        return "failed" if outcomes else ""
    frozen = _median(outcomes, lambda o: None if o.frozen_s is None else 100 * o.frozen_s / (o.seconds * o.tracks))
    concealed = _median(outcomes, lambda o: None if o.concealed is None else 100 * o.concealed)
    fps = _median(outcomes, lambda o: o.fps)
    sound = "-" if concealed is None else f"{concealed:.1f} %"
    return f"{frozen:.0f} % / {sound} / {fps:.0f}" + (f" ({failed} failed)" if failed else "")


def lines(plan: Plan, outcomes: Sequence[Outcome]) -> list[str]:
    """The section of the page."""
    found = [
        f"`./dev bench network`: {plan.pairs} turn(s) of {plan.seconds:g} s a client and cell, seed {plan.seed}.",
        "A cell is loss, round trip, jitter and rate, the same both ways. A field is frozen picture / concealed sound",
        "/ frames per second, medians over the turns. Subscribers receive two tracks of 360p30 and a tone (one below",
        "500 kbit/s), publishers send one of each. Where the rate is limited, what is received has two layers (ours",
        "sends it), else one.",
    ]
    for role in plan.roles:
        rows = []
        for cell in plan.cells:
            here = [o for o in outcomes if o.cell == cell.name and o.role == role.value]
            rows.append([str(cell), *(_shown([o for o in here if o.client == name]) for name in plan.clients)])
        found += ["", f"As {role.value}:", "", *page.table(["network", *plan.clients], rows)]
    return found


def parsed() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="./dev bench network", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="three cells: a first look, about 4 minutes")
    parser.add_argument("--full", action="store_true", help="every combination: about 4 hours")
    parser.add_argument("--central", action="store_true", help="5 %%, 40 ms: five turns of 30 s, about 20 minutes")
    parser.add_argument("--cells", nargs="+", default=[], metavar="LOSS-RTT[-JITTER[-KBIT]]", help="these cells only")
    parser.add_argument("--clients", nargs="+", choices=ALL_CLIENTS, default=CLIENTS)
    parser.add_argument("--roles", nargs="+", choices=[role.value for role in Role], default=[r.value for r in Role])
    parser.add_argument("--pairs", type=int, help="how many turns each client has in a cell")
    parser.add_argument("--seconds", type=float, help="how long each is measured")
    parser.add_argument("--seed", type=int, default=1, help="of the link's chance")
    add_options(parser)
    return parser.parse_args()


def main() -> int:
    """Run, print the table, keep all outcomes as JSON, write the section of the page."""
    arguments = parsed()
    names = ["central"] if arguments.central else arguments.cells
    plan = Plan(
        cells.chosen(names, quick=arguments.quick, everything=arguments.full),
        arguments.clients,
        [Role(role) for role in arguments.roles],
        arguments.pairs or (5 if arguments.central else 1),
        arguments.seconds or (30.0 if arguments.central else 10.0),
        arguments.seed,
    )
    return reported(
        "central" if arguments.central else "network",
        asyncio.run(run(plan, lambda outcome: say(told(outcome)))),
        lambda outcomes: lines(plan, outcomes),
        arguments,
    )


if __name__ == "__main__":
    sys.exit(guarded(main))

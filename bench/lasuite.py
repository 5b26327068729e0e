"""`./dev bench lasuite [--turns N] [--look S] [--json]`: from a link of La Suite Meet to one's picture in it.

Warm: the program runs, and has been in this meeting before. Everything is real but the window: engine, devices (a test
picture and a test tone), the adapter, LiveKit, and somebody with LiveKit's native SDK who watches. The person looks at
the pre-join page for `--look` seconds, which are not counted: what goes on meanwhile is what is gained there.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from bench import page
from bench.results import add_options, guarded, reported
from tests.helpers.engines import running_engine
from tests.helpers.lasuite import ContractServer
from tests.helpers.lasuite.ours import adapter
from tests.helpers.native_peer import NativePeer
from tests.helpers.watching import Watcher
from visio_desktop.engine.engine import Engine
from visio_desktop.meeting.intents import GoHome, Join, Leave, OpenLink
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import Source
from visio_desktop.system.clock import monotonic_ms

ROOM = "pub-lica-aaa"
TURNS = 5
LOOK_S = 1.0
_PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True)
class Turn:
    """One time, in milliseconds: until the pre-join page, then from the click; `seen_ms` is somebody else's first look.

    What others see is told by their process ten times a second.
    """

    prejoin_ms: float
    room_ms: float
    sending_ms: float
    seen_ms: float

    @property
    def own_picture_ms(self) -> float:
        """From the pasted link to one's own picture in the room, without the look at the pre-join page."""
        return self.prejoin_ms + self.sending_ms


class Person:
    """Somebody who pastes the link again and again."""

    def __init__(self, engine: Engine, watcher: Watcher, link: str) -> None:
        self._engine = engine
        self._watcher = watcher
        self._link = link

    def paste(self) -> float:
        """Until the pre-join page is there."""
        began_ms = monotonic_ms()
        self._engine.post(OpenLink(self._link))
        self._watcher.wait_for(lambda m: m.page is Page.PREJOIN, _PATIENCE_S)
        return monotonic_ms() - began_ms

    def join(self) -> tuple[float, float, str]:
        """Until the room is there, until one's camera is in it, and who one is there."""
        began_ms = monotonic_ms()
        self._engine.post(Join())
        self._watcher.wait_for(lambda m: m.page is Page.ROOM, _PATIENCE_S)
        room_ms = monotonic_ms() - began_ms
        met = self._watcher.wait_for(_sends, _PATIENCE_S)
        return room_ms, monotonic_ms() - began_ms, met.participants[0].id

    def leave(self) -> None:
        """Leave, and go back to where links are pasted."""
        self._engine.post(Leave())
        self._watcher.wait_for(lambda m: m.page is Page.ENDED, _PATIENCE_S)
        self._engine.post(GoHome())
        self._watcher.wait_for(lambda m: m.page is Page.HOME, _PATIENCE_S)


def _sends(meeting: Meeting) -> bool:
    camera = meeting.participants[0].publication(Source.CAMERA) if meeting.participants else None
    return camera is not None and not camera.muted


async def turn(person: Person, viewer: NativePeer, look_s: float) -> Turn:
    """Once from the link to the picture, and out again."""
    prejoin_ms = await asyncio.to_thread(person.paste)
    await asyncio.sleep(look_s)
    began_ms = monotonic_ms()
    room_ms, sending_ms, me = await asyncio.to_thread(person.join)
    await viewer.until(lambda s: s.sees(me, "camera"), timeout_s=_PATIENCE_S)
    seen_ms = monotonic_ms() - began_ms
    await asyncio.to_thread(person.leave)
    await viewer.until(lambda s: me not in s.people, timeout_s=_PATIENCE_S)
    return Turn(prejoin_ms, room_ms, sending_ms, seen_ms)


async def run(turns: int, look_s: float) -> list[Turn]:
    """The first time is not warm, and not counted."""
    with ContractServer() as server, running_engine(name="Ada", asking=(adapter(),)) as (engine, watcher):
        person = Person(engine, watcher, server.link(ROOM))
        async with NativePeer() as viewer:
            _, room = await asyncio.to_thread(server.call, "GET", f"/rooms/{ROOM}/?username=Vera")
            await viewer.join(room["livekit"]["url"].replace("http", "ws", 1), room["livekit"]["token"])
            found = [await turn(person, viewer, look_s) for _ in range(turns + 1)]
    return found[1:]


def lines(found: Sequence[Turn]) -> list[str]:
    """The section of the page."""
    figures = {
        "link to pre-join page": [one.prejoin_ms for one in found],
        "click to room": [one.room_ms for one in found],
        "click to one's camera in the room": [one.sending_ms for one in found],
        "click to somebody seeing it": [one.seen_ms for one in found],
        "link to one's camera in the room": [one.own_picture_ms for one in found],
    }
    rows = [[name, f"{statistics.median(ms):.0f}", f"{max(ms):.0f}"] for name, ms in figures.items()]
    head = f"`./dev bench lasuite`: {len(found)} times, warm, on loopback, without the look at the pre-join page."
    return [head, "", *page.table(["", "median, ms", "slowest, ms"], rows)]


def main() -> int:
    """Run, print, keep."""
    parser = argparse.ArgumentParser(prog="./dev bench lasuite", description=__doc__)
    parser.add_argument("--turns", type=int, default=TURNS)
    parser.add_argument("--look", type=float, default=LOOK_S, help="seconds on the pre-join page")
    add_options(parser)
    arguments = parser.parse_args()
    found = asyncio.run(run(arguments.turns, arguments.look))
    return reported("lasuite", found, lines, arguments)


if __name__ == "__main__":
    sys.exit(guarded(main))

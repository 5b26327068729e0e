"""The ground of the network benchmarks: a server and other people on one side of a poor link, the client on the other.

Everything is a context: whatever happens, an interrupt included, processes and namespaces are gone at the end.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from bench.peers.chromium import Chromium
from bench.peers.port import Camera, Client
from bench.peers.windowed import EVERYWHERE, Window
from bench.peers.wire import ClientProcess
from bench.relay import Relay
from bench.timeline import Heard, Tile
from tests.helpers.link import Link
from tests.helpers.livekit_server import LiveKitServer
from visio_desktop.system.clock import epoch_ms

NATIVE, OURS = "bench.peers.native", "bench.peers.ours"
CLIENTS = ("ours", "chromium", "native")
ALL_CLIENTS = (*CLIENTS, "window")
"""`window` is ours with its window: what a person sees; it costs more, and the machine's cores are few."""

TONE_HZ = 440.0
_PATIENCE_S = 20.0


@dataclass
class Observer:
    """Asks one client again and again, and keeps everything it told."""

    client: Client
    tiles: dict[str, Tile] = field(default_factory=dict)
    heard: Heard = field(default_factory=Heard)
    sounds: list[tuple[float, Heard]] = field(default_factory=list)

    async def ask(self) -> None:
        """Take in what is new."""
        told = await self.client.told()
        for key, rows in told.tiles.items():
            self.tiles.setdefault(key, Tile()).add(rows)
        self.heard = told.heard
        self.sounds.append((epoch_ms(), told.heard))

    async def watch(self, seconds: float, *, every_s: float = 0.25) -> None:
        """Keep asking for so long."""
        until_ms = epoch_ms() + seconds * 1000
        while (left_s := (until_ms - epoch_ms()) / 1000) > 0:
            await asyncio.sleep(min(every_s, left_s))
            await self.ask()

    async def until(self, fits: Callable[[Observer], bool], timeout_s: float = _PATIENCE_S) -> bool:
        """Ask until it fits; whether it came to that in time."""
        loop = asyncio.get_running_loop()
        until_s = loop.time() + timeout_s
        while loop.time() < until_s:
            await self.ask()
            if fits(self):
                return True
            await asyncio.sleep(0.2)
        return False

    def shows(self, tiles: int) -> bool:
        """Whether so many tiles have got going."""
        return sum(len(tile.painted) > 5 for tile in self.tiles.values()) >= tiles


class Ground:
    """A link, a server at its end `a`, a relay for signalling at its end `b`."""

    def __init__(self, *, seed: int = 1, config: dict[str, Any] | None = None) -> None:
        self.link = Link(seed=seed)
        self.server = LiveKitServer(address=self.link.a.address, prefix=self.link.a.prefix, config=config)
        self.relay: Relay | None = None
        self._stack = AsyncExitStack()
        self._names = (f"client-{n}" for n in itertools.count())

    def client(self, name: str) -> Client:
        """A fresh client at the end `b`."""
        prefix = self.link.b.prefix
        match name:
            case "ours":
                return ClientProcess("ours", OURS, prefix=prefix)
            case "window":
                return Window(prefix, {EVERYWHERE: "1"})
            case "native":
                return ClientProcess("native", NATIVE, prefix=prefix)
            case _:
                return Chromium(prefix)

    def helper(self) -> ClientProcess:
        """Somebody at the server's side, played by the native SDK."""
        return ClientProcess("helper", NATIVE, prefix=self.link.a.prefix)

    @property
    def url(self) -> str:
        """The server's address for clients at the end `b`."""
        assert self.relay is not None
        return self.relay.url

    def token(self, room: str) -> str:
        """A token for somebody new."""
        return self.server.token(room, next(self._names))

    async def people(self, helper: ClientProcess, room: str, count: int, camera: Camera) -> None:
        """Let the helper join as so many people with a picture, the first also with a tone."""
        for number in range(count):
            tone_hz = TONE_HZ if number == 0 else 0.0
            await helper.join(self.server.url, self.server.token(room, f"person-{number}"), camera, tone_hz)

    @asynccontextmanager
    async def layered_people(self, room: str, count: int, camera: Camera) -> AsyncIterator[None]:
        """So many people who send 360p in layers of two sizes, as only ours does: the native SDK's have one size."""
        port = int(self.server.url.rpartition(":")[2])
        async with AsyncExitStack() as stack:
            relay = await stack.enter_async_context(Relay(self.link.a.prefix, self.link.a.address, port))
            for number in range(count):
                person = ClientProcess("person", OURS, prefix=self.link.a.prefix)
                await stack.enter_async_context(person)
                token = self.server.token(room, f"person-{number}")
                await person.join(relay.url, token, camera, TONE_HZ if number == 0 else 0.0)
            yield

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            stack.enter_context(self.link)
            stack.enter_context(self.server)
            port = int(self.server.url.rpartition(":")[2])
            self.relay = await stack.enter_async_context(Relay(self.link.b.prefix, self.link.a.address, port))
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.__aexit__(kind, error, trace)

"""Our client without a window, for tests that put it elsewhere: python -m tests.helpers.headless HOST:PORT OWN ROOM

Joins the LiveKit server at HOST:PORT from the address OWN, looks at all pictures, listens, and at the end of its input
writes one line of JSON: by participant how it went. Keys come from the environment, as for the program.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from tests.helpers.engines import running_engine
from tests.helpers.sinks import CountingSink
from visio_desktop.diagnostics.freeze import FreezeMeter
from visio_desktop.engine.engine import Engine
from visio_desktop.meeting.frames import Picture
from visio_desktop.meeting.intents import Join, OpenLink
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import Source
from visio_desktop.rtc.frames import OutboundStream
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.port import Credentials
from visio_desktop.system.clock import monotonic_ms

SETTLED_MS = 3_000.0


class TimingSink(CountingSink):
    """Knows the longest standstill and counts freezes, from three seconds after the first picture on."""

    def __init__(self) -> None:
        super().__init__()
        self.longest_ms = 0.0
        self.meter = FreezeMeter()
        self._first_ms: float | None = None
        self._last_ms = 0.0

    def put(self, picture: Picture) -> None:
        now_ms = monotonic_ms()
        if self._first_ms is None:
            self._first_ms = now_ms
        elif now_ms - self._first_ms > SETTLED_MS:
            self.longest_ms = max(self.longest_ms, now_ms - self._last_ms)
            self.meter.painted(now_ms)
        self._last_ms = now_ms
        super().put(picture)


class Audience:
    """Attaches a sink to each camera as soon as it is there."""

    def __init__(self, attach: Callable[[str, CountingSink], None]) -> None:
        self._attach = attach
        self.sinks: dict[str, TimingSink] = {}
        self.voices: set[str] = set()

    def take_in(self, meeting: Meeting) -> None:
        for person in meeting.participants[1:]:
            camera, voice = person.publication(Source.CAMERA), person.publication(Source.MICROPHONE)
            if camera is not None and camera.id not in self.sinks:
                self.sinks[camera.id] = TimingSink()
                self._attach(camera.id, self.sinks[camera.id])
            if voice is not None:
                self.voices.add(voice.id)


async def relay(address: str) -> str:
    """A port of this machine that leads to `address`: only there may signalling go unencrypted."""
    host, _, port = address.rpartition(":")

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
        writer.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_connection(host, int(port))
        async with asyncio.TaskGroup() as both:
            both.create_task(carry(reader, there[1]))
            both.create_task(carry(there[0], writer))

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    return f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


def start_relay(address: str) -> str:
    """Run the relay in a thread of its own; gives where it listens."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    return asyncio.run_coroutine_threadsafe(relay(address), loop).result(5)


def frames_sent(stream: OutboundStream) -> int:
    """How many pictures, or frames of sound, were sent, each in as many layers as may be."""
    counts = stream.statistics()
    return max((layer.frames_sent for layer in counts.layers), default=counts.frames_sent)


def told(engine: Engine, audience: Audience) -> dict[str, Any]:
    """How it went."""
    kit, session = engine._kit, engine._connection.session
    assert kit is not None
    assert session is not None
    return {
        "path": session.path(),
        "sent": {source.value: frames_sent(stream) for source, stream in engine._sending.streams().items()},
        "pictures": [{"longest_ms": s.longest_ms, "count": s.pictures} for s in audience.sinks.values()],
        "voices": [asdict(kit.sound.statistics(voice)) for voice in audience.voices],
        "streams": [asdict(row) for row in engine._account.subscriptions()],
    }


def main() -> None:
    """Join, say so, stay until the input ends, tell."""
    address, own, room = sys.argv[1:]
    credentials = Credentials(api_key=os.environ["LIVEKIT_API_KEY"], api_secret=os.environ["LIVEKIT_API_SECRET"])
    adapters = [LiveKitAdapter(host_addresses=(own,))]
    with running_engine(adapters=adapters, credentials=credentials) as (engine, watcher):
        audience = Audience(engine.attach)
        engine.watch(audience.take_in)
        engine.post(OpenLink(f"livekit+ws://{start_relay(address)}?room={room}"))
        watcher.wait_for(lambda m: m.page is Page.PREJOIN)
        engine.post(Join())
        watcher.wait_for(lambda m: m.page in (Page.ROOM, Page.FAILED))
        watcher.wait_for(lambda m: m.page is Page.ROOM)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.read()
        sys.stdout.write(json.dumps(told(engine, audience)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

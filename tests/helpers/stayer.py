"""One of us who talks and listens elsewhere: python -m tests.helpers.stayer HOST:PORT ROOM NAME

Joins the LiveKit server at HOST:PORT from whatever addresses there are, with the system's network events. Says "ready"
once another one is heard, a line for each event of its session, and at the end of its input a line of JSON with when
sound came in (monotonic milliseconds).
"""

from __future__ import annotations

import asyncio
import json
import os
import sys

from tests.helpers.clock_media import ToneMicrophone
from tests.helpers.relay import Relay
from tests.helpers.session_ear import SessionEar
from visio_desktop.meeting.events import Dropped, ParticipantChanged, ParticipantLeft, Restored, Restoring, ServerEvent
from visio_desktop.meeting.values import Source
from visio_desktop.rtc.frames import Codec, EncodedFrame, InboundStream
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.port import Credentials, JoinRequest, PublishRequest
from visio_desktop.system import network_events
from visio_desktop.system.clock import monotonic_ms
from visio_desktop.system.tasks import Tasks

_MICROPHONE = PublishRequest(Source.MICROPHONE, (Codec.OPUS,))
_TOLD = (Restored, Restoring, Dropped, ParticipantLeft, ParticipantChanged)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Everywhere(LiveKitAdapter):
    """Signalling goes over loopback here, media does not."""

    def _hosts(self, address: object) -> tuple[str, ...] | None:
        return None


class Ear(SessionEar):
    """Tells events at once, and keeps when sound came in."""

    def __init__(self) -> None:
        super().__init__()
        self.arrivals_ms: list[float] = []

    def on_event(self, event: ServerEvent) -> None:
        super().on_event(event)
        if isinstance(event, _TOLD):
            say(json.dumps({"event": type(event).__name__, "at_ms": monotonic_ms(), "told": str(event)}))

    def on_stream(self, publication_id: str, stream: InboundStream) -> None:
        super().on_stream(publication_id, stream)
        stream.on_frame(self._take)

    def _take(self, _frame: EncodedFrame) -> None:
        self.arrivals_ms.append(monotonic_ms())
        if len(self.arrivals_ms) == 1:
            say("ready")


async def main() -> None:
    """Stay until the input ends."""
    address, room, name = sys.argv[1:]
    credentials = Credentials(api_key=os.environ["LIVEKIT_API_KEY"], api_secret=os.environ["LIVEKIT_API_SECRET"])
    host, _, port = address.rpartition(":")
    adapter, ear, tasks = Everywhere(), Ear(), Tasks(name)
    async with Relay(host, int(port)) as relay:
        link = adapter.recognise(f"livekit+{relay.url}?room={room}")
        assert link is not None
        session = await adapter.join(JoinRequest(link, name, credentials), ear)
        ToneMicrophone(await session.publish(_MICROPHONE), tasks, hz=440)
        tasks.start(network_events.watch(session.network_changed), name="network")
        await asyncio.to_thread(sys.stdin.read)
        say(json.dumps({"arrivals_ms": ear.arrivals_ms}))
        await session.leave()
        await tasks.close()


if __name__ == "__main__":
    asyncio.run(main())

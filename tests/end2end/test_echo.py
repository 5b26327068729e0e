"""A room with a loudspeaker and a microphone, in a real meeting: the other side hears who is in it, and not itself.

Our program on devices of a sound server, its own sound path and its own streams; what the loudspeaker plays comes back
to the microphone through a room of the test's. Nothing is timed: it is waited for.
"""

from __future__ import annotations

import asyncio
from collections import deque
from pathlib import Path

import pytest

from tests.helpers.clock_media import until
from tests.helpers.engines import running_engine
from tests.helpers.livekit_server import LiveKitServer
from tests.helpers.pulse import pulse_server
from tests.helpers.session_ear import SessionEar
from tests.helpers.sessions import Sessions, stream_of
from tests.helpers.virtual_room import Box, VirtualRoom, virtual_room
from visio_desktop.media import pulse_server as server_module
from visio_desktop.media.opus import new_decoder
from visio_desktop.media.samples import RATE_HZ, Samples, level_db, silence
from visio_desktop.media.speech import Speech
from visio_desktop.media.talker import Talker
from visio_desktop.meeting.intents import Join, OpenLink
from visio_desktop.meeting.state import Page
from visio_desktop.meeting.values import Source
from visio_desktop.rtc.frames import Codec, EncodedFrame, InboundStream, OutboundStream
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.port import Credentials, PublishRequest
from visio_desktop.system.clock import monotonic_ms
from visio_desktop.system.tasks import Tasks

WAIT_S = 60.0
WINDOW_S = 2.0
LOUD_DB = -40.0
LOSS_DB = 20.0
NEAR_S = 60


async def speak(stream: OutboundStream) -> None:
    """Somebody speaks at the other end, for ever."""
    talker, begun_ms, beat = Talker("anna"), monotonic_ms(), 0
    while True:
        beat += 1
        if (frame := talker.next_frame()) is not None:
            stream.send(frame)
        await asyncio.sleep(max(0.0, (begun_ms + beat * 20 - monotonic_ms()) / 1000))


class Ear:
    """What comes to the other end, decoded; nothing is sent of silence."""

    def __init__(self, stream: InboundStream) -> None:
        self._decoder = new_decoder()
        self._heard: deque[tuple[float, Samples]] = deque()
        stream.on_frame(self._take)

    def _take(self, frame: EncodedFrame) -> None:
        heard = self._decoder.decode(frame.payload) if frame.codec is Codec.OPUS and frame.payload else None
        if heard is not None:
            self._heard.append((monotonic_ms(), heard))

    def level_db(self) -> float:
        """Of the last seconds."""
        since_ms = monotonic_ms() - WINDOW_S * 1000
        while self._heard and self._heard[0][0] < since_ms:
            self._heard.popleft()
        power = sum(10 ** (level_db(heard) / 10) * len(heard) for _, heard in self._heard)
        whole = silence(1) + (power / (WINDOW_S * RATE_HZ)) ** 0.5
        return level_db(whole)


def loudness_db(room: VirtualRoom, what: str) -> float:
    return level_db(room.kept(what, WINDOW_S))


async def test_the_other_side_hears_who_is_here_and_not_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sessions: Sessions, tasks: Tasks
) -> None:
    credentials = Credentials(api_key=LiveKitServer.key, api_secret=LiveKitServer.secret)
    far = SessionEar()
    with LiveKitServer() as server, pulse_server(tmp_path) as pulse, virtual_room(pulse) as room:
        pulse.become_ours(monkeypatch)
        pulse.has_patience(monkeypatch)
        session = await sessions.join(server.link("echo"), far, name="Ada")
        with running_engine(
            adapters=[LiveKitAdapter()],
            credentials=credentials,
            camera="none",
            microphone=room.microphone,
            speaker=room.add(Box(ppm=100.0)),
        ) as (engine, watcher):
            engine.post(OpenLink(server.link("echo")))
            await asyncio.to_thread(watcher.wait_for, lambda m: m.page is Page.PREJOIN, WAIT_S)
            engine.post(Join())
            await asyncio.to_thread(
                watcher.wait_for, lambda m: bool(m.speaker.opened_name and m.microphone.opened_name), WAIT_S
            )
            ear = Ear(await stream_of(far, "Odile", Source.MICROPHONE))
            tasks.start(speak(await session.publish(PublishRequest(Source.MICROPHONE, (Codec.OPUS,)))), name="far end")

            def echoes() -> bool:
                return loudness_db(room, "echo") > LOUD_DB

            def is_taken_out() -> bool:
                return echoes() and ear.level_db() < loudness_db(room, "echo") - LOSS_DB

            def is_heard() -> bool:
                return min(loudness_db(room, "near"), ear.level_db()) > LOUD_DB

            await until(echoes, "an echo in the room", timeout_s=WAIT_S)
            await until(is_taken_out, "an echo that the other side does not hear", timeout_s=WAIT_S)
            room.say(Speech(5, 190.0).read(NEAR_S * RATE_HZ))
            await until(is_heard, "who is here, heard at the other side", timeout_s=WAIT_S)
    server_module.leave()

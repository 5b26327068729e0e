"""Three people come and go, ten times over: everybody sees and hears everybody, and nothing of it stays behind."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable

from tests.helpers.engines import running_engine
from tests.helpers.livekit_server import LiveKitServer
from tests.helpers.native_peer import NativePeer, NativeState
from tests.helpers.sampled import Sample, look
from tests.helpers.sinks import CountingSink
from tests.helpers.watching import Watcher
from visio_desktop.engine.engine import Engine
from visio_desktop.meeting.intents import Join, OpenLink
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import Source
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.port import Credentials

ROOM = "churn"
ROUNDS = 10
WARM_ROUNDS = 3
PICTURES = 5
HEARD_MS = 300.0
NAMES = ("Bob", "Carol", "Dan")
# What may stay: the allocator's own keeping, and a socket or a helper thread that is only about to close.
MOST_RSS_BYTES = 16_000_000
MOST_THREADS, MOST_FILES, MOST_TASKS = 1, 2, 0


class OurPlace:
    """Our engine in the room, seen by the test."""

    def __init__(self, engine: Engine, watcher: Watcher, server: LiveKitServer) -> None:
        self.engine, self._watcher, self._server = engine, watcher, server

    async def wait_for(self, condition: Callable[[Meeting], bool]) -> Meeting:
        return await asyncio.to_thread(self._watcher.wait_for, condition)

    async def join(self) -> str:
        """Join the room; gives our identity."""
        self.engine.post(OpenLink(self._server.link(ROOM)))
        await self.wait_for(lambda m: m.page is Page.PREJOIN)
        self.engine.post(Join())
        meeting = await self.wait_for(lambda m: m.page is Page.ROOM)
        assert meeting.me is not None
        return meeting.me.id

    async def enter(self, native: NativePeer, name: str) -> None:
        """Somebody comes with picture and sound."""
        await native.join(self._server.url, self._server.token(ROOM, name))
        await native.publish_video(width=320, height=180)
        await native.publish_tone(440)

    async def see_and_hear_all(self) -> None:
        """Pictures and sound of all three arrive here."""
        meeting = await self.wait_for(
            lambda m: (
                len(m.participants) == 1 + len(NAMES) and all(len(p.publications) == 2 for p in m.participants[1:])
            )
        )
        for person in meeting.participants[1:]:
            camera, voice = person.publication(Source.CAMERA), person.publication(Source.MICROPHONE)
            assert camera is not None
            assert voice is not None
            sink = CountingSink()
            self.engine.attach(camera.id, sink)
            assert await asyncio.to_thread(sink.wait_for, PICTURES), person.name
            self.engine.detach(camera.id, sink)
            await self._hear(voice.id)

    async def _hear(self, voice_id: str) -> None:
        kit = self.engine._kit
        assert kit is not None
        async with asyncio.timeout(10):
            while kit.sound.statistics(voice_id).played_ms < HEARD_MS or kit.sound.voice_level_db(voice_id) < -60:
                await asyncio.sleep(0.05)

    async def see_off(self) -> None:
        """Whose goodbye the server missed, which happens to the native SDK on a busy machine, is shown the door."""
        await asyncio.sleep(0.3)
        found = await asyncio.to_thread(self._server.api, "ListParticipants", room=ROOM)
        for person in found["participants"]:
            if person["identity"] in NAMES:
                await asyncio.to_thread(self._server.api, "RemoveParticipant", room=ROOM, identity=person["identity"])

    async def look(self) -> Sample:
        """What our process holds once everybody is gone."""
        await self.wait_for(lambda m: len(m.participants) == 1)
        await asyncio.sleep(0.5)
        gc.collect()
        return look(0.0, self.engine._thread.loop)


async def one_round(ours: OurPlace, me: str, natives: dict[str, NativePeer]) -> None:
    def sees_and_hears(state: NativeState) -> bool:
        return state.sees(me, "camera", codes=PICTURES) and state.publication(me, "microphone").get("rms", 0.0) > 100

    await asyncio.gather(*(ours.enter(native, name) for name, native in natives.items()))
    await ours.see_and_hear_all()
    await asyncio.gather(*(native.until(sees_and_hears) for native in natives.values()))
    await asyncio.gather(*(native.leave() for native in natives.values()))
    await ours.see_off()


async def test_coming_and_going_leaves_nothing_behind() -> None:
    credentials = Credentials(api_key=LiveKitServer.key, api_secret=LiveKitServer.secret)
    with LiveKitServer() as server:
        async with NativePeer() as bob, NativePeer() as carol, NativePeer() as dan:
            natives = dict(zip(NAMES, (bob, carol, dan), strict=True))
            with running_engine(adapters=[LiveKitAdapter()], credentials=credentials) as (engine, watcher):
                ours = OurPlace(engine, watcher, server)
                me = await ours.join()
                samples = []
                for _ in range(ROUNDS):
                    await one_round(ours, me, natives)
                    samples.append(await ours.look())
    before, after = samples[WARM_ROUNDS - 1], samples[-1]
    assert after.tasks - before.tasks <= MOST_TASKS, samples
    assert after.threads - before.threads <= MOST_THREADS, samples
    assert after.files - before.files <= MOST_FILES, samples
    assert after.rss_bytes - before.rss_bytes <= MOST_RSS_BYTES, samples

"""Who the contract's tests are about: a running server, and the people who join it through the adapter under test."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Protocol

from tests.helpers.clock_media import ClockCamera, ClockViewer, ToneListener, ToneMicrophone, all_see, until
from tests.helpers.session_ear import SessionEar
from visio_desktop.meeting.events import (
    ChatReceived,
    Joined,
)
from visio_desktop.meeting.values import Capability, ProblemCode, Source
from visio_desktop.rtc.frames import Codec, InboundStream
from visio_desktop.servers.port import (
    JoinRequest,
    PublishRequest,
    ServerAdapter,
    Session,
)
from visio_desktop.system.tasks import Tasks

CAMERA = PublishRequest(Source.CAMERA, (Codec.VP8,), width_px=320, height_px=180, fps=15, bitrate_bps=600_000)
SCREEN = PublishRequest(Source.SCREEN, (Codec.VP8,), width_px=320, height_px=180, fps=15, bitrate_bps=600_000)
MICROPHONE = PublishRequest(Source.MICROPHONE, (Codec.OPUS,))
LONG_S = 60.0
"""How long media may take on a machine with much else to do."""


class Fixture(Protocol):
    """One running server of a kind, with a moderator's hand on it. Every adapter it gives is a person of their own."""

    def adapter(self) -> ServerAdapter:
        """An adapter with nobody's past."""

    def request(self, name: str) -> JoinRequest:
        """A request to join the one room of this test."""

    def refusals(self) -> dict[str, tuple[JoinRequest, ProblemCode]]:
        """Requests that are refused, each with a name and the reason a person is given."""

    async def remove(self, participant_id: str) -> None:
        """Throw somebody out."""

    async def mute(self, participant_id: str, publication_id: str) -> None:
        """Close somebody's microphone."""

    async def end(self) -> None:
        """End the meeting for all."""

    async def crash(self) -> None:
        """The server dies."""


class Foreigner(Protocol):
    """Somebody with another client than ours, for kinds of server that have one."""

    async def come(self, name: str, hz: float) -> None:
        """Join the room of this test, sending pictures with a frame clock and a tone."""

    async def meets(self, people: Mapping[str, float]) -> None:
        """Wait until these people, by their names, are seen moving and heard saying tones of so many Hz: none else."""

    async def go(self) -> None:
        """Leave; it may come again."""


class Person:
    """Somebody who joined through the adapter under test."""

    def __init__(self, session: Session, ear: SessionEar, tasks: Tasks) -> None:
        self.session = session
        self.ear = ear
        self._tasks = tasks
        self._sent: list[ClockCamera | ToneMicrophone] = []

    @property
    def offered(self) -> Capability:
        """What they may do, as they were told when they joined."""
        return next(e.capabilities for e in self.ear.events if isinstance(e, Joined))

    async def show(self, request: PublishRequest = CAMERA) -> ClockCamera:
        """Publish pictures."""
        camera = ClockCamera(await self.session.publish(request), self._tasks)
        self._sent.append(camera)
        return camera

    async def say(self, hz: float) -> ToneMicrophone:
        """Publish a tone."""
        microphone = ToneMicrophone(await self.session.publish(MICROPHONE), self._tasks, hz=hz)
        self._sent.append(microphone)
        return microphone

    async def meets(self, people: Mapping[str, float]) -> None:
        """Wait until these people and nobody else are there, seen moving and heard saying tones of so many Hz."""
        await until(lambda: self.ear.others == sorted(people), f"just {', '.join(people)}", timeout_s=LONG_S)
        views = [await self.view(name) for name in people]
        await until(all_see(views, 2), f"pictures of {', '.join(people)}", timeout_s=LONG_S)
        await asyncio.gather(*(self.hears(name, hz) for name, hz in people.items()))
        assert [view.errors for view in views] == [0] * len(views)
        for stream in self.ear.streams.values():
            stream.on_frame(lambda _: None)  # what has been seen and heard need not be decoded any more

    async def hears(self, name: str, hz: float) -> None:
        """Wait until somebody is heard saying a tone of so many Hz."""
        sound = await self.listen(name)
        await until(lambda: abs(sound.hz - hz) < 12, f"{name}'s {hz:g} Hz", timeout_s=LONG_S)

    async def go(self) -> None:
        """Leave, and send nothing more."""
        for sent in self._sent:
            sent.task.cancel()
        await self.session.leave()

    async def view(self, name: str, source: Source = Source.CAMERA) -> ClockViewer:
        """Watch somebody."""
        return ClockViewer(await self._stream(name, source))

    async def listen(self, name: str) -> ToneListener:
        """Listen to somebody."""
        return ToneListener(await self._stream(name, Source.MICROPHONE))

    async def _stream(self, name: str, source: Source) -> InboundStream:
        await until(lambda: self.ear.stream(name, source) is not None, f"{name}'s {source.value}", timeout_s=LONG_S)
        stream = self.ear.stream(name, source)
        assert stream is not None
        return stream

    async def publication(self, name: str, source: Source) -> str:
        """The id of what somebody publishes."""
        await until(lambda: self.ear.publication(name, source) is not None, f"{name}'s {source.value}")
        found = self.ear.publication(name, source)
        assert found is not None
        return found.id


class House:
    """Lets people in, and out again when the test is over."""

    def __init__(self, fixture: Fixture, stack: AsyncExitStack) -> None:
        self.fixture = fixture
        self._stack = stack
        self._tasks = Tasks("people")
        stack.push_async_callback(self._tasks.close)

    async def join(self, name: str) -> Person:
        """Somebody joins."""
        ear = SessionEar()
        session = await self.fixture.adapter().join(self.fixture.request(name), ear)
        self._stack.push_async_callback(session.leave)
        return Person(session, ear, self._tasks)


async def in_touch(one: Person, other: Person) -> None:
    """Wait until lines get through: servers keep none for those whose data channel is not open yet."""
    last = ""
    for number in range(100):
        if other.ear.chat:
            break
        last = f"can you read me? {number}"
        await one.session.send_chat(f"probe{number}", last)
        await asyncio.sleep(0.1)
    # Once one got through the later ones do, and none of them may come among the lines of the test.
    await until(lambda: not last or any(m.text == last for m in other.ear.chat), "the last line", timeout_s=LONG_S)
    for ear in (one.ear, other.ear):
        ear.events = [e for e in ear.events if not isinstance(e, ChatReceived)]

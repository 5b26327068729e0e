"""Who the contract's tests are about: a running server, and the people who join it through the adapter under test."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Protocol

from tests.helpers.clock_media import ClockCamera, ClockViewer, ToneMicrophone, until
from tests.helpers.session_ear import SessionEar
from visio_desktop.meeting.events import (
    ChatReceived,
    Joined,
)
from visio_desktop.meeting.values import Capability, ProblemCode, Source
from visio_desktop.rtc.frames import Codec
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


class Person:
    """Somebody who joined through the adapter under test."""

    def __init__(self, session: Session, ear: SessionEar, tasks: Tasks) -> None:
        self.session = session
        self.ear = ear
        self._tasks = tasks

    @property
    def offered(self) -> Capability:
        """What they may do, as they were told when they joined."""
        return next(e.capabilities for e in self.ear.events if isinstance(e, Joined))

    async def show(self, request: PublishRequest = CAMERA) -> ClockCamera:
        """Publish pictures."""
        return ClockCamera(await self.session.publish(request), self._tasks)

    async def say(self, hz: float) -> ToneMicrophone:
        """Publish a tone."""
        return ToneMicrophone(await self.session.publish(MICROPHONE), self._tasks, hz=hz)

    async def view(self, name: str, source: Source = Source.CAMERA) -> ClockViewer:
        """Watch somebody."""
        await until(lambda: self.ear.stream(name, source) is not None, f"{name}'s {source.value}")
        stream = self.ear.stream(name, source)
        assert stream is not None
        return ClockViewer(stream)

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
    for number in range(100):
        if other.ear.chat:
            break
        await one.session.send_chat(f"probe{number}", "can you read me?")
        await asyncio.sleep(0.1)
    await asyncio.sleep(0.3)
    for ear in (one.ear, other.ear):
        ear.events = [e for e in ear.events if not isinstance(e, ChatReceived)]

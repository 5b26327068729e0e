"""A kind of server without any server, and an engine's surroundings with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from itertools import count
from typing import Any, cast

from tests.helpers.fakes import FakeKit, FakeSession
from visio_desktop.diagnostics.report import Marks
from visio_desktop.engine.services import Services
from visio_desktop.meeting.events import Joined, Preferences
from visio_desktop.meeting.hops import Hop, HopState
from visio_desktop.meeting.values import Capability, MeetingLink, Participant
from visio_desktop.servers.catalog import Catalog
from visio_desktop.servers.port import Credentials, JoinError, JoinRequest, SessionListener
from visio_desktop.system.clock import monotonic_ms

ME = Participant("me", "Ada", is_me=True)


class FakeAdapter:
    """A kind of server for links `fake:anything`; whoever joins gets `answer`, once `let` is set."""

    kind = "fake"
    capabilities = Capability.PUBLISH

    def __init__(self) -> None:
        self.answer: FakeSession | Exception = FakeSession()
        self.requests: list[JoinRequest] = []
        self.listeners: list[SessionListener] = []
        self.let = asyncio.Event()
        self.let.set()

    @property
    def listener(self) -> SessionListener:
        """The one of the last join."""
        return self.listeners[-1]

    def recognise(self, text: str) -> MeetingLink | None:
        return MeetingLink(self.kind, text, "fake.example") if text.startswith("fake:") else None

    async def join(self, request: JoinRequest, listener: SessionListener) -> FakeSession:
        self.requests.append(request)
        self.listeners.append(listener)
        await self.let.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        listener.on_mark("signalling_open")
        listener.on_event(Joined(ME, "Weekly", self.capabilities, 5.0))
        return self.answer

    async def check(self, request: JoinRequest) -> AsyncIterator[Hop]:
        yield Hop("tcp", HopState.PASSED, request.link.host, 12.3)
        if isinstance(self.answer, JoinError):
            yield Hop("signalling", HopState.FAILED, problem=self.answer.problem)
            yield Hop("ice_udp", HopState.SKIPPED)


def services(
    adapter: FakeAdapter,
    kit: FakeKit,
    *,
    preferences: Preferences | None = None,
    credentials: Credentials | None = None,
) -> Services:
    """The engine's surroundings, none of them real."""
    numbers = count(1)
    given = credentials if credentials is not None else Credentials()
    return Services(
        catalog=lambda: Catalog([adapter]),
        media=cast("Any", lambda _: kit),
        credentials=lambda _: given,
        preferences=preferences
        if preferences is not None
        else Preferences("Ada", True, True, "test", "test", "null", ()),
        remember=lambda what, value: kit.remembered.append((what, value)),
        marks=Marks(),
        epoch_ms=lambda: 1e12,
        monotonic_ms=monotonic_ms,
        new_id=lambda: f"id{next(numbers)}",
    )

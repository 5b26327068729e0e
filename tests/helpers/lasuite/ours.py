"""Our client in a room of the contract server: a session of the adapter, without window or engine.

async with ours(server, "pub-lica-aaa", "Ada") as ada:
    await ada.session.request(React(Emoji.THUMBS_UP))
    await ada.hears(RulesChanged)
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.helpers.clock_media import until
from tests.helpers.lasuite.server import ContractServer
from tests.helpers.session_ear import SessionEar
from visio_desktop.meeting.events import ServerEvent
from visio_desktop.meeting.values import MeetingLink, Participant
from visio_desktop.net import Web
from visio_desktop.servers.lasuite.adapter import LaSuiteAdapter
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.port import Credentials, JoinRequest, Session


@dataclass
class Ours:
    """Somebody who joined with our adapter."""

    session: Session
    ear: SessionEar

    @property
    def me(self) -> Participant:
        """Oneself."""
        return self.ear.me

    def heard[E: ServerEvent](self, kind: type[E]) -> list[E]:
        """All events of this kind, oldest first."""
        return [event for event in self.ear.events if isinstance(event, kind)]

    def last[E: ServerEvent](self, kind: type[E]) -> E | None:
        """The newest event of this kind."""
        return next(iter(self.heard(kind)[::-1]), None)

    async def hears[E: ServerEvent](
        self, kind: type[E], fits: Callable[[E], bool] = lambda _: True, *, timeout_s: float = 15.0
    ) -> E:
        """Wait until one event of this kind fits."""
        await until(lambda: any(map(fits, self.heard(kind))), f"{kind.__name__}", timeout_s=timeout_s)
        return next(event for event in self.heard(kind) if fits(event))

    async def somebody(self, name: str) -> Participant:
        """Wait for somebody of this name."""
        await until(lambda: self.ear.named(name) is not None, name)
        found = self.ear.named(name)
        assert found is not None
        return found

    def forget(self) -> None:
        """Take no account of what was heard before."""
        self.ear.events.clear()


def adapter(web: Web | None = None) -> LaSuiteAdapter:
    """An adapter with nobody's past."""
    return LaSuiteAdapter(LiveKitAdapter(web), web)


def request(server: ContractServer, slug: str, name: str, *, user: str = "") -> JoinRequest:
    """What our adapter is asked to join by."""
    host = server.host.partition(":")[0]
    link = MeetingLink("lasuite", server.link(slug), host, slug)
    return JoinRequest(link, name, Credentials(cookies=server.cookies(user) if user else {}))


@asynccontextmanager
async def ours(
    server: ContractServer, slug: str, name: str, *, user: str = "", by: LaSuiteAdapter | None = None
) -> AsyncIterator[Ours]:
    """Somebody joins, and leaves in the end."""
    ear = SessionEar()
    session = await (by or adapter()).join(request(server, slug, name, user=user), ear)
    try:
        yield Ours(session, ear)
    finally:
        await session.leave()

"""People in a group of `galene_peer`, through the adapter."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from tests.helpers.galene_client import Client
from tests.helpers.galene_group import OP, PRESENT, Group
from tests.helpers.galene_peer import GalenePeer, galene_peer
from tests.helpers.session_ear import SessionEar
from visio_desktop.servers.galene.adapter import GaleneAdapter
from visio_desktop.servers.port import Credentials, JoinRequest, Session

LEADER = "Olga"


@dataclass(frozen=True)
class Member:
    """Somebody, as they see it and as the server does."""

    session: Session
    ear: SessionEar
    there: Client


class Tea:
    """A group in which Olga leads."""

    def __init__(self, server: GalenePeer, stack: AsyncExitStack) -> None:
        self.server = server
        self.group = server.groups["tea"]
        self._stack = stack

    async def join(self, name: str, adapter: GaleneAdapter | None = None, *, token: str = "") -> Member:
        """Somebody joins."""
        adapter, ear = adapter or GaleneAdapter(epoch=lambda: 99.0), SessionEar()
        session = await adapter.join(self.request(name, token=token), ear)
        self._stack.push_async_callback(session.leave)
        return Member(session, ear, self.group.clients[ear.me.id])

    def request(self, name: str, *, token: str = "", password: str = "") -> JoinRequest:
        """How somebody asks to be let in."""
        link = GaleneAdapter().recognise(f"galene+{self.server.link('tea')}")
        assert link is not None
        return JoinRequest(link, name, Credentials(token=token, password=password))


@asynccontextmanager
async def tea() -> AsyncIterator[Tea]:
    """A group to meet in."""
    users = {LEADER: ("", OP), "Otto": ("", ("message",))}
    group = Group("tea", users=users, tokens={"named": ("Ivy", PRESENT), "nameless": ("", PRESENT)})
    async with galene_peer(group) as server, AsyncExitStack() as stack:
        yield Tea(server, stack)

"""The contract's fixture for Janus: a real server, moderated with the room's secret."""

from __future__ import annotations

import asyncio

from tests.helpers.janus_server import PIN, ROOM, JanusServer
from visio_desktop.meeting.values import MeetingLink, ProblemCode
from visio_desktop.servers.janus.adapter import JanusAdapter
from visio_desktop.servers.port import Credentials, JoinRequest

_SECRET_REFUSED = ProblemCode.ROOM_SECRET_REFUSED
_GIVEN = Credentials(password=PIN)


class JanusFixture:
    """See `suite.Fixture`."""

    def __init__(self, server: JanusServer) -> None:
        self._server = server

    def adapter(self) -> JanusAdapter:
        return JanusAdapter(host_addresses=(self._server.address,))

    @property
    def port(self) -> int:
        """Where its WebSocket is."""
        return self._server.port

    def request_at(self, port: int, name: str) -> JoinRequest:
        return JoinRequest(_link(f"janus+ws://127.0.0.1:{port}/?room={ROOM}"), name, _GIVEN)

    def request(self, name: str) -> JoinRequest:
        return JoinRequest(_link(self._server.link), name, _GIVEN)

    def refusals(self) -> dict[str, tuple[JoinRequest, ProblemCode]]:
        link = self.request("Ada").link
        elsewhere = _link(f"janus+ws://127.0.0.1:9/?room={ROOM}")
        nowhere = _link("janus+wss://no-such-host.invalid/?room=1")
        other_room = _link(self._server.link.replace(str(ROOM), "1"))
        return {
            "no PIN": (JoinRequest(link, "Ada"), ProblemCode.PIN_MISSING),
            "another PIN": (JoinRequest(link, "Ada", Credentials(password="1")), ProblemCode.PIN_REFUSED),
            "another secret": (JoinRequest(link, "Ada", Credentials(password=PIN, room_secret="s")), _SECRET_REFUSED),
            "another room": (JoinRequest(other_room, "Ada", _GIVEN), ProblemCode.ROOM_NOT_FOUND),
            "nobody there": (JoinRequest(elsewhere, "Ada", _GIVEN), ProblemCode.HOST_UNREACHABLE),
            "no such host": (JoinRequest(nowhere, "Ada", _GIVEN), ProblemCode.HOST_UNKNOWN),
        }

    async def remove(self, participant_id: str) -> None:
        await self._server.ask("kick", id=int(participant_id))

    async def mute(self, participant_id: str, publication_id: str) -> None:
        mid = publication_id.rpartition(":")[2]
        await self._server.ask("moderate", id=int(participant_id), mid=mid, mute=True)

    async def end(self) -> None:
        await self._server.ask("destroy")

    async def crash(self) -> None:
        await asyncio.to_thread(self._server.kill)


def _link(text: str) -> MeetingLink:
    link = JanusAdapter().recognise(text)
    assert link is not None
    return link

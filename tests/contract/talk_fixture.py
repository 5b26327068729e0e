"""The contract's fixture for Nextcloud Talk: a real signalling server and Janus, moderated through Nextcloud."""

from __future__ import annotations

import asyncio

from tests.helpers.talk import MODERATOR, PASSWORD, TalkServer
from tests.helpers.talk.moderator import mute
from visio_desktop.meeting.values import MeetingLink, ProblemCode
from visio_desktop.servers.port import Credentials, JoinRequest
from visio_desktop.servers.talk.adapter import TalkAdapter

_GIVEN = Credentials(password=PASSWORD)
__all__ = ["MODERATOR", "TalkFixture"]


class TalkFixture:
    """See `suite.Fixture`."""

    def __init__(self, server: TalkServer) -> None:
        self.server = server

    def adapter(self) -> TalkAdapter:
        return TalkAdapter(host_addresses=(self.server.address,))

    @property
    def port(self) -> int:
        """Where Nextcloud is."""
        return self.server.port

    def request_at(self, port: int, name: str) -> JoinRequest:
        return JoinRequest(_link(self.server.link_at(port)), name, _GIVEN)

    def request(self, name: str) -> JoinRequest:
        return self.request_at(self.server.port, name)

    def refusals(self) -> dict[str, tuple[JoinRequest, ProblemCode]]:
        link = self.request("Ada").link
        other = _link(self.server.link_at(self.server.port, "nosuchroom"))
        nowhere = _link("talk+https://no-such-host.invalid/call/abc")
        return {
            "no password": (JoinRequest(link, "Ada"), ProblemCode.PIN_MISSING),
            "another password": (JoinRequest(link, "Ada", Credentials(password="1")), ProblemCode.PIN_REFUSED),
            "another room": (JoinRequest(other, "Ada", _GIVEN), ProblemCode.ROOM_NOT_FOUND),
            "nobody there": (self.request_at(9, "Ada"), ProblemCode.HOST_UNREACHABLE),
            "no such host": (JoinRequest(nowhere, "Ada", _GIVEN), ProblemCode.HOST_UNKNOWN),
        }

    async def remove(self, participant_id: str) -> None:
        nextcloud = self.server.nextcloud
        await self.server.ask(nextcloud.remove(nextcloud.seat_of(participant_id).attendee))

    async def mute(self, participant_id: str, publication_id: str) -> None:
        del publication_id
        await mute(self.server, participant_id)

    async def end(self) -> None:
        await self.server.ask(self.server.nextcloud.end_for_all())

    async def crash(self) -> None:
        await asyncio.to_thread(self.server.kill)


def _link(text: str) -> MeetingLink:
    link = TalkAdapter().recognise(text)
    assert link is not None
    return link

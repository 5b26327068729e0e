"""The contract's fixture for La Suite Meet: the contract server with a real LiveKit, moderated through its API."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from tests.helpers.lasuite import ContractServer, Fault
from tests.helpers.lasuite.ours import adapter, request
from visio_desktop.meeting.values import MeetingLink, ProblemCode
from visio_desktop.servers.lasuite.adapter import LaSuiteAdapter
from visio_desktop.servers.port import JoinRequest

ROOM = "pub-lica-aaa"
# How requests for these rooms end, whatever they are for.
_BROKEN = {
    "html": Fault(status=200, body="<!doctype html><h1>Hello</h1>"),
    "list": Fault(status=200, body=[]),
    "failing": Fault(status=500, body="<h1>Server Error (500)</h1>"),
    "busy": Fault(status=429, body={"detail": "Request was throttled."}, headers={"Retry-After": "1"}),
    "forbidden": Fault(status=403, body={"detail": "You do not have permission to perform this action."}),
}


class LaSuiteFixture:
    """See `suite.Fixture`."""

    def __init__(self, server: ContractServer) -> None:
        self._server = server
        for slug, fault in _BROKEN.items():
            server.interfere(f"[A-Z]+ /rooms/{slug}/", fault)

    def adapter(self) -> LaSuiteAdapter:
        return adapter()

    def request(self, name: str) -> JoinRequest:
        return request(self._server, ROOM, name)

    @property
    def port(self) -> int:
        """Where its REST interface is."""
        return urlsplit(self._server.url).port or 0

    def request_at(self, port: int, name: str) -> JoinRequest:
        link = MeetingLink("lasuite", f"http://127.0.0.1:{port}/{ROOM}", "127.0.0.1", ROOM)
        return JoinRequest(link, name)

    def refusals(self) -> dict[str, tuple[JoinRequest, ProblemCode]]:
        expired = request(self._server, "res-tric-aaa", "Ada", user="trusted")
        self._server.expire("trusted")
        return {
            "expired": (expired, ProblemCode.LOGIN_EXPIRED),
            "no such room": (request(self._server, "no-such-room", "Ada"), ProblemCode.ROOM_NOT_FOUND),
            "HTML": (request(self._server, "html", "Ada"), ProblemCode.SERVER_NOT_UNDERSTOOD),
            "a list": (request(self._server, "list", "Ada"), ProblemCode.SERVER_NOT_UNDERSTOOD),
            "failing": (request(self._server, "failing", "Ada"), ProblemCode.SERVER_BUSY),
            "busy": (request(self._server, "busy", "Ada"), ProblemCode.SERVER_BUSY),
            "nobody there": (_elsewhere("http://127.0.0.1:9/abc", "127.0.0.1"), ProblemCode.HOST_UNREACHABLE),
            "no such host": (
                _elsewhere("https://no-such-host.invalid/abc", "no-such-host.invalid"),
                ProblemCode.HOST_UNKNOWN,
            ),
        }

    async def remove(self, participant_id: str) -> None:
        await self._do("remove-participant", participant_identity=participant_id)

    async def mute(self, participant_id: str, publication_id: str) -> None:
        await self._do("mute-participant", participant_identity=participant_id, track_sid=publication_id)

    async def end(self) -> None:
        await asyncio.to_thread(self._server.livekit.api, "DeleteRoom", room=self._server.room(ROOM).id)

    async def crash(self) -> None:
        await asyncio.to_thread(self._server.livekit.kill)

    async def _do(self, what: str, **body: str) -> None:
        path = f"/rooms/{ROOM}/{what}/"
        status, answer = await asyncio.to_thread(self._server.call, "POST", path, body, user="owner")
        assert status == 200, answer


def _elsewhere(text: str, host: str) -> JoinRequest:
    return JoinRequest(MeetingLink("lasuite", text, host, "abc"), "Ada")

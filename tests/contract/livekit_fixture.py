"""The contract's fixture for LiveKit: a real server, moderated through its room service."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from tests.helpers.livekit_server import LiveKitServer
from visio_desktop.meeting.values import MeetingLink, ProblemCode
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.port import Credentials, JoinRequest

ROOM = "contract"


class LiveKitFixture:
    """See `suite.Fixture`."""

    def __init__(self, server: LiveKitServer) -> None:
        self._server = server
        self._credentials = Credentials(api_key=server.key, api_secret=server.secret)

    def adapter(self) -> LiveKitAdapter:
        return LiveKitAdapter()

    def request(self, name: str) -> JoinRequest:
        return JoinRequest(_link(self._server.link(ROOM)), name, self._credentials)

    @property
    def port(self) -> int:
        """Where its signalling is."""
        return urlsplit(self._server.link(ROOM)).port or 0

    def request_at(self, port: int, name: str) -> JoinRequest:
        return JoinRequest(_link(f"livekit+ws://127.0.0.1:{port}?room={ROOM}"), name, self._credentials)

    def refusals(self) -> dict[str, tuple[JoinRequest, ProblemCode]]:
        link = self.request("Ada").link
        expired = self._server.token(ROOM, "ada", hours=-1)
        forged = Credentials(api_key=self._server.key, api_secret="not the secret, but as long as one is")
        elsewhere = _link("livekit+ws://127.0.0.1:9?room=r")
        nowhere = _link("livekit+wss://no-such-host.invalid?room=r")
        other_path = _link(self._server.link(ROOM).replace("?", "/no/such/path?"))
        return {
            "no token": (JoinRequest(link, "Ada"), ProblemCode.TOKEN_MISSING),
            "expired": (JoinRequest(link, "Ada", Credentials(token=expired)), ProblemCode.TOKEN_EXPIRED),
            "forged": (JoinRequest(link, "Ada", forged), ProblemCode.TOKEN_REFUSED),
            "rubbish": (JoinRequest(link, "Ada", Credentials(token="rubbish")), ProblemCode.TOKEN_REFUSED),
            "nobody there": (JoinRequest(elsewhere, "Ada", self._credentials), ProblemCode.HOST_UNREACHABLE),
            "no such host": (JoinRequest(nowhere, "Ada", self._credentials), ProblemCode.HOST_UNKNOWN),
            "no LiveKit": (JoinRequest(other_path, "Ada", self._credentials), ProblemCode.SERVER_NOT_UNDERSTOOD),
        }

    async def remove(self, participant_id: str) -> None:
        await asyncio.to_thread(self._server.api, "RemoveParticipant", room=ROOM, identity=participant_id)

    async def mute(self, participant_id: str, publication_id: str) -> None:
        await asyncio.to_thread(
            self._server.api,
            "MutePublishedTrack",
            room=ROOM,
            identity=participant_id,
            track_sid=publication_id,
            muted=True,
        )

    async def end(self) -> None:
        await asyncio.to_thread(self._server.api, "DeleteRoom", room=ROOM)

    async def crash(self) -> None:
        await asyncio.to_thread(self._server.kill)


def _link(text: str) -> MeetingLink:
    link = LiveKitAdapter().recognise(text)
    assert link is not None
    return link

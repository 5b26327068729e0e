"""The contract's fixture for calls of Matrix: a real Synapse and a real LiveKit, moderated through either."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from tests.helpers.call_host import ONE, CallHost
from tests.helpers.synapse_server import Registered
from visio_desktop.meeting.values import MeetingLink, ProblemCode
from visio_desktop.servers.livekit.adapter import LiveKitAdapter
from visio_desktop.servers.matrix.adapter import MatrixAdapter
from visio_desktop.servers.matrix.link import parse_link
from visio_desktop.servers.port import Credentials, JoinRequest


class MatrixFixture:
    """See `house.Fixture`. Everybody is a guest with a new account, whose owner is somebody else than the room's."""

    def __init__(self, host: CallHost, owner: Registered, closed: dict[str, str]) -> None:
        self._host = host
        self._owner = owner
        self._closed = closed
        self.room = host.room(owner)

    def adapter(self) -> MatrixAdapter:
        return MatrixAdapter(LiveKitAdapter())

    def request(self, name: str) -> JoinRequest:
        return JoinRequest(_link(self._host.link(self.room)), name)

    @property
    def port(self) -> int:
        """Where the call's host and the homeserver are."""
        return self._host.port

    def request_at(self, port: int, name: str) -> JoinRequest:
        return JoinRequest(_link(self._host.link(self.room, port=port)), name)

    def refusals(self) -> dict[str, tuple[JoinRequest, ProblemCode]]:
        here = self.request("Ada").link
        stranger = Credentials(user="nobody", user_password="guessed")
        elsewhere = self._host.homeserver.url
        return {
            "wrong password": (JoinRequest(here, "Ada", stranger), ProblemCode.LOGIN_REFUSED),
            "wrong token": (JoinRequest(here, "Ada", Credentials(token="rubbish")), ProblemCode.TOKEN_REFUSED),
            "no such room": (self._elsewhere("!none:matrix.test"), ProblemCode.ROOM_NOT_FOUND),
            "no such name": (self._elsewhere("#none"), ProblemCode.ROOM_NOT_FOUND),
            "by invitation": (self._elsewhere(self._closed["invite"]), ProblemCode.ENTRY_DENIED),
            "no calls": (self._elsewhere(self._closed["no calls"]), ProblemCode.CALL_NOT_ALLOWED),
            "no configuration": (
                JoinRequest(_link(f"{elsewhere}/room/#tea"), "Ada"),
                ProblemCode.LINK_UNKNOWN_KIND,
            ),
            "nobody there": (JoinRequest(_link("http://127.0.0.1:9/room/#tea"), "Ada"), ProblemCode.HOST_UNREACHABLE),
            "no such host": (
                JoinRequest(_link("https://no-such-host.invalid/room/#tea"), "Ada"),
                ProblemCode.HOST_UNKNOWN,
            ),
        }

    async def remove(self, participant_id: str) -> None:
        body = {"user_id": participant_id.rpartition(":")[0]}
        path = f"/v3/rooms/{quote(self.room)}/kick"
        await asyncio.to_thread(self._host.homeserver.call, "POST", path, body, token=self._owner.token)

    async def empower(self, participant_id: str) -> None:
        """Let somebody put others out."""
        path = f"/v3/rooms/{quote(self.room)}/state/m.room.power_levels/"
        call, token = self._host.homeserver.call, self._owner.token
        levels = await asyncio.to_thread(call, "GET", path, token=token)
        levels["users"] = {**levels["users"], participant_id.rpartition(":")[0]: 50}
        await asyncio.to_thread(call, "PUT", path, levels, token=token)

    async def mute(self, participant_id: str, publication_id: str) -> None:
        media = {"identity": participant_id, "track_sid": publication_id, "muted": True}
        await asyncio.to_thread(
            self._host.livekit[ONE].api, "MutePublishedTrack", room=self._host.alias(self.room), **media
        )

    async def end(self) -> None:
        await asyncio.to_thread(self._host.livekit[ONE].api, "DeleteRoom", room=self._host.alias(self.room))

    async def crash(self) -> None:
        await asyncio.to_thread(self._host.livekit[ONE].kill)

    def _elsewhere(self, room: str) -> JoinRequest:
        text = self._host.link(room) if room.startswith("!") else f"{self._host.url}/room/{room}"
        return JoinRequest(_link(text), "Ada")


def closed_rooms(host: CallHost, owner: Registered) -> dict[str, str]:
    """Rooms that do not let everybody in, or not into a call."""
    return {
        "invite": host.room(owner, preset="private_chat"),
        "no calls": host.room(owner, power_level_content_override={}),
    }


def _link(text: str) -> MeetingLink:
    link = parse_link(text)
    assert link is not None
    return link.meeting

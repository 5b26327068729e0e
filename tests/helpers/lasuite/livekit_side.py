"""The server's side of LiveKit: tokens with its claims (`core/utils.py`), and the room service."""

from __future__ import annotations

import asyncio
import base64
import json
import time
import urllib.error
import uuid
from typing import Any

import jwt

from tests.helpers.lasuite.settings import SOURCES
from tests.helpers.lasuite.state import Room, User, colour
from tests.helpers.livekit_server import LiveKitServer

_LIFE_S = 6 * 3600


class LiveKitSide:
    """What the server does with LiveKit."""

    def __init__(self, livekit: LiveKitServer) -> None:
        self.livekit = livekit

    @property
    def url(self) -> str:
        """As the API tells it: http, not ws."""
        return self.livekit.url.replace("ws", "http", 1)

    def access(
        self, room: Room, user: User | None, name: str = "", *, identity: str = "", hue: str = ""
    ) -> dict[str, Any]:
        """The `livekit` of a room's answer: a token of this person's own."""
        sub = user.sub if user is not None else identity or str(uuid.uuid4())
        leads = room.leads(user)
        allowed = room.configuration.get("can_publish_sources")
        video = {
            "room": room.id,
            "roomJoin": True,
            "roomAdmin": leads,
            "canUpdateOwnMetadata": False,
            "canPublish": True,
            "canSubscribe": True,
            "canPublishData": True,
            "canPublishSources": SOURCES if leads or allowed is None else allowed,
        }
        attributes = {
            "color": hue or colour(sub),
            "room_role": room.role(user),
            "is_authenticated": str(user is not None).lower(),
        }
        shown = name or (user.full_name if user is not None else "Anonymous")
        claims = {"name": shown, "video": video, "attributes": attributes, "sub": sub}
        return {"url": self.url, "room": room.id, "token": self._sign(claims)}

    def trial(self) -> dict[str, Any]:
        """The `livekit` of the connection test: a room nobody else knows."""
        nowhere = Room("", "", id=f"connection-test-{uuid.uuid4()}")
        return {**self.access(nowhere, None), "expires_in": 300}

    def agent(self, room: Room, *, hidden: bool) -> str:
        """A token for the agent that writes subtitles."""
        grants = {
            "room": room.id,
            "roomJoin": True,
            "canPublish": True,
            "canPublishData": True,
            "agent": True,
            "hidden": hidden,
        }
        claims = {"sub": f"multi-user-transcriber-{room.id}", "kind": "agent", "video": grants}
        return self._sign(claims)

    def _sign(self, claims: dict[str, Any]) -> str:
        now = int(time.time())  # noqa: TID251 - the server looks at the wall clock
        times = {"iss": self.livekit.key, "nbf": now, "exp": now + _LIFE_S}
        return jwt.encode({**claims, **times}, self.livekit.secret, algorithm="HS256")

    def identity(self, token: str, room: Room) -> str | None:
        """Whose token this is, None unless it is good for this room."""
        try:
            claims = jwt.decode(token, self.livekit.secret, algorithms=["HS256"], options={"require": ["exp", "sub"]})
        except jwt.InvalidTokenError:
            return None
        fits = claims.get("video", {}).get("room") == room.id
        return str(claims["sub"]) if fits else None

    async def ask(self, method: str, room: Room, **body: Any) -> dict[str, Any] | None:
        """Call the room service; None where it knows no such room, person or track."""
        try:
            return await asyncio.to_thread(self.livekit.api, method, room=room.id, **body)
        except urllib.error.HTTPError as problem:
            problem.close()
            if problem.code in (404, 503):
                return None
            raise

    async def people(self, room: Room) -> list[dict[str, Any]]:
        """Who is in the room."""
        found = await self.ask("ListParticipants", room)
        people: list[dict[str, Any]] = (found or {}).get("participants", [])
        return people

    async def push_metadata(self, room: Room, **changes: Any) -> None:
        """Merge into the room's metadata; None takes a key away."""
        room.metadata = {key: value for key, value in {**room.metadata, **changes}.items() if value is not None}
        await self.ask("UpdateRoomMetadata", room, metadata=json.dumps(room.metadata))

    async def tell(self, room: Room, what: dict[str, Any]) -> None:
        """Data to everybody, from no one and with no topic."""
        data = base64.b64encode(json.dumps(what).encode()).decode()
        await self.ask("SendData", room, data=data, kind="RELIABLE")

"""What every view of the server needs."""

from __future__ import annotations

import asyncio
import itertools
import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.helpers.lasuite.accounts import Accounts
from tests.helpers.lasuite.agent import Agents
from tests.helpers.lasuite.answers import Body, RefusedError, detail
from tests.helpers.lasuite.livekit_side import LiveKitSide
from tests.helpers.lasuite.lobby import Lobby
from tests.helpers.lasuite.settings import Options
from tests.helpers.lasuite.state import Room, State, User
from visio_desktop.system.tasks import Tasks

PHRASE = "Bonjour, et merci d'être venus si nombreux."


@dataclass
class Parts:
    """The server's parts, one each."""

    options: Options
    state: State
    accounts: Accounts
    livekit: LiveKitSide
    lobby: Lobby
    agents: Agents
    tasks: Tasks

    def room(self, request: web.Request) -> Room:
        """The room of this path; raises `RefusedError` (404)."""
        room = self.state.find(request.match_info["key"])
        if room is None:
            raise detail(404, "No Room matches the given query.")
        return room

    def led(self, request: web.Request) -> tuple[Room, User]:
        """The room and who asks; raises `RefusedError` unless they lead it."""
        user = self.accounts.known(request)
        room = self.room(request)
        if not room.leads(user):
            raise RefusedError(403)
        return room, user

    def bearer(self, request: web.Request, room: Room) -> str | None:
        """The identity behind the LiveKit token of this request, None without one. Raises `RefusedError`."""
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        identity = self.livekit.identity(token, room)
        if identity is None:
            raise RefusedError(403)
        return identity

    async def say(self, room: Room, identity: str, text: str, *, line: str = "line", final: bool = True) -> None:
        """Have the agent write down words of somebody."""
        people = await self.livekit.people(room)
        tracks: list[dict[str, Any]] = next((p.get("tracks", []) for p in people if p["identity"] == identity), [])
        sid = next((track["sid"] for track in tracks if track.get("source") == "MICROPHONE"), "")
        words = {"identity": identity, "track": sid, "id": line, "text": text, "final": final}
        await self.agents.say(room.id, words)

    async def speak(self, room: Room) -> None:
        """Write down a stock phrase in everybody's name, word by word, again and again."""
        for number in itertools.count():
            for person in await self.livekit.people(room):
                line, said = f"{number}-{person['sid']}", ""
                for word in PHRASE.split():
                    said = f"{said} {word}".strip()
                    await self.say(room, person["identity"], said, line=line, final=said == PHRASE)
                    await asyncio.sleep(0.3)
            await asyncio.sleep(1)

    def present(self, request: web.Request) -> tuple[Room, str]:
        """The room and the identity that asks by its LiveKit token; raises `RefusedError` without one."""
        room = self.room(request)
        identity = self.bearer(request, room)
        if identity is None:
            raise detail(403, "Authentication credentials were not provided.")
        return room, identity


async def body(request: web.Request) -> Body:
    """The JSON object of this request; raises `RefusedError` (400). Nothing counts as an empty one."""
    raw = await request.read()
    try:
        found: Any = json.loads(raw) if raw else {}
    except ValueError:
        raise detail(400, "JSON parse error") from None
    return Body(found)


def plain(value: Any, status: int = 200) -> web.Response:
    """An answer of JSON."""
    return web.json_response(value, status=status)

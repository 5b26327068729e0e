"""A moderator's words to the signalling server, as Talk's web client says them."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from typing import Any

from aiohttp import ClientSession

from tests.helpers.talk.backend import INTERNAL_SECRET
from tests.helpers.talk.server import TalkServer


async def mute(server: TalkServer, peer: str) -> None:
    """Close somebody's microphone."""
    await say(server, "control", {"type": "control", "action": "forceMute", "peerId": peer})


async def say(server: TalkServer, kind: str, data: dict[str, Any]) -> None:
    """Say something to all in the room, as a service that the signalling server knows."""
    random = secrets.token_hex(32)
    token = hmac.new(INTERNAL_SECRET.encode(), random.encode(), hashlib.sha256).hexdigest()
    params = {"random": random, "token": token, "backend": server.url}
    room = server.nextcloud.room.token
    async with ClientSession() as session, session.ws_connect(f"http://127.0.0.1:{server.hpb.port}/spreed") as socket:
        for message in (
            {"type": "hello", "hello": {"version": "1.0", "auth": {"type": "internal", "params": params}}},
            {"type": "room", "room": {"roomid": room, "sessionid": secrets.token_hex(32)}},
            {"type": kind, kind: {"recipient": {"type": "room"}, "data": data}},
            {"type": "bye", "bye": {}},
        ):
            wanted = message["type"] if message["type"] in {"hello", "room", "bye"} else ""
            await socket.send_str(json.dumps({"id": secrets.token_hex(4), **message}))
            while wanted and (answer := await socket.receive_json(timeout=10))["type"] != wanted:
                assert answer["type"] != "error", answer

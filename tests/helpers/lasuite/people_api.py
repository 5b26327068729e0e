"""What is done to people in a room (`core/api/viewsets.py`, `core/services/participants_management.py`)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from tests.helpers.lasuite.answers import RefusedError, error, invalid
from tests.helpers.lasuite.parts import Parts, body, plain
from tests.helpers.lasuite.settings import SOURCES
from tests.helpers.lasuite.state import Room

_DONE = {"status": "success"}
_PERMISSIONS = (
    "can_subscribe",
    "can_publish",
    "can_publish_data",
    "can_publish_sources",
    "can_update_metadata",
    "can_subscribe_metrics",
)


class PeopleApi:
    """Hands, names, mutes, permissions, roles, removals."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def add_to(self, router: web.UrlDispatcher, root: str) -> None:
        """Its paths."""
        room = f"{root}/rooms/{{key}}"
        router.add_post(f"{room}/toggle-hand/", self.toggle_hand)
        router.add_post(f"{room}/rename/", self.rename)
        router.add_post(f"{room}/mute-participant/", self.mute)
        router.add_post(f"{room}/update-participant/", self.update)
        router.add_post(f"{room}/remove-participant/", self.remove)
        router.add_post(f"{room}/update-participant-role/", self.set_role)
        router.add_post(f"{room}/start-subtitle/", self.start_subtitle)

    async def toggle_hand(self, request: web.Request) -> web.Response:
        room, identity = self._parts.present(request)
        raised = (await body(request)).flag("raised")
        at = datetime.now(UTC).isoformat() if raised else ""
        await self._change(room, identity, attributes={"handRaisedAt": at})
        return plain(_DONE)

    async def rename(self, request: web.Request) -> web.Response:
        room, identity = self._parts.present(request)
        await self._change(room, identity, name=(await body(request)).text("name"))
        return plain(_DONE)

    async def mute(self, request: web.Request) -> web.Response:
        room = self._parts.room(request)
        # A token counts before a session.
        if self._parts.bearer(request, room) is not None:
            if room.configuration.get("everyone_can_mute") is False:
                raise RefusedError(403)
        else:
            self._parts.led(request)
        asked = await body(request)
        identity, sid = asked.text("participant_identity"), asked.text("track_sid")
        done = await self._parts.livekit.ask("MutePublishedTrack", room, identity=identity, track_sid=sid, muted=True)
        if done is None:
            raise error(404, "Participant not found")
        return plain(_DONE)

    async def update(self, request: web.Request) -> web.Response:
        room, _ = self._parts.led(request)
        asked = await body(request)
        identity = asked.text("participant_identity")
        changes = {key: asked.raw[key] for key in ("attributes", "metadata", "name") if asked.raw.get(key) is not None}
        permission = asked.raw.get("permission")
        if permission is not None:
            changes["permission"] = _permission(permission)
        if not changes:
            raise invalid(non_field_errors="At least one of the following fields must be provided")
        await self._change(room, identity, **changes)
        return plain(_DONE)

    async def remove(self, request: web.Request) -> web.Response:
        room, _ = self._parts.led(request)
        identity = (await body(request)).text("participant_identity")
        self._parts.lobby.forget(room, identity)
        if await self._parts.livekit.ask("RemoveParticipant", room, identity=identity) is None:
            raise error(404, "Participant not found")
        return plain(_DONE)

    async def set_role(self, request: web.Request) -> web.Response:
        room, user = self._parts.led(request)
        asked = await body(request)
        identity, role = asked.text("participant_identity"), asked.one_of("role", "member", "administrator")
        there = {person["identity"] for person in await self._parts.livekit.people(room)}
        target = self._parts.state.user(identity)
        if user.sub not in there:
            raise RefusedError(403)
        if identity not in there:
            raise error(404, "Participant not found")
        if target is None:
            raise error(404, "This participant has no user account and cannot be assigned a role.")
        if target is user or room.role(target) == "owner":
            raise RefusedError(403)
        room.set_role(identity, role)
        await self._change(room, identity, attributes={"room_role": role})
        return plain({"role": role, "livekit_synced": True})

    async def start_subtitle(self, request: web.Request) -> web.Response:
        if not self._parts.options.subtitles:
            raise RefusedError(404)
        room, _ = self._parts.present(request)
        # As the server's dispatch, this does not wait for the agent.
        self._parts.tasks.start(self._send_agent(room), name="agent")
        return plain(_DONE)

    async def _send_agent(self, room: Room) -> None:
        options, livekit = self._parts.options, self._parts.livekit
        token = livekit.agent(room, hidden=options.agent_hidden)
        if await self._parts.agents.join(room.id, livekit.url, token) and options.speaks:
            await self._parts.speak(room)

    async def _change(self, room: Room, identity: str, **changes: Any) -> None:
        # Without metadata the server writes `json.dumps(None)`.
        whole = {"metadata": "null", **changes}
        if await self._parts.livekit.ask("UpdateParticipant", room, identity=identity, **whole) is None:
            raise error(404, "Participant not found")


def _permission(asked: Any) -> dict[str, Any]:
    if not isinstance(asked, dict) or not set(asked) <= set(_PERMISSIONS):
        raise invalid(permission="Extra inputs are not permitted")
    sources = asked.get("can_publish_sources", [])
    if not isinstance(sources, list) or not set(sources) <= set(SOURCES):
        raise invalid(permission="not a source")
    return {**asked, "can_publish_sources": [source.upper() for source in sources]}

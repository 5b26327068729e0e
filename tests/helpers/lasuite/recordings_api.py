"""Recordings: begun, ended, listed, downloaded (`core/api/viewsets.py`, `core/recording/`)."""

from __future__ import annotations

import asyncio

from aiohttp import web

from tests.helpers.lasuite.answers import RefusedError, detail, error
from tests.helpers.lasuite.parts import Parts, body, plain
from tests.helpers.lasuite.rooms_api import paged
from tests.helpers.lasuite.state import LEADERS, Room, stamp

_MODES = ("screen_recording", "transcript")


class RecordingsApi:
    """Nothing is recorded: the states pass as they would, `Options.step_s` each."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def add_to(self, router: web.UrlDispatcher, root: str) -> None:
        """Its paths."""
        router.add_post(f"{root}/rooms/{{key}}/start-recording/", self.start)
        router.add_post(f"{root}/rooms/{{key}}/stop-recording/", self.stop)
        router.add_get(f"{root}/recordings/", self.list)
        router.add_get(f"{root}/recordings/{{id}}/", self.retrieve)
        router.add_delete(f"{root}/recordings/{{id}}/", self.delete)
        router.add_get("/media/recordings/{name}", self.media)

    async def start(self, request: web.Request) -> web.Response:
        options, state = self._parts.options, self._parts.state
        if options.recording == "off":
            raise RefusedError(404)
        room, _ = self._parts.led(request)
        asked = await body(request)
        mode, extra = asked.one_of("mode", *_MODES), asked.raw.get("options") or {}
        if room.recording:
            raise error(409, f"Recording already in progress for room {room.slug}")
        if options.recording == "no_egress":
            state.record(room, mode, status="failed_to_start", options=extra)
            raise error(502, f"Recording failed to start for room {room.slug}")
        room.recording = state.record(room, mode, status="initiated", options=extra)
        await self._parts.livekit.push_metadata(room, recording_mode=mode, recording_status="starting")
        self._parts.tasks.start(self._begin(room, room.recording), name="recording")
        return plain({"message": f"Recording successfully started for room {room.slug}"}, 201)

    async def _begin(self, room: Room, recording: str) -> None:
        await asyncio.sleep(self._parts.options.step_s)
        if room.recording == recording:
            self._set(recording, "active")
            await self._parts.livekit.push_metadata(room, recording_status="started")

    async def stop(self, request: web.Request) -> web.Response:
        room, _ = self._parts.led(request)
        if not room.recording:
            raise detail(404, "No active recording found for this room.")
        await self.end(room)
        return plain({"message": f"Recording stopped for room {room.slug}."})

    async def end(self, room: Room, *, failed: bool = False) -> None:
        """The recording of this room ends, whoever ended it."""
        recording, room.recording = room.recording, ""
        self._set(recording, "aborted" if failed else "stopped")
        await self._parts.livekit.push_metadata(room, recording_status="aborted" if failed else "saving")
        if not failed:
            self._parts.tasks.start(self._save(room, recording), name="saving")

    async def _save(self, room: Room, recording: str) -> None:
        await asyncio.sleep(self._parts.options.step_s)
        self._set(recording, "notification_succeeded")
        if not room.recording:
            await self._parts.livekit.push_metadata(room, recording_mode=None, recording_status=None)

    async def reach_limit(self, room: Room) -> None:
        """The longest time has passed."""
        kind = self._parts.state.recordings[room.recording]["mode"]
        notice = "screenRecordingLimitReached" if kind == "screen_recording" else "transcriptionLimitReached"
        await self.end(room)
        await self._parts.livekit.tell(room, {"type": notice})

    def _set(self, recording: str, status: str) -> None:
        if recording in self._parts.state.recordings:
            self._parts.state.recordings[recording].update(status=status, updated_at=stamp())

    async def list(self, request: web.Request) -> web.Response:
        user, state = self._parts.accounts.known(request), self._parts.state
        mine = [
            recording
            for recording in reversed(state.recordings.values())
            if (room := state.find(recording["room"]["id"])) is not None and room.role(user) in LEADERS
        ]
        return plain(paged(request, mine))

    async def retrieve(self, request: web.Request) -> web.Response:
        return plain(self._parts.state.recordings[self._mine(request, request.match_info["id"])])

    async def delete(self, request: web.Request) -> web.Response:
        del self._parts.state.recordings[self._mine(request, request.match_info["id"])]
        return web.Response(status=204)

    async def media(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        try:
            self._mine(request, name.partition(".")[0])
        except RefusedError:
            raise RefusedError(403) from None
        kind = "video/mp4" if name.endswith(".mp4") else "audio/ogg"
        return web.Response(body=self._parts.state.media.get(name, b""), content_type=kind)

    def _mine(self, request: web.Request, recording: str) -> str:
        user, state = self._parts.accounts.known(request), self._parts.state
        found = state.recordings.get(recording)
        room = state.find(found["room"]["id"]) if found is not None else None
        if room is None or not room.leads(user):
            raise detail(404, "No Recording matches the given query.")
        return recording

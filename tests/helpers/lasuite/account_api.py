"""Configuration, people's accounts, their pictures, the connection test."""

from __future__ import annotations

import uuid
from typing import Any

from aiohttp import web

from tests.helpers.lasuite.answers import RefusedError, detail
from tests.helpers.lasuite.parts import Parts, body, plain
from tests.helpers.lasuite.rooms_api import paged
from tests.helpers.lasuite.settings import config
from tests.helpers.lasuite.state import User, stamp

_WRITABLE = ("timezone", "language", "default_room_access_level", "default_room_configuration")
_ABILITIES = ("destroy", "hard_delete", "retrieve", "media_auth", "partial_update", "update", "upload_ended")


class AccountApi:
    """What belongs to no room."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def add_to(self, router: web.UrlDispatcher, root: str) -> None:
        """Its paths."""
        router.add_get(f"{root}/config/", self.config)
        router.add_get(f"{root}/users/me/", self.me)
        router.add_patch(f"{root}/users/{{id}}/", self.change)
        router.add_put(f"{root}/users/{{id}}/", self.change)
        router.add_get(f"{root}/resource-accesses/", self.accesses)
        router.add_get(f"{root}/files/", self.files)
        router.add_post(f"{root}/files/", self.add_file)
        router.add_post(f"{root}/diagnostics/connection/", self.diagnose)

    async def config(self, _: web.Request) -> web.Response:
        return plain(config(self._parts.options, self._parts.livekit.url))

    async def me(self, request: web.Request) -> web.Response:
        return plain(self._parts.accounts.known(request).told)

    async def change(self, request: web.Request) -> web.Response:
        user, asked = self._parts.accounts.known(request), await body(request)
        if request.match_info["id"] != user.id:
            raise RefusedError(403)
        for name in _WRITABLE:
            if name in asked.raw:
                setattr(user, name, asked.raw[name])
        return plain(user.told)

    async def accesses(self, request: web.Request) -> web.Response:
        user, state = self._parts.accounts.known(request), self._parts.state
        found = [
            {"id": access, "user": person.id, "resource": room.id, "role": role}
            for room in state.rooms.values()
            if room.leads(user)
            for sub, (access, role) in room.roles.items()
            if (person := state.user(sub)) is not None
        ]
        return plain(paged(request, found))

    async def files(self, request: web.Request) -> web.Response:
        user = self._parts.accounts.known(request)
        mine = [file for file in self._parts.state.files.values() if file["creator"]["id"] == user.id]
        return plain(paged(request, mine))

    async def add_file(self, request: web.Request) -> web.Response:
        user, asked = self._parts.accounts.known(request), await body(request)
        file = _file(user, asked.text("filename"), asked.one_of("type", "background_image"))
        self._parts.state.files[file["id"]] = file
        return plain({**file, "policy": f"{request.url.origin()}/storage/tmp-upload?signature=x"}, 201)

    async def diagnose(self, _: web.Request) -> web.Response:
        if not self._parts.options.diagnostics:
            raise detail(404, "Not found.")
        return plain({"livekit": self._parts.livekit.trial()})


def _file(user: User, filename: str, kind: str) -> dict[str, Any]:
    nothing = ("deleted_at", "hard_deleted_at", "mimetype", "size", "description", "url")
    return {
        "id": str(uuid.uuid4()),
        "created_at": stamp(),
        "updated_at": stamp(),
        "title": filename.rpartition(".")[0],
        "type": kind,
        "creator": {"id": user.id, "full_name": user.full_name, "short_name": user.short_name},
        "filename": filename,
        "upload_state": "pending",
        "abilities": dict.fromkeys(_ABILITIES, True),
        **dict.fromkeys(nothing),
    }

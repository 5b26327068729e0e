"""`/rooms/` and its lobby (`core/api/viewsets.py`: RoomViewSet)."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from tests.helpers.lasuite.answers import RefusedError, detail, invalid
from tests.helpers.lasuite.lobby import COOKIE
from tests.helpers.lasuite.parts import Parts, body, plain
from tests.helpers.lasuite.settings import SOURCES
from tests.helpers.lasuite.state import ACCESS_LEVELS, Room, User, slugify

_CONFIGURATION = ("can_publish_sources", "everyone_can_mute")
_LARGEST_PAGE = 100


class RoomsApi:
    """Rooms: looked at, made, changed, entered."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def add_to(self, router: web.UrlDispatcher, root: str) -> None:
        """Its paths."""
        router.add_get(f"{root}/rooms/", self.list)
        router.add_post(f"{root}/rooms/", self.create)
        router.add_post(f"{root}/rooms/creation-callback/", self.callback)
        router.add_get(f"{root}/rooms/{{key}}/", self.retrieve)
        router.add_patch(f"{root}/rooms/{{key}}/", self.change)
        router.add_put(f"{root}/rooms/{{key}}/", self.change)
        router.add_delete(f"{root}/rooms/{{key}}/", self.delete)
        router.add_post(f"{root}/rooms/{{key}}/request-entry/", self.request_entry)
        router.add_get(f"{root}/rooms/{{key}}/waiting-participants/", self.waiting)
        router.add_post(f"{root}/rooms/{{key}}/enter/", self.enter)
        router.add_post(f"{root}/rooms/{{key}}/invite/", self.invite)

    def told(self, room: Room, user: User | None, username: str) -> dict[str, Any]:
        """A room as this person may see it."""
        parts = self._parts
        answer: dict[str, Any] = {
            "id": room.id,
            "name": room.name,
            "slug": room.slug,
            "configuration": room.configuration,
            "access_level": room.access_level,
        }
        if self._may_enter(room, user):
            name = username if user is None or parts.options.edit_names else ""
            answer["livekit"] = parts.livekit.access(room, user, name)
            answer["pin_code"] = room.pin_code if parts.options.telephony else None
        if room.leads(user):
            answer["accesses"] = [
                {"id": access, "user": found.told, "resource": room.id, "role": role}
                for sub, (access, role) in room.roles.items()
                if (found := parts.state.user(sub)) is not None
            ]
        return answer

    @staticmethod
    def _may_enter(room: Room, user: User | None) -> bool:
        trusted = room.access_level == "trusted" and user is not None
        return room.access_level == "public" or trusted or room.role(user) is not None

    async def list(self, request: web.Request) -> web.Response:
        user = self._parts.accounts.user(request)
        rooms = [room for room in self._parts.state.rooms.values() if user is not None and room.role(user) is not None]
        return plain(paged(request, [self.told(room, user, "") for room in rooms]))

    async def retrieve(self, request: web.Request) -> web.Response:
        user, key = self._parts.accounts.user(request), request.match_info["key"]
        username = request.query.get("username", "")
        if self._parts.state.find(key) is None and self._parts.options.unregistered_rooms:
            room = Room(key, key, id=key)
            return plain({"id": None, "slug": key, "livekit": self._parts.livekit.access(room, user, username)})
        return plain(self.told(self._parts.room(request), user, username))

    async def create(self, request: web.Request) -> web.Response:
        user, asked = self._parts.accounts.known(request), await body(request)
        name = asked.text("name")
        if self._parts.state.find(slugify(name)) is not None:
            raise invalid(slug="Room with this Slug already exists.")
        level, configuration = self._settings(asked.raw)
        room = self._parts.state.room(name, access_level=level or user.default_room_access_level or "public")
        room.roles.clear()
        room.set_role(user.sub, "owner")
        room.configuration = configuration if configuration is not None else dict(user.default_room_configuration)
        if "callback_id" in asked.raw:
            self._parts.state.callbacks[asked.text("callback_id")] = room.slug
        return plain(self.told(room, user, request.query.get("username", "")), 201)

    async def callback(self, request: web.Request) -> web.Response:
        slug = self._parts.state.callbacks.pop((await body(request)).text("callback_id"), "")
        return plain({"status": "success", "room": {"slug": slug} if slug else {}})

    async def change(self, request: web.Request) -> web.Response:
        room, user = self._parts.led(request)
        asked = await body(request)
        level, configuration = self._settings(asked.raw)
        room.name = asked.text("name") if "name" in asked.raw else room.name
        room.access_level = level or room.access_level
        room.configuration = configuration if configuration is not None else room.configuration
        changes = {"configuration": room.configuration, "access_level": room.access_level}
        await self._parts.livekit.push_metadata(room, **changes)
        return plain(self.told(room, user, ""))

    async def delete(self, request: web.Request) -> web.Response:
        room, user = self._parts.led(request)
        if room.role(user) != "owner":
            raise RefusedError(403)
        del self._parts.state.rooms[room.id]
        return web.Response(status=204)

    @staticmethod
    def _settings(asked: dict[str, Any]) -> tuple[str | None, dict[str, Any] | None]:
        level, configuration = asked.get("access_level"), asked.get("configuration")
        if level is not None and level not in ACCESS_LEVELS:
            raise invalid(access_level=f'"{level}" is not a valid choice.')
        for name, value in (configuration or {}).items():
            if name not in _CONFIGURATION:
                problem = {"type": "extra_forbidden", "loc": [name], "msg": "Extra inputs are not permitted"}
                about = {"input": str(value), "url": "https://errors.pydantic.dev/2.13/v/extra_forbidden"}
                raise RefusedError(400, {"configuration": [{**problem, **about}]})
        sources = (configuration or {}).get("can_publish_sources")
        if sources is not None and not set(sources) <= set(SOURCES):
            raise invalid(configuration="not a source")
        return level, configuration

    async def request_entry(self, request: web.Request) -> web.Response:
        parts = self._parts
        user, room = self._visitor(request), parts.room(request)
        username = (await body(request)).text("username", longest=100)
        person = request.cookies.get(COOKIE, "")
        if person and parts.lobby.is_throttled(person):
            again = {"Retry-After": "60"}
            said = {"detail": "Request was throttled. Expected available in 60 seconds."}
            raise RefusedError(429, said, again)
        slot = parts.lobby.slot(room, person)
        if slot is None:
            slot = parts.lobby.newcomer(person, username)
            if not self._may_enter(room, user):
                parts.lobby.wait(room, slot)
                parts.tasks.start(parts.livekit.tell(room, {"type": "participantWaiting"}), name="waiting")
        elif slot.status == "waiting":
            parts.lobby.wait(room, slot)
        access = None
        if self._may_enter(room, user):
            slot.status = "accepted"
        if slot.status == "accepted":
            access = parts.livekit.access(room, user, username, identity=slot.id, hue=slot.color)
        answer = plain({**slot.told, "livekit": access})
        answer.set_cookie(COOKIE, slot.id, httponly=True, samesite="Lax", secure=True)
        return answer

    def _visitor(self, request: web.Request) -> User | None:
        # Asking to enter is exempt from the CSRF token: it was answered with a session and without one.
        session = self._parts.accounts.session(request)
        return self._parts.state.user(session.sub) if session is not None else None

    async def waiting(self, request: web.Request) -> web.Response:
        room, _ = self._parts.led(request)
        return plain({"participants": [slot.told for slot in self._parts.lobby.waiting(room)]})

    async def enter(self, request: web.Request) -> web.Response:
        room, _ = self._parts.led(request)
        asked = await body(request)
        if room.access_level == "public":
            raise RefusedError(404, {"message": "Room has no lobby system."})
        slot = self._parts.lobby.slot(room, asked.text("participant_id"))
        allowed = asked.flag("allow_entry")
        if slot is None:
            raise RefusedError(404, {"message": "Participant not found."})
        self._parts.lobby.decide(room, slot, allowed=allowed)
        return plain({"message": "Participant was updated."})

    async def invite(self, request: web.Request) -> web.Response:
        self._parts.led(request)
        emails = (await body(request)).raw.get("emails")
        if not isinstance(emails, list) or not emails or not all(isinstance(e, str) and "@" in e for e in emails):
            raise invalid(emails="Enter a valid email address.")
        self._parts.state.invited += emails
        return plain({"status": "success", "message": "invitations sent"})


def paged(request: web.Request, results: list[Any]) -> dict[str, Any]:
    """One page of a list, as Django REST framework pages it."""
    try:
        page = int(request.query.get("page", "1"))
        size = min(max(1, int(request.query.get("page_size", "20"))), _LARGEST_PAGE)
    except ValueError:
        raise detail(404, "Invalid page.") from None
    begin = (page - 1) * size
    if page < 1 or (begin >= len(results) and page > 1):
        raise detail(404, "Invalid page.")
    links = {"next": None if begin + size >= len(results) else page + 1, "previous": page - 1 or None}
    urls = {name: number and str(request.url.with_query(page=number, page_size=size)) for name, number in links.items()}
    return {"count": len(results), **urls, "results": results[begin : begin + size]}

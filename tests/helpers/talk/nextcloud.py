"""Nextcloud itself: OCS over HTTP with cookies (Talk's docs: conversation, participant, call, chat, webinar)."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import jwt
from aiohttp import WSMsgType, web
from aiohttp.client import ClientSession
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.helpers.talk.backend import Backend
from tests.helpers.talk.logins import LoginFlow
from tests.helpers.talk.state import (
    IN_CALL,
    Attendee,
    Conversation,
    Seat,
    Visitor,
    listed,
    signalling_permissions,
    told,
)
from visio_desktop.system.tasks import Tasks

OCS = "/ocs/v2.php"
SPREED = f"{OCS}/apps/spreed/api"
SIGNALLING = "/standalone-signaling"
_COOKIE, _PASSPHRASE = "oc8v4talk", "oc_sessionPassphrase"
_LONGEST_CHAT = 32_000
FEATURES = [
    "chat-v2",
    "conversation-v4",
    "signaling-v3",
    "raise-hand",
    "force-mute",
    "recording-consent",
    "webinary-lobby",
]

type Handler = Callable[[web.Request, Visitor], Awaitable[web.Response]]


def ocs(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """An answer in OCS' wrapping."""
    meta = {"status": "ok" if status < 400 else "failure", "statuscode": status, "message": "OK"}
    return web.json_response({"ocs": {"meta": meta, "data": data}}, status=status, headers=headers)


class Nextcloud:
    """One server with one conversation. `modes` changes what it is like, `asked` is what it was asked."""

    def __init__(self, hpb_port: int, url: str) -> None:
        self.room = Conversation()
        self.mode = "external"
        self.hello: tuple[str, ...] = ("1.0", "2.0")
        self.server: str | None = None
        self.asked: list[str] = []
        self.logins = LoginFlow()
        self._visitors: dict[str, Visitor] = {}
        self.backend = Backend(self.room, self._visitors, hpb_port, url)
        self._hpb_port = hpb_port
        self._posted = asyncio.Event()
        self._sessions: dict[str, str] = {}
        self._sockets: set[web.WebSocketResponse] = set()
        self._key = ec.generate_private_key(ec.SECP256R1())

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Answer requests."""
        room, call, chat = f"{SPREED}/v4/room/{{token}}", f"{SPREED}/v4/call/{{token}}", f"{SPREED}/v1/chat/{{token}}"
        routes: dict[tuple[str, str], Handler] = {
            ("GET", room): self._get_room,
            ("POST", f"{room}/participants/active"): self._enter,
            ("DELETE", f"{room}/participants/active"): self._leave,
            ("GET", f"{room}/participants"): self._participants,
            ("DELETE", f"{room}/attendees"): self._remove,
            ("PUT", f"{room}/attendees/permissions"): self._permit,
            ("PUT", f"{room}/webinar/lobby"): self._lobby,
            ("POST", f"{SPREED}/v1/guest/{{token}}/name"): self._name,
            ("GET", call): self._in_call,
            ("POST", call): self._join_call,
            ("PUT", call): self._join_call,
            ("DELETE", call): self._leave_call,
            ("GET", chat): self._read_chat,
            ("POST", chat): self._write_chat,
            ("GET", f"{SPREED}/v3/signaling/settings"): self._settings,
        }
        for (method, path), handler in routes.items():
            router.add_route(method, path, self._visited(handler))
            router.add_route(method, f"/index.php{path}", self._visited(handler))
        self.logins.add_to(router)
        router.add_get(f"{OCS}/cloud/capabilities", self._capabilities)
        router.add_post(f"{SPREED}/v3/signaling/backend", self._backend)
        router.add_get(f"{SIGNALLING}/spreed", self._proxy)

    # ---- what a test does

    def seat_of(self, signalling_session: str) -> Seat:
        """Somebody by their session at the signalling server, which the server told of when they entered."""
        return self.room.seats[self._sessions[signalling_session]]

    async def remove(self, attendee: Attendee) -> None:
        """Put somebody out, as a moderator does."""
        seats = [seat for seat in self.room.seats.values() if seat.attendee is attendee]
        for seat in seats:
            self.room.rise(seat)
        self.room.attendees.pop(attendee.number, None)
        users = [attendee.actor_id] if attendee.actor_type == "users" else []
        sessions = [seat.id for seat in seats]
        await self.backend.tell("disinvite", userids=users, sessionids=sessions, alluserids=[], properties={})
        await self.backend.tell_of_call(*seats)

    async def end_for_all(self) -> None:
        """A moderator ends the call."""
        for seat in self.room.seats.values():
            seat.flags = 0
        await self.backend.tell("incall", incall=0, all=True)

    async def delete_room(self) -> None:
        """The conversation is deleted."""
        self.room.is_gone = True
        await self.backend.tell("delete", userids=[])

    async def open_lobby(self, *, closed: bool = False) -> None:
        """Let everybody in, or from now on nobody."""
        self.room.lobby = closed
        await self.backend.tell("update", userids=[], properties={"lobby-state": int(closed)})

    async def cut(self) -> None:
        """Every WebSocket breaks; the signalling server goes on."""
        for socket in list(self._sockets):
            await socket.close(code=1011)

    async def record(self, status: int) -> None:
        """A recording begins, or ends."""
        await self.backend.tell("message", data={"type": "recording", "recording": {"status": status}})

    async def post(self, attendee: Attendee, text: str) -> dict[str, Any]:
        """Somebody writes into the chat."""
        line = self.room.say(attendee, text, "")
        await self._chat_grew()
        return line

    async def change(self, seat: Seat, *, permissions: int | None = None, kind: int | None = None) -> None:
        """Change what somebody may do."""
        seat.attendee.permissions = seat.attendee.permissions if permissions is None else permissions
        seat.attendee.kind = seat.attendee.kind if kind is None else kind
        changed = [{**listed(seat), "permissions": signalling_permissions(seat.attendee)}]
        everybody = [listed(each) for each in self.room.seats.values()]
        await self.backend.tell("participants", changed=changed, users=everybody)

    # ---- who asks

    def _visited(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def visited(request: web.Request) -> web.Response:
            self.asked.append(f"{request.method} {request.path.removeprefix('/index.php').removeprefix(SPREED)}")
            if request.headers.get("OCS-APIRequest") != "true":
                return ocs([], 412)
            token = request.match_info.get("token", self.room.token)
            if token != self.room.token or self.room.is_gone:
                return ocs([], 404)
            key = request.cookies.get(_COOKIE, "")
            visitor = self._visitors.get(key)
            if visitor is None:
                key = secrets.token_hex(16)
                visitor = self._visitors[key] = Visitor()
            account = self.logins.who(request)
            if isinstance(account, web.Response):
                return account
            visitor.account = account or visitor.account
            response = await handler(request, visitor)
            response.set_cookie(_COOKIE, key, httponly=True, samesite="Lax")
            response.set_cookie(_PASSPHRASE, "of-no-use", httponly=True)
            return response

        return visited

    # ---- the conversation

    async def _capabilities(self, _: web.Request) -> web.Response:
        pem = self._key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        config = {
            "call": {
                "enabled": True,
                "recording-consent": 2,
                "supported-reactions": ["❤️", "🎉", "👏", "👍", "👎", "😂", "🤩", "🤔", "😲", "😥"],
            },
            "chat": {"max-length": _LONGEST_CHAT},
            "signaling": {"session-ping-limit": 200, "hello-v2-token-key": pem.decode()},
        }
        spreed = {"features": FEATURES, "config": config, "version": "18.0.0"}
        return ocs({"version": {"major": 28}, "capabilities": {"spreed": spreed}})

    async def _get_room(self, _: web.Request, visitor: Visitor) -> web.Response:
        return ocs(told(self.room, visitor.seat))

    async def _enter(self, request: web.Request, visitor: Visitor) -> web.Response:
        body = await _json(request)
        if self.room.password and visitor.account is None and body.get("password", "") != self.room.password:
            return ocs([], 403)
        if visitor.seat is not None:
            self.room.rise(visitor.seat)
        visitor.seat = self.room.sit(self.room.attend(visitor.account))
        return ocs(told(self.room, visitor.seat))

    async def _leave(self, _: web.Request, visitor: Visitor) -> web.Response:
        if visitor.seat is not None:
            self.room.rise(visitor.seat)
            if visitor.seat.flags:
                visitor.seat.flags = 0
                await self.backend.tell_of_call(visitor.seat)
            visitor.seat = None
        return ocs([])

    async def _name(self, request: web.Request, visitor: Visitor) -> web.Response:
        if visitor.account is not None or visitor.seat is None:
            return ocs([], 403)
        visitor.seat.attendee.name = str((await _json(request)).get("displayName", ""))[:64]
        return ocs([])

    async def _participants(self, _: web.Request, visitor: Visitor) -> web.Response:
        if visitor.seat is None or not visitor.seat.attendee.moderates:
            return ocs([], 403)
        seats = list(self.room.seats.values())
        return ocs(
            [
                {
                    "attendeeId": each.number,
                    "actorType": each.actor_type,
                    "actorId": each.actor_id,
                    "displayName": each.name,
                    "participantType": each.kind,
                    "permissions": each.permissions,
                    "sessionIds": [seat.id for seat in seats if seat.attendee is each],
                }
                for each in self.room.attendees.values()
            ]
        )

    async def _remove(self, request: web.Request, visitor: Visitor) -> web.Response:
        body = {**request.query, **await _json(request)}
        attendee = self.room.attendees.get(int(body.get("attendeeId", 0)))
        if visitor.seat is None or not visitor.seat.attendee.moderates:
            return ocs([], 403)
        if attendee is None:
            return ocs([], 404)
        await self.remove(attendee)
        return ocs([])

    async def _permit(self, request: web.Request, visitor: Visitor) -> web.Response:
        body = await _json(request)
        attendee = self.room.attendees.get(int(body.get("attendeeId", 0)))
        if visitor.seat is None or not visitor.seat.attendee.moderates:
            return ocs([], 403)
        if attendee is None:
            return ocs([], 404)
        attendee.permissions |= int(body["permissions"])
        return ocs([])

    async def _lobby(self, request: web.Request, visitor: Visitor) -> web.Response:
        if visitor.seat is None or not visitor.seat.attendee.moderates:
            return ocs([], 403)
        await self.open_lobby(closed=bool((await _json(request)).get("state")))
        return ocs(told(self.room, visitor.seat))

    def _waits(self, visitor: Visitor) -> bool:
        attendee = visitor.seat.attendee if visitor.seat is not None else None
        return self.room.lobby and (attendee is None or not (attendee.moderates or attendee.permissions & 8))

    # ---- the call

    async def _settings(self, request: web.Request, visitor: Visitor) -> web.Response:
        here = f"http://{request.host}"
        account = visitor.account
        now = int(time.time())  # noqa: TID251 - the signalling server looks at the wall clock
        claims: dict[str, Any] = {"iss": here, "iat": now - 5, "exp": now + 60}
        if account is not None:
            claims |= {"sub": account.id, "userdata": {"displayname": account.name}}
        params = {
            "1.0": {"userid": account.id if account else None, "ticket": visitor.ticket},
            "2.0": {"token": jwt.encode(claims, self._key, algorithm="ES256")},
        }
        return ocs(
            {
                "signalingMode": self.mode,
                "userId": account.id if account else None,
                "hideWarning": False,
                "server": "" if self.mode == "internal" else self.server or f"{here}{SIGNALLING}",
                "ticket": visitor.ticket,
                "helloAuthParams": {version: params[version] for version in self.hello},
                "stunservers": [],
                "turnservers": [],
                "sipDialinInfo": "",
            }
        )

    async def _in_call(self, _: web.Request, visitor: Visitor) -> web.Response:
        if visitor.seat is None:
            return ocs([], 404)
        return ocs(
            [
                {
                    "actorType": seat.attendee.actor_type,
                    "actorId": seat.attendee.actor_id,
                    "displayName": seat.attendee.name,
                    "token": self.room.token,
                    "lastPing": 0,
                    "sessionId": seat.id,
                }
                for seat in self.room.seats.values()
                if seat.flags & IN_CALL
            ]
        )

    async def _join_call(self, request: web.Request, visitor: Visitor) -> web.Response:
        if visitor.seat is None:
            return ocs([], 404)
        if self._waits(visitor):
            return ocs([], 412)
        body = await _json(request)
        if request.method == "POST" and self.room.consent and body.get("recordingConsent") is not True:
            return ocs({"error": "consent"}, 400)
        visitor.seat.flags = int(body.get("flags", 7)) | IN_CALL
        await self.backend.tell_of_call(visitor.seat)
        return ocs([])

    async def _leave_call(self, request: web.Request, visitor: Visitor) -> web.Response:
        if visitor.seat is None:
            return ocs([], 404)
        body = {**request.query, **await _json(request)}
        if body.get("all") in (True, "1", "true") and visitor.seat.attendee.moderates:
            await self.end_for_all()
        elif visitor.seat.flags:
            visitor.seat.flags = 0
            await self.backend.tell_of_call(visitor.seat)
        return ocs([])

    # ---- the chat

    async def _read_chat(self, request: web.Request, visitor: Visitor) -> web.Response:
        if visitor.seat is None or self._waits(visitor):
            return ocs([], 404 if visitor.seat is None else 412)
        last, limit = int(request.query.get("lastKnownMessageId", 0)), int(request.query.get("limit", 100))
        if request.query.get("lookIntoFuture") != "1":
            found = [line for line in reversed(self.room.messages) if not last or line["id"] < last][:limit]
        else:
            found = [line for line in self.room.messages if line["id"] > last][:limit]
            if not found and int(request.query.get("timeout", 30)):
                try:
                    await asyncio.wait_for(self._posted.wait(), int(request.query.get("timeout", 30)))
                except TimeoutError:
                    return web.Response(status=304)
                found = [line for line in self.room.messages if line["id"] > last][:limit]
        if not found:
            return web.Response(status=304)
        return ocs(found, headers={"X-Chat-Last-Given": str(found[-1]["id"])})

    async def _write_chat(self, request: web.Request, visitor: Visitor) -> web.Response:
        if visitor.seat is None or self._waits(visitor):
            return ocs([], 404 if visitor.seat is None else 412)
        body = await _json(request)
        text = str(body.get("message", ""))
        if not text.strip():
            return ocs([], 400)
        if len(text) > _LONGEST_CHAT:
            return ocs([], 413)
        line = self.room.say(visitor.seat.attendee, text, str(body.get("referenceId", "")))
        await self._chat_grew()
        return ocs(line, 201)

    async def _chat_grew(self) -> None:
        self._posted.set()
        self._posted.clear()
        await self.backend.tell("message", data={"type": "chat", "chat": {"refresh": True}})

    # ---- the signalling server

    async def _backend(self, request: web.Request) -> web.Response:
        return ocs(await self.backend.answer(request))

    async def _proxy(self, request: web.Request) -> web.StreamResponse:
        """What a web server in front of both does with `/standalone-signaling/`."""
        async with ClientSession() as session:
            try:
                behind = await session.ws_connect(f"http://127.0.0.1:{self._hpb_port}/spreed", max_msg_size=0)
            except OSError:
                return web.Response(status=502)
            before = web.WebSocketResponse(max_msg_size=0)
            await before.prepare(request)
            self._sockets.add(before)

            known = {"signalling": "", "nextcloud": ""}

            def note(said: dict[str, Any]) -> None:
                match said:
                    case {"type": "hello", "hello": {"sessionid": session}}:
                        known["signalling"] = session
                    case {"type": "room", "room": {"sessionid": session}}:
                        known["nextcloud"] = session
                if all(known.values()):
                    self._sessions[known["signalling"]] = known["nextcloud"]

            async def pass_on(source: Any, target: Any) -> None:
                async for message in source:
                    if message.type is WSMsgType.TEXT:
                        note(json.loads(message.data))
                        with suppress(ConnectionError):
                            await target.send_str(message.data)
                await target.close()

            both = Tasks("proxy")
            try:
                forth = both.start(pass_on(before, behind), name="forth")
                back = both.start(pass_on(behind, before), name="back")
                await asyncio.wait((forth, back), return_when=asyncio.FIRST_COMPLETED)
            finally:
                self._sockets.discard(before)
                await both.close()
            return before


async def _json(request: web.Request) -> dict[str, Any]:
    body = await request.read()
    found = json.loads(body) if body else {}
    return found if isinstance(found, dict) else {}

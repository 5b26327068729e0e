"""One connection to `galene_peer`, as its server sees it (`rtpconn/webclient.go`)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.helpers.galene_group import Group
from tests.helpers.galene_media import Down, Track, Up, chosen
from visio_desktop.rtc import RtcError

if TYPE_CHECKING:
    from tests.helpers.galene_peer import GalenePeer

PUSH_AFTER_S = 0.02
"""Galene waits 0.2 s for more tracks."""


class HungUp(Exception):  # noqa: N818 - reads as a finding
    """The server ends a connection, saying this before."""

    def __init__(self, kind: str = "", text: str = "", username: str = "") -> None:
        super().__init__(text)
        self.said = {"kind": kind, "value": text, "privileged": True, **({"username": username} if username else {})}


class Client:
    """One connection; what it says and what happens to it is dealt with one after the other."""

    def __init__(self, server: GalenePeer, socket: web.WebSocketResponse) -> None:
        self._server = server
        self.socket = socket
        self.id = ""
        self.username = ""
        self.permissions: list[str] = []
        self.data: dict[str, Any] = {}
        self.group: Group | None = None
        self.requested: dict[str, list[str]] = {}
        self.ups: dict[str, Up] = {}
        self.downs: dict[str, Down] = {}
        self.said: list[dict[str, Any]] = []
        self._work: asyncio.Queue[Callable[[], Awaitable[None]]] = asyncio.Queue()

    async def say(self, what: str, /, **fields: Any) -> None:
        """Tell it something."""
        if not self.socket.closed:
            with suppress(ConnectionError):
                await self.socket.send_str(json.dumps({"type": what, **fields}))

    def act(self, action: Callable[[], Awaitable[None]]) -> None:
        """Do this when it is its turn."""
        self._work.put_nowait(action)

    async def run(self) -> None:
        """Until it is hung up on."""
        try:
            while True:
                await (await self._work.get())()
        except HungUp as end:
            if end.said["kind"]:
                await self.say("usermessage", dest=self.id, **end.said)
        finally:
            await self.socket.close()

    async def hear(self, told: dict[str, Any]) -> None:
        """What it says."""
        self.said.append(told)
        if told.get("source", self.id) != self.id:
            raise HungUp("error", "spoofed client id")
        if told["type"] != "join" and told.get("username", self.username) != self.username:
            raise HungUp("error", "spoofed username")
        what = getattr(self, f"_{told['type']}", None)
        if what is None:
            raise HungUp("error", "unexpected message")
        await what(told)

    # ---- coming and going

    async def _handshake(self, told: dict[str, Any]) -> None:
        self.id = told["id"]
        await self.say("handshake", version=["2"])

    async def _ping(self, _: dict[str, Any]) -> None:
        await self.say("pong")

    async def _pong(self, _: dict[str, Any]) -> None:
        pass

    async def _join(self, told: dict[str, Any]) -> None:
        if told["kind"] == "leave":
            await self.leave()
            return
        group = self._server.groups.get(told["group"]) or Group("", anybody=None)
        if group.status.get("redirect"):
            await self.say("joined", kind="redirect", group=told["group"], value=group.status["redirect"])
            return
        try:
            self.username, self.permissions = group.enter(told)
        except ValueError as no:
            error, words = no.args
            more = {"error": error} if error else {}
            await self.say("joined", kind="fail", group=told["group"], username="", value=words, **more)
            return
        self.data = dict(told.get("data") or {})
        before = list(group.clients.values())
        self.group = group
        group.clients[self.id] = self
        await self._joined("join")
        for line in group.history:
            await self.say("chathistory", **line)
        await self.say("user", kind="add", **self.card())
        for other in before:
            await self.say("user", kind="add", **other.card())
            other.act(partial(other.say, "user", kind="add", **self.card()))

    async def _joined(self, kind: str) -> None:
        assert self.group is not None
        await self.say(
            "joined",
            kind=kind,
            group=self.group.name,
            username=self.username,
            permissions=list(self.permissions),
            status=self.group.told(),
            rtcConfiguration=self.group.configuration,
        )

    def card(self) -> dict[str, Any]:
        """What the others are told of it."""
        return {
            "id": self.id,
            "username": self.username,
            "permissions": list(self.permissions),
            "data": dict(self.data),
        }

    async def leave(self) -> None:
        """It is gone with all it had."""
        group, self.group = self.group, None
        if group is None:
            return
        del group.clients[self.id]
        for up in list(self.ups.values()):
            await self._end_up(up, group)
        for down in list(self.downs.values()):
            await down.close()
        self.downs = {}
        for other in group.clients.values():
            other.act(partial(other.say, "user", kind="delete", id=self.id, username=self.username))

    # ---- streams

    async def _request(self, told: dict[str, Any]) -> None:
        self.requested = told["request"]
        self._have_pushed("")

    async def _requestStream(self, told: dict[str, Any]) -> None:  # noqa: N802 - the protocol's word
        down = self.downs.get(told["id"])
        if down is None:
            raise HungUp
        down.requested = list(told["request"])
        self._have_pushed(down.id)

    def _have_pushed(self, stream_id: str) -> None:
        assert self.group is not None
        for other in self.group.others(self):
            for up in other.ups.values():
                if stream_id in {"", up.id}:
                    self.act(partial(self.push, up.id, up, other, ""))

    async def _offer(self, told: dict[str, Any]) -> None:
        assert self.group is not None
        before = self.ups.get(told.get("replace", ""))
        if "present" not in self.permissions:
            if before is not None:
                await self._end_up(before, self.group)
            await self.say("abort", id=told["id"])
            await self.say("usermessage", kind="error", dest=self.id, privileged=True, value="not authorised")
            return
        up = self.ups.get(told["id"])
        if up is None:
            up = self.ups[told["id"]] = Up(told["id"], told["label"], partial(self._pushed_soon, told["id"]))
        if before is not None:
            up.replace = before.id
            del self.ups[before.id]
            await before.peer.close()
        if self._server.refuses:
            await self.say("abort", id=up.id)
            return
        try:
            await up.answer(told["sdp"], self.say)
        except RtcError as error:
            await self.say("abort", id=up.id)
            await self.say("usermessage", kind="error", dest=self.id, privileged=True, value=str(error))

    def _pushed_soon(self, stream_id: str) -> None:
        async def later() -> None:
            await asyncio.sleep(PUSH_AFTER_S)
            up = self.ups.get(stream_id)
            if self.group is not None and up is not None:
                replace, up.replace = up.replace, ""
                for other in self.group.others(self):
                    other.act(partial(other.push, up.id, up, self, replace))

        self._server.tasks.start(later(), name="push")

    async def push(self, stream_id: str, up: Up | None, source: Client | None, replace: str) -> None:
        """Somebody's stream is otherwise than before, or no more (`webclient.go`, `pushDownConn`)."""
        tracks: list[Track] = []
        if up is not None:
            old = self.downs.get(replace or up.id)
            asked = old.requested if old is not None else None
            asked = self.requested.get(up.label, self.requested.get("", [])) if asked is None else asked
            tracks = chosen(asked, up.tracks)
        before = self.downs.pop(replace, None) if replace else None
        if before is not None:
            await before.close()
        if not tracks or up is None or source is None or source.ups.get(up.id) is not up:
            for gone in {stream_id, replace} - {""}:
                await self._close_down(gone)
            return
        down = self.downs.get(up.id)
        if down is None:
            down = self.downs[up.id] = Down(up, source.id, source.username)
        await down.carry(tracks, self.say, replace)

    async def _answer(self, told: dict[str, Any]) -> None:
        """What cannot be answered is closed, and whoever gave such an answer is told so in the chat (`gotAnswer`)."""
        down = self.downs.get(told["id"])
        if down is None:
            await self._close_down(told["id"])
            return
        try:
            await down.answered(told["sdp"], self.say)
        except RtcError:
            await self._close_down(told["id"])
            await self._no("negotiation failed")

    async def _ice(self, told: dict[str, Any]) -> None:
        connection = self.ups.get(told["id"]) or self.downs.get(told["id"])
        candidate = told["candidate"]
        if connection is not None and candidate["candidate"]:
            await connection.peer.add_candidate(candidate["candidate"].removeprefix("candidate:"), candidate["sdpMid"])

    async def _abort(self, told: dict[str, Any]) -> None:
        await self._close_down(told["id"])

    async def _close(self, told: dict[str, Any]) -> None:
        up = self.ups.get(told["id"])
        if up is not None and self.group is not None:
            await self._end_up(up, self.group)

    async def _renegotiate(self, told: dict[str, Any]) -> None:
        down = self.downs.get(told["id"])
        if down is not None:
            await down.offer(self.say)

    async def _close_down(self, stream_id: str) -> None:
        down = self.downs.pop(stream_id, None)
        if down is not None:
            await down.close()
        await self.say("close", id=stream_id)

    async def _end_up(self, up: Up, group: Group) -> None:
        self.ups.pop(up.id, None)
        await up.peer.close()
        for other in group.others(self):
            other.act(partial(other.push, up.id, None, None, up.replace))

    # ---- words

    async def _chat(self, told: dict[str, Any]) -> None:
        await self._spread(told)

    async def _usermessage(self, told: dict[str, Any]) -> None:
        await self._spread(told)

    async def _spread(self, told: dict[str, Any]) -> None:
        required = "caption" if told["type"] == "chat" and told.get("kind") == "caption" else "message"
        if required not in self.permissions:
            await self._no("not authorised")
            return
        assert self.group is not None
        line = {**told, "privileged": "op" in self.permissions, "time": datetime.now(UTC).isoformat(timespec="seconds")}
        what = line.pop("type")
        dest, quiet = line.get("dest", ""), line.pop("noecho", False)
        if what == "chat" and not dest:
            line["id"] = line.get("id") or f"line{len(self.group.history)}"
            self.group.history.append(
                {k: line[k] for k in ("id", "source", "username", "time", "kind", "value") if k in line}
            )
        hearers = [self.group.clients.get(dest)] if dest else [*self.group.others(self), *([] if quiet else [self])]
        for hearer in hearers:
            if hearer is None:
                await self._no("user unknown")
            else:
                await hearer.say(what, **line)

    async def _no(self, words: str) -> None:
        await self.say("usermessage", kind="error", dest=self.id, privileged=True, value=words)

    async def _groupaction(self, told: dict[str, Any]) -> None:
        assert self.group is not None
        kind = told["kind"]
        if ("record" if kind in {"record", "unrecord"} else "op") not in self.permissions:
            await self._no("not authorised")
            return
        match kind:
            case "lock" | "unlock":
                self.group.locked = told.get("value", "") if kind == "lock" else None
                for each in self.group.clients.values():
                    await each._joined("change")
            case "clearchat":
                self.group.history.clear()
                for each in self.group.clients.values():
                    await each.say("usermessage", kind="clearchat", privileged=True)
            case "record" | "unrecord":
                card = {"id": "disk", "username": "RECORDING", "permissions": ["system"]}
                for each in self.group.clients.values():
                    await each.say("user", kind="add" if kind == "record" else "delete", **card)
            case _:
                raise HungUp("error", "unknown group action")

    async def _useraction(self, told: dict[str, Any]) -> None:
        assert self.group is not None
        kind = told["kind"]
        if kind == "setdata":
            if told["dest"] != self.id:
                await self._no("not authorised")
                return
            self.data = {k: v for k, v in {**self.data, **told["value"]}.items() if v is not None}
            await self._tell_changed()
            return
        target = self.group.clients.get(told["dest"])
        if "op" not in self.permissions or target is None:
            await self._no("not authorised" if target is not None else "no such user")
        elif kind == "kick":
            target.act(partial(target.be_kicked, told.get("value", ""), self.username))
        else:
            target.act(partial(target.be_allowed, kind))

    async def be_kicked(self, words: str, by: str) -> None:
        """Somebody puts it out."""
        raise HungUp("kicked", words or "you have been kicked out", by)

    async def be_allowed(self, kind: str) -> None:
        """Somebody lets it do more, or less."""
        permission = {"op": "op", "present": "present", "shutup": "message"}[kind.removeprefix("un")]
        grants = kind.startswith("un") is (permission == "message")
        self.permissions = [p for p in self.permissions if p != permission] + ([permission] if grants else [])
        await self._joined("change")
        if "present" not in self.permissions and self.group is not None:
            for up in list(self.ups.values()):
                await self._end_up(up, self.group)
                await self.say("abort", id=up.id)
                await self._no("permission denied")
        await self._tell_changed()

    async def _tell_changed(self) -> None:
        assert self.group is not None
        for each in self.group.clients.values():
            each.act(partial(each.say, "user", kind="change", **self.card()))

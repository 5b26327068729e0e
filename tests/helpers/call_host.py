"""The web host of a call on this machine: Element Call's configuration, the homeserver behind it, and token services.

People log in with a password, or by single sign-on at `/cas` (`tests.helpers.cas`).

    with CallHost() as host:
        host.link(room), host.homeserver.register("ada", "Ada")

All of it is at one port, and addresses in answers name the one that was asked: whoever comes by a way of their own goes
on by it. A token service knows a person by asking the homeserver whose token it was shown, as lk-jwt-service does.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import threading
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from aiohttp import ClientSession, web

from tests.helpers.cas import Cas
from tests.helpers.livekit_server import LiveKitServer
from tests.helpers.needs import free_port
from tests.helpers.synapse_server import SERVER_NAME, Registered, Synapse

ONE, TWO = "one", "two"
_PASSED_ON = ("Authorization", "Content-Type", "Accept")
_SLOT = "m.call#ROOM"
_TRANSPORTS = "/_matrix/client/unstable/org.matrix.msc4143/rtc/transports"


class CallHost:
    """One homeserver and up to two foci, `ONE` and `TWO`, each with a LiveKit server of its own.

    `preferred` is the one that is named to whoever comes, as another homeserver names another.
    """

    def __init__(self, **config: Any) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        single_sign_on = {"cas_config": {"enabled": True, "server_url": f"{self.url}/cas", "idp_name": "The office"}}
        self.homeserver = Synapse(transports=[self.focus(ONE)], config={**single_sign_on, **config})
        self.livekit: dict[str, LiveKitServer] = {}
        self.config: dict[str, Any] = {}
        self.preferred = ONE
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._stack = ExitStack()
        self._runner: web.AppRunner | None = None
        self._client: ClientSession | None = None

    def focus(self, name: str) -> str:
        """The address of a token service."""
        return f"{self.url}/focus/{name}"

    def link(self, room_id: str, *, password: str = "", port: int = 0) -> str:
        """The link people are sent."""
        secret = f"&password={quote(password, safe='')}" if password else ""
        return f"http://127.0.0.1:{port or self.port}/room/#/tea?roomId={quote(room_id, safe='!:')}{secret}"

    def add(self, name: str) -> LiveKitServer:
        """Start the LiveKit server of a focus."""
        self.livekit[name] = server = LiveKitServer()
        return server.__enter__()

    def drop(self, name: str) -> None:
        """End it at once: asked to stop, it would wait for people it has not yet noticed to be gone."""
        server = self.livekit.pop(name)
        server.kill()
        server.__exit__(None, None, None)

    def room(self, owner: Registered, **more: Any) -> str:
        """A room with a call."""
        return self.homeserver.room(owner, **more)

    def alias(self, room_id: str) -> str:
        """What LiveKit calls the call of a room (lk-jwt-service, `helper.go`)."""
        digest = hashlib.sha256(json.dumps([room_id, _SLOT], separators=(",", ":")).encode()).digest()
        return base64.b64encode(digest).decode().rstrip("=")

    def __enter__(self) -> Self:
        self._stack.enter_context(self.homeserver)
        self._thread.start()
        self._stack.callback(self._loop.close)
        self._stack.callback(self._thread.join, 10)
        self._stack.callback(self._loop.call_soon_threadsafe, self._loop.stop)
        self._do(self._serve())
        self._stack.callback(lambda: self._do(self._end()))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in tuple(self.livekit):
            self.drop(name)
        self._stack.close()

    def _do(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _serve(self) -> None:
        application = web.Application(client_max_size=16 * 1024 * 1024)
        application.router.add_get("/config.json", self._describe)
        application.router.add_post("/focus/{name}/sfu/get", self._older)
        application.router.add_post("/focus/{name}/get_token", self._newer)
        application.router.add_get(_TRANSPORTS, self._name_focus)
        Cas().join(application)
        application.router.add_route("*", "/_matrix/{rest:.*}", self._pass_on)
        self._client = ClientSession(auto_decompress=False)
        # A poll that nobody waits for any more ends here too, as with any proxy.
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    async def _end(self) -> None:
        if self._runner is not None and self._client is not None:
            await self._runner.cleanup()
            await self._client.close()

    async def _describe(self, request: web.Request) -> web.Response:
        home = {"base_url": f"http://{request.host}", "server_name": SERVER_NAME}
        return web.json_response({"default_server_config": {"m.homeserver": home}, **self.config})

    async def _name_focus(self, request: web.Request) -> web.Response:
        if self.preferred == ONE:
            return await self._pass_on(request)
        named = {"type": "livekit", "livekit_service_url": self.focus(self.preferred)}
        return web.json_response({"rtc_transports": [named]})

    async def _pass_on(self, request: web.Request) -> web.Response:
        assert self._client is not None
        headers = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
        url = f"{self.homeserver.url}{request.raw_path}"
        async with self._client.request(
            request.method, url, headers=headers, data=await request.read(), allow_redirects=False
        ) as answer:
            back = {"Content-Type": answer.content_type}
            if "Location" in answer.headers:
                back["Location"] = answer.headers["Location"]
            return web.Response(status=answer.status, body=await answer.read(), headers=back)

    async def _older(self, request: web.Request) -> web.Response:
        asked = await request.json()
        who = await self._who(asked["openid_token"])
        self.asked.append((request.path, asked))
        return self._granted(request.match_info["name"], asked["room"], f"{who}:{asked['device_id']}")

    async def _newer(self, request: web.Request) -> web.Response:
        asked = await request.json()
        who, member = await self._who(asked["openid_token"]), asked["member"]
        self.asked.append((request.path, asked))
        if who != member["claimed_user_id"] or asked["slot_id"] != _SLOT:
            raise web.HTTPForbidden
        parts = json.dumps([who, member["claimed_device_id"], member["id"]]).encode()
        identity = base64.b64encode(hashlib.sha256(parts).digest()).decode().rstrip("=")
        return self._granted(request.match_info["name"], asked["room_id"], identity)

    async def _who(self, token: dict[str, Any]) -> str:
        """Whose token it is, as their homeserver says."""
        assert self._client is not None
        url = f"{self.homeserver.url}/_matrix/federation/v1/openid/userinfo"
        async with self._client.get(url, params={"access_token": token["access_token"]}) as answer:
            if answer.status != 200:
                raise web.HTTPUnauthorized
            return str((await answer.json())["sub"])

    def _granted(self, name: str, room_id: str, identity: str) -> web.Response:
        server = self.livekit.get(name)
        if server is None:
            raise web.HTTPNotFound
        token = server.token(self.alias(room_id), identity, canPublish=True, canSubscribe=True)
        return web.json_response({"url": server.url, "jwt": token})

"""The server itself: a loop in a thread of its own, http or https on a loopback port, a provider's page on another."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.helpers.lasuite.account_api import AccountApi
from tests.helpers.lasuite.accounts import Accounts
from tests.helpers.lasuite.agent import Agents
from tests.helpers.lasuite.calls import ask
from tests.helpers.lasuite.faults import Fault, Faults
from tests.helpers.lasuite.livekit_side import LiveKitSide
from tests.helpers.lasuite.lobby import Lobby
from tests.helpers.lasuite.login import LoginApi, Provider
from tests.helpers.lasuite.parts import Parts
from tests.helpers.lasuite.people_api import PeopleApi
from tests.helpers.lasuite.recordings_api import RecordingsApi
from tests.helpers.lasuite.rooms_api import RoomsApi
from tests.helpers.lasuite.settings import Options
from tests.helpers.lasuite.state import Room, State
from tests.helpers.livekit_server import VERSIONS, LiveKitServer
from tests.helpers.needs import free_port
from tools.web import BUNDLE
from visio_desktop.system.tasks import Tasks

API = "/api/v1.0"
_PAGE = "<!doctype html><meta charset=utf-8><title>La Suite Meet</title><body><script src=/assets/meet.js></script>"
_WAIT_S = 20.0


class ContractServer:
    """See the package. Every path that is no API's gives the page of `tests/web/lasuite.js`."""

    def __init__(
        self,
        version: str = VERSIONS[0],
        *,
        options: Options | None = None,
        tls: ssl.SSLContext | None = None,
        host: str = "127.0.0.1",
        livekit_config: dict[str, Any] | None = None,
    ) -> None:
        self.options = options or Options()
        self.livekit = LiveKitServer(version, config=livekit_config)
        self.state = State()
        self.faults = Faults()
        self.provider = Provider(self.state)
        self._tls = tls
        self._port = free_port()
        self.host = f"{host}:{self._port}"
        self.url = f"{'https' if tls else 'http'}://{self.host}"
        self._accounts = Accounts(self.state, self.options)
        self._parts: Parts | None = None
        self._recordings: RecordingsApi | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="contract server", daemon=True)
        self._runners: list[web.AppRunner] = []

    # ---- what a test does with it

    @property
    def provider_url(self) -> str:
        """The identity provider's origin."""
        return self.provider.url

    def link(self, slug: str) -> str:
        """The link of a room."""
        return f"{self.url}/{slug}"

    def room(self, slug: str) -> Room:
        """A room by slug, which must be there."""
        found = self.state.find(slug)
        assert found is not None, slug
        return found

    def cookies(self, user: str) -> dict[str, str]:
        """The cookies of somebody (`owner`, `admin`, `trusted`) who has just logged in."""
        return self._accounts.cookies(self.state.users[user].sub)

    def expire(self, user: str) -> None:
        """All of somebody's sessions end."""
        self._accounts.end(self.state.users[user].sub)

    def interfere(self, pattern: str, fault: Fault) -> None:
        """Let requests whose `METHOD /path` (below the API's root) matches go wrong, until `behave`."""
        self.faults.add(pattern, fault)

    def behave(self) -> None:
        """All is well again."""
        self.faults.clear()

    def say(self, slug: str, identity: str, text: str, *, line: str = "line", final: bool = True) -> None:
        """The subtitles' agent, which must have been asked for, writes down words of somebody."""
        self.run(self._its().say(self.room(slug), identity, text, line=line, final=final))

    def reach_limit(self, slug: str) -> None:
        """The recording of this room has lasted its longest."""
        assert self._recordings is not None
        self.run(self._recordings.reach_limit(self.room(slug)))

    def abort_recording(self, slug: str) -> None:
        """The recording of this room fails."""
        assert self._recordings is not None
        self.run(self._recordings.end(self.room(slug), failed=True))

    def push_metadata(self, slug: str, **changes: Any) -> None:
        """Change the room's metadata as the server would."""
        self.run(self._its().livekit.push_metadata(self.room(slug), **changes))

    def tell(self, slug: str, what: dict[str, Any]) -> None:
        """Data to everybody in a room, from the server itself."""
        self.run(self._its().livekit.tell(self.room(slug), what))

    def people(self, slug: str) -> list[dict[str, Any]]:
        """Who is in a room, as LiveKit tells."""
        return self.run(self._its().livekit.people(self.room(slug)))

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        user: str = "",
        token: str = "",
        cookies: dict[str, str] | None = None,
    ) -> tuple[int, Any]:
        """One call as the web client makes it: as somebody logged in, by a LiveKit token, or anonymously."""
        jar = {**(cookies or {}), **(self.cookies(user) if user else {})}
        headers = {"Origin": self.url, **({"Authorization": f"Bearer {token}"} if token else {})}
        if jar:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())
            headers["X-CSRFToken"] = jar.get("csrftoken", "")
        answer = ask(method, f"{self.url}{API}{path}", body, headers)
        return answer.status, answer.body

    def run[T](self, work: Coroutine[Any, Any, T]) -> T:
        """Do something on the server's loop and wait for it."""
        future: Future[T] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result(_WAIT_S)

    # ---- its life

    def __enter__(self) -> Self:
        self.livekit.start()
        self._thread.start()
        self.run(self._start())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()
        self.livekit.kill()
        self.livekit.__exit__(kind, error, trace)

    def _its(self) -> Parts:
        assert self._parts is not None
        return self._parts

    async def _start(self) -> None:
        livekit, lobby = LiveKitSide(self.livekit), Lobby(self.options)
        self._parts = Parts(
            self.options, self.state, self._accounts, livekit, lobby, Agents(), Tasks("contract server")
        )
        self._recordings = RecordingsApi(self._parts)
        rooms, people = RoomsApi(self._parts), PeopleApi(self._parts)
        application = web.Application(middlewares=[self.faults.middleware])
        for api in (rooms, people, self._recordings, AccountApi(self._parts), LoginApi(self._parts, self.provider)):
            api.add_to(application.router, API)
        application.router.add_get("/assets/{name}", self._asset)
        application.router.add_get(API + "/{rest:.*}", _nowhere)
        application.router.add_get("/{rest:.*}", self._page)
        await self._serve(application, self._port, self._tls)
        port = free_port()
        self.provider.url = f"http://{self.host.partition(':')[0]}:{port}"
        await self._serve(self.provider.application(), port, None)

    async def _serve(self, application: web.Application, port: int, tls: ssl.SSLContext | None) -> None:
        runner = web.AppRunner(application, shutdown_timeout=0.2, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port, ssl_context=tls).start()
        self._runners.append(runner)

    async def _stop(self) -> None:
        await self._its().tasks.close()
        await self._its().agents.close()
        for runner in self._runners:
            await runner.cleanup()

    async def _page(self, _: web.Request) -> web.Response:
        return web.Response(text=_PAGE, content_type="text/html")

    async def _asset(self, request: web.Request) -> web.StreamResponse:
        file = BUNDLE.parent / Path(request.match_info["name"]).name
        return web.FileResponse(file) if file.is_file() else web.Response(status=404)


async def _nowhere(request: web.Request) -> web.Response:
    if not request.path.endswith("/"):
        return web.Response(status=301, headers={"Location": f"{request.path}/?{request.query_string}".rstrip("?")})
    return web.Response(status=404, text="<!doctype html><h1>Not Found</h1>", content_type="text/html")

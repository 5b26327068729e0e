"""All of it on this machine alone: Nextcloud in a thread, the signalling server and Janus as processes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.helpers.janus_server import JanusServer
from tests.helpers.needs import free_port
from tests.helpers.talk.backend import Hpb
from tests.helpers.talk.nextcloud import Nextcloud
from tests.helpers.talk.state import TOKEN

_WAIT_S = 20.0


class TalkServer:
    """Started by `with`. `port` is Nextcloud's, before which the signalling server is too."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.janus = JanusServer()
        self.hpb: Hpb
        self.nextcloud: Nextcloud
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="nextcloud", daemon=True)
        self._runner: web.AppRunner | None = None
        self._stack = ExitStack()

    @property
    def address(self) -> str:
        """Where media may leave from."""
        return self.janus.address

    @property
    def link(self) -> str:
        """The link of its conversation, as our adapter takes it."""
        return self.link_at(self.port)

    def link_at(self, port: int, token: str = TOKEN) -> str:
        """The link of a conversation at a port."""
        return f"talk+http://127.0.0.1:{port}/call/{token}"

    def run[T](self, work: Coroutine[Any, Any, T]) -> T:
        """Do something on Nextcloud's loop and wait for it."""
        future: Future[T] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result(_WAIT_S)

    async def ask[T](self, work: Coroutine[Any, Any, T]) -> T:
        """The same from another loop."""
        return await asyncio.to_thread(self.run, work)

    def kill(self) -> None:
        """The signalling server and Janus die."""
        self.hpb.kill()
        self.janus.kill()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self.janus)
            self.hpb = Hpb(self.janus.url)
            stack.callback(self.hpb.close)
            self.nextcloud = Nextcloud(self.hpb.port, self.url)
            self._thread.start()
            stack.callback(self._end)
            self.run(self._start())
            self.hpb.start()
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    async def _start(self) -> None:
        application = web.Application()
        self.nextcloud.add_to(application.router)
        self._runner = web.AppRunner(application, shutdown_timeout=0.2, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()

    def _end(self) -> None:
        if self._runner is not None:
            self.run(self._runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

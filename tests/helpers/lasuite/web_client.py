"""Chromium in the place of La Suite Meet's web client: `tests/web/lasuite.js`, served by the contract server.

async with WebClient(server) as web:
    await web.log_in("owner")
    await web.enter("pub-lica-aaa", "Odile")
    await web.camera()
    state = await web.until(lambda s: s.sees("ada", "camera", codes=20))
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from tests.helpers.chromium_peer import ChromiumPeer, PeerState
from tests.helpers.lasuite.server import ContractServer

_ENTER_TIMEOUT_S = 30.0


class WebState(PeerState):
    """`PeerState` and what the web client keeps beside: `told`, `captions`, `metadata`, `me`, `waiting`, ..."""

    @property
    def told(self) -> list[dict[str, Any]]:
        """Messages without a topic, in order: `from`, `type`, `data`."""
        found: list[dict[str, Any]] = self.raw["told"]
        return found

    def named(self, name: str) -> dict[str, Any]:
        """Somebody else by name; empty while nobody is called that."""
        return next((p for p in self.raw["participants"] if p["name"] == name), {})

    @property
    def me(self) -> dict[str, Any]:
        """Oneself: `identity`, `name`, `attributes`, `permissions`, `sending`."""
        found: dict[str, Any] = self.raw["me"]
        return found


class WebClient(ChromiumPeer):
    """One browser with one person in it. `tile` is how large the page shows every picture."""

    def __init__(self, server: ContractServer, *, tile: str = "640x360") -> None:
        super().__init__({"tile": tile, "read_every": 2}, address=server.link("page"))
        self._server = server

    async def log_in(self, user: str) -> None:
        """Take the cookies of somebody who has logged in; "" drops them."""
        await self.do("logOut")
        if user:
            await self.do("logIn", self._server.cookies(user))

    async def enter(self, slug: str, username: str) -> None:
        """Join by the server's API, waiting in the lobby where there is one."""
        async with asyncio.timeout(_ENTER_TIMEOUT_S):
            answer = await self.do("enter", slug, username)
        assert answer == "connected", answer

    async def begin_entering(self, slug: str, username: str) -> None:
        """Ask to join and do not wait; `until` tells."""
        await self._evaluate(f"void (window.entering = lasuite.enter({json.dumps(slug)}, {json.dumps(username)}))")

    async def camera(self, **options: Any) -> None:
        """Send pictures as the web client does: VP9 in layers with VP8 as a backup."""
        await self.do("camera", options)

    async def do(self, what: str, *arguments: Any) -> Any:
        """One of the functions of `lasuite.js`."""
        return await self._evaluate(f"lasuite.{what}({','.join(map(json.dumps, arguments))})")

    async def web_state(self) -> WebState:
        """What is seen and heard now."""
        return WebState(await self.do("state"))

    async def wait(self, fits: Callable[[WebState], Any], what: str, timeout_s: float = 15.0) -> WebState:
        """Wait until the state fits; raises `AssertionError` with the last state."""
        state = await self.web_state()
        try:
            async with asyncio.timeout(timeout_s):
                while not fits(state):
                    await asyncio.sleep(0.05)
                    state = await self.web_state()
        except TimeoutError:
            raise AssertionError(f"never came about: {what}: {str(state.raw)[:2500]}") from None
        return state

"""A server that misbehaves: for chosen requests another answer, a changed one, a late one, or none."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.helpers.lasuite.answers import RefusedError

_API = "/api/v1.0"


@dataclass
class Fault:
    """`body` (text as it is, anything else as JSON) instead of the answer, or `change` of the answer's JSON.

    `times` limits it to so many requests; `delay_s` comes before anything else; `hang_up` breaks the connection.
    """

    status: int | None = None
    body: Any = ""
    headers: dict[str, str] = field(default_factory=dict)
    change: Callable[[Any], Any] | None = None
    delay_s: float = 0.0
    times: int | None = None
    hang_up: bool = False

    async def apply(
        self, request: web.Request, handler: Callable[[], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Answer in its way."""
        await asyncio.sleep(self.delay_s)
        if self.hang_up and request.transport is not None:
            request.transport.abort()
            return web.Response()
        if self.status is not None:
            is_text = isinstance(self.body, str)
            text = self.body if is_text else json.dumps(self.body)
            kind = "text/html" if is_text else "application/json"
            return web.Response(status=self.status, text=text, content_type=kind, headers=self.headers)
        answer = await handler()
        if self.change is not None and isinstance(answer, web.Response):
            answer.text = json.dumps(self.change(json.loads(answer.text or "null")))
        return answer


class Faults:
    """Which requests go wrong: patterns of `METHOD /path` below the API's root."""

    def __init__(self) -> None:
        self._faults: list[tuple[re.Pattern[str], Fault]] = []
        self.seen: list[str] = []

    def add(self, pattern: str, fault: Fault) -> None:
        """From now on; the newest comes first."""
        self._faults.insert(0, (re.compile(pattern), fault))

    def clear(self) -> None:
        """All is well again."""
        self._faults.clear()

    def find(self, request: web.Request) -> Fault | None:
        """What goes wrong with this one."""
        text = f"{request.method} {request.path.removeprefix(_API)}"
        self.seen.append(text)
        for pattern, fault in self._faults:
            if pattern.match(text) and fault.times != 0:
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None

    @web.middleware
    async def middleware(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """Turns `RefusedError` into its answer, and lets faults have their way."""

        async def answer() -> web.StreamResponse:
            try:
                found: web.StreamResponse = await handler(request)
            except RefusedError as refused:
                return web.json_response(refused.body, status=refused.status, headers=refused.headers)
            return found

        fault = self.find(request)
        return await (answer() if fault is None else fault.apply(request, answer))

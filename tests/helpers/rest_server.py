"""A REST server of the test's own on a loopback port: answers what it is told to, and keeps what it was asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.helpers.web_server import answering_all


@dataclass(frozen=True)
class Answer:
    """One answer; text goes out as HTML, anything else as JSON. With `never` it does not come."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cookie: str = ""
    never: bool = False


@dataclass(frozen=True)
class Asked:
    """One request, `what` as `METHOD /path`."""

    what: str
    body: Any
    headers: Mapping[str, str]
    query: Mapping[str, str]


class RestServer:
    """`answers` hold for each `METHOD /path` a list that is used up to its last, which stays; others get 404."""

    def __init__(self, root: str = "/api/v1.0") -> None:
        self.root = root
        self.url = ""
        self.answers: dict[str, list[Answer]] = {}
        self.asked: list[Asked] = []

    def says(self, what: str, *answers: Any, status: int = 200) -> None:
        """From now on; what is no `Answer` is the body of one."""
        made = [each if isinstance(each, Answer) else Answer(each, status) for each in answers]
        self.answers[what] = made or [Answer(status=status)]

    def of(self, what: str) -> list[Asked]:
        """The requests of one kind."""
        return [asked for asked in self.asked if asked.what == what]

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one request."""
        what = f"{request.method} {request.path.removeprefix(self.root)}"
        data = await request.read()
        self.asked.append(Asked(what, json.loads(data) if data else None, dict(request.headers), dict(request.query)))
        answers = self.answers.get(what, [Answer({"detail": "Not found."}, 404)])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if answer.never:
            await asyncio.Event().wait()
        text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
        kind = "text/html" if isinstance(answer.body, str) else "application/json"
        response = web.Response(status=answer.status, text=text, content_type=kind, headers=answer.headers)
        if answer.cookie:
            response.headers.add("Set-Cookie", answer.cookie)
        return response


@asynccontextmanager
async def rest_server() -> AsyncIterator[RestServer]:
    """One that runs for as long as it is used."""
    server = RestServer()
    async with answering_all(server.handle) as place:
        server.url = f"http://{place}"
        yield server

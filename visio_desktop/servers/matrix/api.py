"""Requests to a homeserver or a token service: JSON objects in and out, every size and wait bounded, refusals typed.

ApiError             `problem` says why in the meeting's terms, `code` is the server's own word for it
 +-- Unreachable     the network: no answer, no trust, a proxy
 +-- LoggedOut       401: nobody, or a login that is over
 +-- Forbidden       403: no right to
 +-- NotFound        404: no such thing, or the server does not do this
 +-- Busy            429: too often; `retry_after_s` says how long to wait
 +-- Faulty          5xx: the server is in trouble
 +-- NotUnderstood   anything else: no JSON object, too much of it, a redirect
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.net import Client, NetError, Reply, Web
from visio_desktop.servers.fields import Fields, parse_json
from visio_desktop.servers.port import ServersError
from visio_desktop.servers.unreachable import unreachable

CLIENT = "/_matrix/client"
TIMEOUT_S = 10.0
MAX_BYTES = 16 * 1024 * 1024
"""An initial sync names everybody in a room."""
_PATIENCE_S = 5.0
_MOST_TRIES = 3
_SUCCESS = range(200, 300)
_FAULTS = range(500, 600)


class ApiError(ServersError):
    """The server did not do what was asked; `code` is Matrix' `errcode`, "" without one."""

    status = 0
    means = ProblemCode.SERVER_NOT_UNDERSTOOD

    def __init__(
        self, host: str, detail: str = "", problem: Problem | None = None, *, answer: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(f"{host}: {type(self).__name__} {detail}".strip())
        self.problem = problem or Problem(self.means, host)
        self.answer: Mapping[str, Any] = answer or {}

    @property
    def code(self) -> str:
        """The server's own word for it."""
        return Fields(self.answer).text("errcode", longest=100)


class Unreachable(ApiError):  # noqa: N818 - these read as findings
    """No answer."""


class LoggedOut(ApiError):  # noqa: N818 - as above
    """401."""

    means = ProblemCode.LOGIN_EXPIRED


class Forbidden(ApiError):  # noqa: N818 - as above
    """403."""

    means = ProblemCode.ENTRY_DENIED


class NotFound(ApiError):  # noqa: N818 - as above
    """404."""

    means = ProblemCode.ROOM_NOT_FOUND


class Busy(ApiError):  # noqa: N818 - as above
    """429."""

    means = ProblemCode.SERVER_BUSY
    retry_after_s = 1.0


class Faulty(ApiError):  # noqa: N818 - as above
    """5xx."""

    means = ProblemCode.SERVER_BUSY


class NotUnderstood(ApiError):  # noqa: N818 - as above
    """No answer of this kind of server."""


_ERRORS: dict[int, type[ApiError]] = {401: LoggedOut, 403: Forbidden, 404: NotFound, 429: Busy}


class Api:
    """One server; `base` is its address without a trailing slash. With a `token` as somebody. Close it."""

    def __init__(self, web: Web, base: str, token: str = "") -> None:
        self._base = base
        self._client: Client = web.client(base)
        self.token = token

    @property
    def host(self) -> str:
        """Whose it is, for people."""
        return self._client.host

    @property
    def base(self) -> str:
        """Its address."""
        return self._base

    async def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """Ask the homeserver as oneself, from `/_matrix/client` on. Raises `ApiError`.

        One that is busy for a moment only is asked again when it says.
        """
        for _ in range(_MOST_TRIES - 1):
            try:
                return await self.ask(method, CLIENT + path, body)
            except Busy as error:
                if error.retry_after_s > _PATIENCE_S:
                    raise
                await asyncio.sleep(error.retry_after_s)
        return await self.ask(method, CLIENT + path, body)

    async def ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        parameters: Mapping[str, str] | None = None,
        timeout_s: float | None = None,
    ) -> Mapping[str, Any]:
        """Ask once, by any path. Raises `ApiError`."""
        return self._understood(await self.reply(method, path, body, parameters=parameters, timeout_s=timeout_s))

    async def reply(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        parameters: Mapping[str, str] | None = None,
        timeout_s: float | None = None,
    ) -> Reply:
        """The answer, whatever it is. Raises `Unreachable`."""
        headers = {"Accept": "application/json"}
        data = None if body is None and method != "POST" else json.dumps(body or {}).encode()
        if data is not None:
            headers["Content-Type"] = "application/json"
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        try:
            return await self._client.request(
                method,
                self._base + path,
                parameters=parameters,
                headers=headers,
                body=data,
                timeout_s=TIMEOUT_S if timeout_s is None else timeout_s,
                max_bytes=MAX_BYTES,
            )
        except NetError as error:
            raise Unreachable(self.host, type(error).__name__, unreachable(error)) from error

    async def close(self) -> None:
        """Release the connections; may be called twice."""
        await self._client.close()

    def _understood(self, reply: Reply) -> Mapping[str, Any]:
        found = parse_json(reply.body) if len(reply.body) < MAX_BYTES else None
        answer = found if isinstance(found, dict) else None
        if reply.status in _SUCCESS and answer is not None:
            return answer
        kind = _ERRORS.get(reply.status, Faulty if reply.status in _FAULTS else NotUnderstood)
        error = kind(self.host, str(reply.status), answer=answer)
        error.status = reply.status
        if isinstance(error, Busy):
            wait_ms = Fields(answer).number("retry_after_ms", largest=3_600_000)
            error.retry_after_s = 1.0 if wait_ms is None else wait_ms / 1e3
        raise error


def in_path(text: str) -> str:
    """A room's, a person's or an event's id as part of an address."""
    return quote(text, safe="")

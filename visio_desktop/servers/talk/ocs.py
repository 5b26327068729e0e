"""Nextcloud's OCS interface: JSON in its wrapping, every size and wait bounded, every refusal typed.

Whoever joins a conversation is known by cookies from then on (Talk's `docs/call.md`), which are kept here and nowhere
else: neither they nor what proves an account get into a log.

OcsError      `problem` says why in the meeting's terms, `status` is HTTP's, 0 without an answer
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.net import Client, NetError, Reply, Web
from visio_desktop.net.bounds import Bounds
from visio_desktop.servers.fields import parse_json
from visio_desktop.servers.port import ServersError
from visio_desktop.servers.unreachable import unreachable

SPREED = "/apps/spreed/api"
TIMEOUT_S = 10.0
MAX_BYTES = 1024 * 1024
NOT_MODIFIED = 304
_SUCCESS = range(200, 300)
_IN_TROUBLE = range(500, 600)
_CODES = {
    400: ProblemCode.REQUEST_REFUSED,
    401: ProblemCode.LOGIN_NEEDED,
    403: ProblemCode.REQUEST_REFUSED,
    404: ProblemCode.ROOM_NOT_FOUND,
    409: ProblemCode.DUPLICATE_IDENTITY,
    412: ProblemCode.REQUEST_REFUSED,
    413: ProblemCode.CHAT_NOT_SENT,
    429: ProblemCode.SERVER_BUSY,
}
_UNAUTHORISED = 401
_MOST_COOKIES, _LONGEST_COOKIE = 20, 4_096
_UNUSABLE = frozenset(';,\r\n\0 \t"')


class OcsError(ServersError):
    """Nextcloud did not do what was asked."""

    def __init__(self, problem: Problem, status: int = 0, detail: str = "") -> None:
        super().__init__(f"{problem.code.value} {problem.subject}: {status} {detail}".strip())
        self.problem = problem
        self.status = status


@dataclass(frozen=True, slots=True)
class Answer:
    """What stood in the wrapping, None for nothing; header names are in lower case."""

    data: Any
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


class Jar:
    """The cookies of one server, by name."""

    def __init__(self) -> None:
        self._cookies: dict[str, str] = {}

    def take(self, set_cookies: tuple[str, ...]) -> None:
        """What an answer sets and deletes (RFC 6265, section 5.2); too many and too long ones are passed over."""
        for line in set_cookies:
            pair, *attributes = line[:_LONGEST_COOKIE].split(";")
            name, found, value = (part.strip() for part in pair.partition("="))
            if not found or not name or len(line) > _LONGEST_COOKIE or _UNUSABLE & set(name + value):
                continue
            ended = any(each.strip().lower().replace(" ", "") == "max-age=0" for each in attributes)
            if ended or value == "deleted":
                self._cookies.pop(name, None)
            elif name in self._cookies or len(self._cookies) < _MOST_COOKIES:
                self._cookies[name] = value

    def headers(self) -> dict[str, str]:
        """What goes with a request."""
        line = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        return {"Cookie": line} if line else {}


class Ocs:
    """One Nextcloud, as whose account it is by a password (an app password is best), or as a guest. Close it."""

    def __init__(self, web: Web, base: str, user: str = "", password: str = "") -> None:
        self._base = base
        self._client: Client = web.client(base)
        self._jar = Jar()
        given = b64encode(f"{user}:{password}".encode()).decode()
        self._authorization = f"Basic {given}" if user and ":" not in user else ""

    @property
    def host(self) -> str:
        """Whose it is, for people."""
        return self._client.host

    @property
    def bounds(self) -> Bounds:
        """Where what it names may lead."""
        return self._client.bounds

    @property
    def has_account(self) -> bool:
        """Whether we come as somebody."""
        return bool(self._authorization)

    def url(self, path: str) -> str:
        """The address of an endpoint."""
        return f"{self._base}/ocs/v2.php{path}"

    async def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        parameters: Mapping[str, str] | None = None,
        timeout_s: float = 0.0,
    ) -> Answer:
        """Ask, and understand the answer; within the usual time where no other is said. Raises `OcsError`."""
        data = None if body is None else json.dumps(body).encode()
        sent = {"OCS-APIRequest": "true", "Accept": "application/json", **self._jar.headers()}
        if data is not None:
            sent["Content-Type"] = "application/json"
        if self._authorization:
            sent["Authorization"] = self._authorization
        try:
            reply = await self._client.request(
                method,
                self.url(path),
                parameters=parameters,
                headers=sent,
                body=data,
                timeout_s=timeout_s or TIMEOUT_S,
                max_bytes=MAX_BYTES,
            )
        except NetError as error:
            raise OcsError(unreachable(error), 0, type(error).__name__) from error
        self._jar.take(reply.cookies)
        return self._understood(reply)

    async def close(self) -> None:
        """Release the connections; may be called twice."""
        await self._client.close()

    def _understood(self, reply: Reply) -> Answer:
        status = reply.status
        if status == NOT_MODIFIED:
            return Answer(None, reply.headers)
        if status in _IN_TROUBLE:
            raise OcsError(Problem(ProblemCode.SERVER_BUSY, self.host), status)
        found = parse_json(reply.body) if len(reply.body) < MAX_BYTES else None
        wrapping = found.get("ocs") if isinstance(found, dict) else None
        if status in _SUCCESS and isinstance(wrapping, dict) and "data" in wrapping:
            return Answer(wrapping["data"], reply.headers)
        if status == _UNAUTHORISED and self._authorization:
            raise OcsError(Problem(ProblemCode.LOGIN_REFUSED, self.host), status)
        if status in _CODES and isinstance(wrapping, dict):
            raise OcsError(Problem(_CODES[status], self.host), status)
        raise OcsError(Problem(ProblemCode.SERVER_NOT_UNDERSTOOD, self.host), status, "no answer of this interface")

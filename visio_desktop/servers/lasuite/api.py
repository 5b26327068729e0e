"""The server's REST API: JSON in and out, every size and wait bounded, every refusal typed.

ApiError             `problem` says why in the meeting's terms
 +-- Unreachable     the network: no answer, no trust, a proxy
 +-- NotLoggedIn     401: nobody, or a session that has run out
 +-- Forbidden       403: no right to, or a session's token for changes is missing
 +-- NotFound        404: no such thing, or the server does not do this
 +-- Conflict        409: it is so already
 +-- Invalid         400: the server does not take these values
 +-- Busy            429: too often; `retry_after_s` says how long to wait
 +-- Faulty          5xx: the server is in trouble
 +-- TooLarge        a file that is larger than is taken
 +-- NotUnderstood   anything else: no JSON, too much of it, a redirect
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.net import Client, NetError, Reply, Web
from visio_desktop.net.web import Download
from visio_desktop.servers.fields import parse_json
from visio_desktop.servers.port import ServersError
from visio_desktop.servers.unreachable import unreachable

PATH = "/api/v1.0"
TIMEOUT_S = 10.0
MAX_BYTES = 1024 * 1024
LONGEST_WAIT_S = 30.0
STALLED_S = 30.0
"""A download that stands still for so long is given up."""
_SUCCESS = range(200, 300)
_UNUSABLE = frozenset(";\r\n\0")


class ApiError(ServersError):
    """The server did not do what was asked."""

    code = ProblemCode.SERVER_NOT_UNDERSTOOD

    def __init__(self, host: str, detail: str = "", problem: Problem | None = None) -> None:
        super().__init__(f"{host}: {type(self).__name__} {detail}".strip())
        self.problem = problem or Problem(self.code, host)


class Unreachable(ApiError):  # noqa: N818 - these read as findings
    """No answer."""


class NotLoggedIn(ApiError):  # noqa: N818 - as above
    """401."""

    code = ProblemCode.LOGIN_NEEDED


class Forbidden(ApiError):  # noqa: N818 - as above
    """403."""

    code = ProblemCode.REQUEST_REFUSED


class NotFound(ApiError):  # noqa: N818 - as above
    """404."""

    code = ProblemCode.ROOM_NOT_FOUND


class Conflict(ApiError):  # noqa: N818 - as above
    """409."""

    code = ProblemCode.REQUEST_REFUSED


class Invalid(ApiError):  # noqa: N818 - as above
    """400; `fields` are the names of those the server does not take."""

    code = ProblemCode.REQUEST_REFUSED

    def __init__(self, host: str, fields: frozenset[str]) -> None:
        super().__init__(host, ", ".join(sorted(fields)))
        self.fields = fields


class Busy(ApiError):  # noqa: N818 - as above
    """429."""

    code = ProblemCode.SERVER_BUSY

    def __init__(self, host: str, retry_after_s: float) -> None:
        super().__init__(host, f"for {retry_after_s:.0f} s")
        self.retry_after_s = retry_after_s


class Faulty(ApiError):  # noqa: N818 - as above
    """5xx."""

    code = ProblemCode.SERVER_BUSY


class TooLarge(ApiError):  # noqa: N818 - as above
    """A file that is larger than is taken."""

    code = ProblemCode.FILE_TOO_LARGE


class NotUnderstood(ApiError):  # noqa: N818 - as above
    """No answer of this API."""


_ERRORS: dict[int, type[ApiError]] = {403: Forbidden, 404: NotFound, 409: Conflict}


class Api:
    """One server's API, as one person or as nobody. `base` is the web address without a trailing slash. Close it.

    `cookies` are those of a session, by the names they came with; what is renewed in them counts from then on.
    """

    def __init__(self, web: Web, base: str, cookies: Mapping[str, str] | None = None) -> None:
        self._base = base
        self._client: Client = web.client(base)
        self._host = self._client.host
        self._given: Mapping[str, str] = cookies if cookies is not None else {}

    @property
    def _cookies(self) -> dict[str, str]:
        """As they are now: whoever gave them may renew them."""
        return _usable(self._given)

    @property
    def host(self) -> str:
        """Whose API it is, for people."""
        return self._host

    @property
    def has_session(self) -> bool:
        """Whether somebody is, or was, logged in."""
        return bool(self._cookies)

    async def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        parameters: Mapping[str, str] | None = None,
        bearer: str = "",
    ) -> Any:
        """Ask as the person of the session, or with a LiveKit token alone. The JSON of the answer, None for none.

        Raises `ApiError`. With `bearer` the cookies stay at home: the server would look at the token only, and take
        rights away that the person has.
        """
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else self.identified(method)
        reply = await self.ask(method, path, body, parameters=parameters, headers=headers)
        return self.understood(reply)

    async def ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        parameters: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> Reply:
        """Ask with these headers and no other cookies; any status is an answer. Raises `Unreachable`."""
        data = None if body is None else json.dumps(body).encode()
        sent = {"Accept": "application/json", **({} if data is None else {"Content-Type": "application/json"})}
        try:
            return await self._client.request(
                method,
                f"{self._base}{PATH}{path}",
                parameters=parameters,
                headers={**sent, **(headers or {})},
                body=data,
                timeout_s=timeout_s,
                max_bytes=MAX_BYTES,
            )
        except NetError as error:
            raise Unreachable(self._host, type(error).__name__, unreachable(error)) from error

    async def visit(self, path: str) -> None:
        """Follow a link of the API's as a person does, whatever is answered. Raises `Unreachable`."""
        await self.ask("GET", path, headers=self.identified("GET"))

    @asynccontextmanager
    async def download(self, path: str) -> AsyncIterator[Download]:
        """A file of the person's, by its path from the web address on. Raises `ApiError`."""
        address, headers = f"{self._base}{path}", self.identified("GET")
        try:
            async with self._client.download(address, headers=headers, stalled_s=STALLED_S) as download:
                if download.status not in _SUCCESS:
                    self.understood(Reply(download.status, b""))
                yield download
        except NetError as error:
            raise Unreachable(self._host, type(error).__name__, unreachable(error)) from error

    def understood(self, reply: Reply) -> Any:
        """The JSON of a good answer. Raises `ApiError`."""
        match reply.status:
            case 204:
                return None
            case status if status in _SUCCESS:
                found = parse_json(reply.body) if len(reply.body) < MAX_BYTES else None
                if found is None:
                    raise NotUnderstood(self._host, f"{status} without JSON")
                return found
            case 400:
                raise Invalid(self._host, _field_names(reply.body))
            case 401:
                expired = Problem(ProblemCode.LOGIN_EXPIRED, self._host) if self._cookies else None
                raise NotLoggedIn(self._host, problem=expired)
            case 429:
                raise Busy(self._host, _wait_s(reply.headers.get("retry-after", "")))
            case status if status in _ERRORS:
                raise _ERRORS[status](self._host, str(status))
            case status if status in range(500, 600):
                raise Faulty(self._host, str(status))
            case status:
                raise NotUnderstood(self._host, str(status))

    def identified(self, method: str) -> dict[str, str]:
        """Who we are; and for changes what proves that we mean them (Django's CSRF protection)."""
        cookies = _usable(self._cookies)
        if not cookies:
            return {}
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        if method not in {"GET", "HEAD"}:
            headers["Origin"] = self._client.origin
            headers["X-CSRFToken"] = cookies.get("csrftoken", "")
        return headers

    async def close(self) -> None:
        """Release the connections; may be called twice."""
        await self._client.close()


def _usable(cookies: Mapping[str, str]) -> dict[str, str]:
    """Those that fit into a header."""
    return {name: value for name, value in cookies.items() if name and not _UNUSABLE & set(name + value)}


def _field_names(body: bytes) -> frozenset[str]:
    found = parse_json(body)
    return frozenset(str(name)[:40] for name in list(found)[:20]) if isinstance(found, dict) else frozenset()


def _wait_s(retry_after: str) -> float:
    """How long to wait; seconds only, as a date would need the server's clock."""
    return min(float(retry_after), LONGEST_WAIT_S) if retry_after.isdecimal() and len(retry_after) < 9 else 1.0  # noqa: PLR2004

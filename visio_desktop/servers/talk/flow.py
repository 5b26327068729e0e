"""Logging in by the person's web browser: Nextcloud's Login flow v2 (developer manual, "Login Flow").

    POST /index.php/login/v2 -> {poll: {token, endpoint}, login}     `login` is opened in the browser
    POST endpoint, token=…   -> 404 until the person has agreed there, then once {server, loginName, appPassword}

Whatever proves who somebody is (password, single sign-on, second factor, key) stays between them and their browser. The
server names both addresses itself: they are believed only where they are at the address the person's link names, as
anybody's else would be given the token, or the person's password.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlencode, urlsplit

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.net import Client, HostUnreachable, NetError, Reply, Silent, Web
from visio_desktop.servers.fields import Fields, parse_json
from visio_desktop.servers.port import JoinError
from visio_desktop.servers.unreachable import unreachable
from visio_desktop.system.clock import Clock

POLL_S = 2.0
PATIENCE_MS = 20 * 60_000.0
"""How long the server keeps the token."""
TIMEOUT_S = 10.0
MOST_FAILURES = 10
"""How often in a row asking may fail while the person is busy with their browser: a laptop changes its network."""
_BEGIN = "/index.php/login/v2"
_PROGRAM = "Visio Desktop"
_LONGEST_ADDRESS, _LONGEST_SECRET, _LONGEST_NAME = 2_048, 512, 255
_OK, _NOT_FOUND, _NOT_ALLOWED = 200, 404, 405
_BUSY = (429, 500, 502, 503, 504)
_PASSING = (HostUnreachable, Silent)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A login that was begun: the `page` for the browser, and where to ask by which token what came of it."""

    page: str = field(repr=False)
    endpoint: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Granted:
    """What the server lets in from now on."""

    user: str
    password: str = field(repr=False)


def parse_ticket(body: bytes, base: str) -> Ticket | None:
    """The server's first answer; None where it is none, or leads elsewhere than to the server at `base`."""
    told = Fields(parse_json(body))
    poll = told.object("poll")
    page = told.text("login", longest=_LONGEST_ADDRESS)
    endpoint = poll.text("endpoint", longest=_LONGEST_ADDRESS)
    token = poll.text("token", longest=_LONGEST_SECRET)
    return Ticket(page, endpoint, token) if token and is_at(page, base) and is_at(endpoint, base) else None


def parse_granted(body: bytes) -> Granted | None:
    """The server's last answer, None where it is none."""
    told = Fields(parse_json(body))
    user, password = told.text("loginName", longest=_LONGEST_NAME), told.text("appPassword", longest=_LONGEST_SECRET)
    is_whole = user and ":" not in user and user.isprintable() and password and password.isprintable()
    return Granted(user, password) if is_whole else None


def is_at(address: str, base: str) -> bool:
    """Whether an address is one at the scheme, host and port of `base`, and nothing that anybody reads otherwise."""
    if not address.isascii() or not address.isprintable() or any(each in address for each in " @"):
        return False
    try:
        parts, home = urlsplit(address), urlsplit(base)
        return bool(parts.hostname) and _origin(parts) == _origin(home)
    except ValueError:
        return False


class Flow:
    """One login at the Nextcloud at `base`. Close it."""

    def __init__(self, web: Web, base: str, *, clock: Clock) -> None:
        self._base = base
        self._client: Client = web.client(base)
        self._clock = clock

    async def run(self, opened: Callable[[str], None]) -> Granted:
        """From the first question to the app password. Raises `JoinError`."""
        ticket = await self._begin()
        opened(ticket.page)
        began_ms, failures = self._clock(), 0
        while self._clock() - began_ms < PATIENCE_MS:
            await asyncio.sleep(POLL_S)
            try:
                reply = await self._post(ticket.endpoint, {"token": ticket.token})
            except NetError as error:
                failures += 1
                if failures >= MOST_FAILURES or not isinstance(error, _PASSING):
                    raise JoinError(unreachable(error), str(error)) from error
                continue
            if reply.status == _OK:
                return self._understood(reply)
            failures = failures + 1 if reply.status in _BUSY else 0
            if failures >= MOST_FAILURES or reply.status not in (*_BUSY, _NOT_FOUND):
                break
        raise JoinError(Problem(ProblemCode.LOGIN_FAILED, self._client.host), "nobody agreed in time")

    async def close(self) -> None:
        """Release the connection; may be called twice."""
        await self._client.close()

    async def _begin(self) -> Ticket:
        try:
            reply = await self._post(self._base + _BEGIN, {})
        except NetError as error:
            raise JoinError(unreachable(error), str(error)) from error
        host = self._client.host
        if reply.status in (_NOT_FOUND, _NOT_ALLOWED):
            raise JoinError(Problem(ProblemCode.LOGIN_NOT_OFFERED, host), str(reply.status))
        if reply.status in _BUSY:
            raise JoinError(Problem(ProblemCode.SERVER_BUSY, host), str(reply.status))
        ticket = parse_ticket(reply.body, self._base) if reply.status == _OK else None
        if ticket is None:
            raise JoinError(Problem(ProblemCode.LOGIN_ASTRAY, host), str(reply.status))
        return ticket

    def _understood(self, reply: Reply) -> Granted:
        granted = parse_granted(reply.body)
        if granted is None:
            raise JoinError(Problem(ProblemCode.SERVER_NOT_UNDERSTOOD, self._client.host), "no app password")
        return granted

    async def _post(self, address: str, form: dict[str, str]) -> Reply:
        """The name of the program is what Nextcloud shows the person, and lists its app password by."""
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
            "User-Agent": _PROGRAM,
        }
        return await self._client.request(
            "POST", address, headers=headers, body=urlencode(form).encode(), timeout_s=TIMEOUT_S
        )


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    return parts.scheme, parts.hostname, parts.port or usual

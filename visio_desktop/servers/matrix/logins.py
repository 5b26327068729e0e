"""Logins at homeservers in the person's web browser: made, known, ended. See `servers.port.BrowserLogins`."""

from __future__ import annotations

from collections.abc import Callable

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.net import Web
from visio_desktop.servers.matrix.account import DEVICE_NAME, Account, AccountBook, granted, keep, log_out
from visio_desktop.servers.matrix.api import Api
from visio_desktop.servers.port import JoinError


class Logins:
    """The logins at all homeservers. While they are not `allowed` none is made and none is known."""

    def __init__(self, web: Web, book: Callable[[], AccountBook], allowed: Callable[[], bool]) -> None:
        self._web = web
        self._book = book
        self._allowed = allowed

    @property
    def allowed(self) -> bool:
        """Whether people may log in here."""
        return self._allowed()

    async def log_in(self, api: Api, server: str, opened: Callable[[str], None]) -> Account:
        """Let the person log in in their browser, and keep it; whoever one was there before is logged out.

        Raises `JoinError`, `ApiError`.
        """
        from visio_desktop.servers.matrix.sso import login_token, redeem  # noqa: PLC0415 - few log in so

        if not self.allowed:
            raise JoinError(Problem(ProblemCode.LOGIN_NOT_ALLOWED, api.host))
        answer = await redeem(api, await login_token(api, opened), DEVICE_NAME)
        before = await self._book().load(server)
        account = await keep(self._book(), server, granted(api.host, answer, is_guest=False))
        if before is not None:
            api.token = before.token
            await log_out(api)
        return account

    async def at(self, server: str) -> Account | None:
        """The login kept for a homeserver, None without one; a guest's account is none."""
        kept = await self._book().load(server) if self.allowed else None
        return kept if kept is not None and not kept.is_guest else None

    async def log_out(self, server: str) -> None:
        """Have the homeserver end the login, as far as it can be reached, and forget it."""
        kept = await self.at(server)
        if kept is None:
            return
        await self._book().forget(server)
        api = Api(self._web, server, kept.token)
        try:
            await log_out(api)
        finally:
            await api.close()

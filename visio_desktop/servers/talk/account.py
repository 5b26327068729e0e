"""Who one is at a Nextcloud: an account logged in to in the web browser, kept by its app password in the keyring.

What speaks HTTP is loaded when somebody logs in.
"""
# ruff: noqa: PLC0415 - see above

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.net import Web
from visio_desktop.servers.fields import Fields, parse_json
from visio_desktop.servers.port import Credentials, JoinError
from visio_desktop.system.clock import Clock
from visio_desktop.system.log import get_logger

if TYPE_CHECKING:
    from visio_desktop.servers.login_book import LoginBook
    from visio_desktop.servers.talk.flow import Granted
    from visio_desktop.system.secrets import SecretStore

_log = get_logger(__name__)
_LONGEST = 512
_END_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Login:
    """An app password of an account; `name` is what people call its owner."""

    user: str
    password: str = field(repr=False)
    name: str = ""

    def print(self) -> str:
        """As it is kept."""
        return json.dumps({"user": self.user, "password": self.password, "name": self.name})


def parse_login(kept: str) -> Login | None:
    """A login as it was kept, None for anything else."""
    fields = Fields(parse_json(kept))
    user, password = (fields.text(name, longest=_LONGEST) for name in ("user", "password"))
    return Login(user, password, fields.text("name", longest=_LONGEST)) if user and password else None


class Logins:
    """The logins at all Nextclouds, by the address of each (`link.Address.base`).

    While they are not `allowed` none is made and none is known; what was kept before is not forgotten.
    """

    def __init__(
        self, web: Web, *, store: Callable[[], SecretStore] | None, allowed: Callable[[], bool], clock: Clock
    ) -> None:
        self._web = web
        self._store = store
        self._allowed = allowed
        self._clock = clock

    @property
    def allowed(self) -> bool:
        """Whether people may log in here."""
        return self._allowed()

    async def at(self, base: str) -> Login | None:
        """The login kept for a server, None without one."""
        return await self._book.load(base) if self.allowed else None

    async def as_whom(self, base: str, given: Credentials) -> Credentials:
        """The credentials with the login that is kept, where they name nobody."""
        login = None if given.user else await self.at(base)
        return given if login is None else replace(given, user=login.user, user_password=login.password)

    async def log_in(self, base: str, host: str, opened: Callable[[str], None]) -> Login:
        """Let the person log in in their browser, and keep it. Raises `JoinError`."""
        from visio_desktop.servers.talk.flow import Flow

        if not self.allowed:
            raise JoinError(Problem(ProblemCode.LOGIN_NOT_ALLOWED, host))
        flow = Flow(self._web, base, clock=self._clock)
        try:
            granted = await flow.run(opened)
        finally:
            await flow.close()
        login = Login(granted.user, granted.password, await self._name(base, granted))
        await self._book.keep(base, login)
        return login

    async def log_out(self, base: str) -> None:
        """Have the server revoke the app password, as far as it can be reached, and forget it."""
        from visio_desktop.servers.talk.ocs import Ocs, OcsError

        login = await self.at(base)
        await self.over(base)
        if login is None:
            return
        ocs = Ocs(self._web, base, login.user, login.password)
        try:
            await ocs.call("DELETE", "/core/apppassword", timeout_s=_END_TIMEOUT_S)
        except OcsError as error:
            _log.info("app_password_not_revoked", error=str(error))
        finally:
            await ocs.close()

    async def over(self, base: str) -> None:
        """The server does not know the login any more."""
        await self._book.forget(base)

    async def _name(self, base: str, granted: Granted) -> str:
        """What the account's owner is called. Raises `JoinError` where the server does not take what it has given."""
        from visio_desktop.servers.talk.ocs import Ocs, OcsError

        ocs = Ocs(self._web, base, granted.user, granted.password)
        try:
            told = Fields((await ocs.call("GET", "/cloud/user")).data)
        except OcsError as error:
            if error.problem.code is ProblemCode.LOGIN_REFUSED:
                raise JoinError(Problem(ProblemCode.LOGIN_FAILED, ocs.host), str(error)) from error
            return granted.user
        finally:
            await ocs.close()
        return told.text("display-name") or told.text("displayname") or granted.user

    @cached_property
    def _book(self) -> LoginBook[Login]:
        """The keyring takes a while to load."""
        from visio_desktop.servers.login_book import LoginBook

        return LoginBook("talk", parse_login, self._store)

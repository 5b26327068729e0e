"""Who one is at a homeserver: the account kept from before, one logged in to with a password, or a new guest's.

A guest's is what Element Call makes too: a registered account under a name of chance, where the server is open to that.
A login is kept with its device: keys of end-to-end encryption belong to one device, and to the same one the next time.
"""

from __future__ import annotations

import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, Protocol

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.servers.fields import Fields, parse_json
from visio_desktop.servers.matrix.api import Api, ApiError, Forbidden, LoggedOut, NotFound, in_path
from visio_desktop.servers.matrix.keys import CallDevice
from visio_desktop.servers.matrix.words import LONGEST_ID
from visio_desktop.servers.port import Credentials, JoinError
from visio_desktop.system.log import get_logger

_log = get_logger(__name__)

DEVICE_NAME = "Visio Desktop"
_PASSWORD = "m.login.password"  # noqa: S105 - a way to log in, not a secret
_LONGEST_TOKEN = 8_192
_PICKLE_KEY_BYTES = 32
_NAME_BYTES = 10
_LONGEST_NAME = 200
_LOGIN_REFUSED = (Forbidden, LoggedOut)


@dataclass(frozen=True, slots=True)
class Account:
    """A login at a homeserver. `pickle_key` encrypts what its device keeps on this machine."""

    device: CallDevice
    token: str = field(repr=False)
    is_guest: bool = False
    pickle_key: bytes = field(default=b"", repr=False)

    def print(self) -> str:
        """As it is kept."""
        kept = {
            "user_id": self.device.user_id,
            "device_id": self.device.device_id,
            "token": self.token,
            "guest": self.is_guest,
            "pickle_key": b64encode(self.pickle_key).decode(),
        }
        return json.dumps(kept)


def parse_account(kept: str) -> Account | None:
    """An account as it was kept, None for anything else."""
    fields = Fields(parse_json(kept))
    found = _granted(fields.plain(), "token", is_guest=fields.flag("guest"))
    try:
        key = b64decode(fields.text("pickle_key"), validate=True)
    except ValueError:
        return None
    if found is None or len(key) != _PICKLE_KEY_BYTES:
        return None
    return replace(found, pickle_key=key)


class AccountBook(Protocol):
    """Keeps one login for each homeserver. Waits for nobody on the loop."""

    async def load(self, server: str) -> Account | None:
        """The login at this homeserver, None without one."""

    async def keep(self, server: str, account: Account) -> None:
        """Keep it, in the place of what was there."""

    async def forget(self, server: str) -> None:
        """It is over."""


class Doorway:
    """Finds out who one is at one homeserver. `name` is what a guest is called.

    Where one `may_log_in` no more, a login of before is left alone, and not used.
    """

    def __init__(
        self, api: Api, server: str, book: AccountBook, given: Credentials, name: str, *, may_log_in: bool = True
    ) -> None:
        self._api = api
        self._server = server
        self._book = book
        self._given = given
        self._name = name.strip()[:_LONGEST_NAME]
        self._may_log_in = may_log_in

    async def enter(self) -> Account:
        """The account; its token is the api's from then on. Raises `JoinError`, `ApiError`."""
        account = await self._account()
        self._api.token = account.token
        return account

    async def over(self) -> None:
        """The server does not know the login any more."""
        self._api.token = ""
        await self._book.forget(self._server)

    async def _account(self) -> Account:
        if self._given.token:
            return await self._by_token(self._given.token)
        kept = await self._book.load(self._server)
        if not self._may_log_in:
            return await self._without_login(kept)
        if self._given.user:
            if kept is not None and _is(kept, self._given.user):
                return kept
            return await keep(self._book, self._server, await self._by_password())
        return kept if kept is not None else await keep(self._book, self._server, await self._as_guest())

    async def _without_login(self, kept: Account | None) -> Account:
        if self._given.user:
            raise JoinError(Problem(ProblemCode.LOGIN_NOT_ALLOWED, self._api.host))
        if kept is None:
            return await keep(self._book, self._server, await self._as_guest())
        return kept if kept.is_guest else _with_key(await self._as_guest())

    async def _by_token(self, token: str) -> Account:
        self._api.token = token
        try:
            who = await self._api.call("GET", "/v3/account/whoami")
        except LoggedOut as error:
            raise JoinError(Problem(ProblemCode.TOKEN_REFUSED, self._api.host), str(error)) from error
        found = _granted({**who, "access_token": token}, "access_token", is_guest=False)
        if found is None:
            raise JoinError(Problem(ProblemCode.SERVER_NOT_UNDERSTOOD, self._api.host), "no account")
        # The same one each time, as the device is: nothing of a login that was handed to us is kept.
        return Account(found.device, token, pickle_key=sha256(f"device keys {token}".encode()).digest())

    async def _by_password(self) -> Account:
        who = {"type": "m.id.user", "user": self._given.user}
        body = {"type": _PASSWORD, "identifier": who, "password": self._given.user_password}
        try:
            answer = await self._api.call("POST", "/v3/login", {**body, "initial_device_display_name": DEVICE_NAME})
        except _LOGIN_REFUSED as error:
            raise JoinError(Problem(ProblemCode.LOGIN_REFUSED, self._api.host), str(error)) from error
        return granted(self._api.host, answer, is_guest=False)

    async def _as_guest(self) -> Account:
        """A new account, where the server gives one without a question. Raises `JoinError`, `ApiError`."""
        body = {
            "username": f"guest-{secrets.token_hex(_NAME_BYTES)}",
            "password": secrets.token_urlsafe(24),
            "auth": {"type": "m.login.dummy"},
            "initial_device_display_name": DEVICE_NAME,
        }
        try:
            account = granted(self._api.host, await self._api.call("POST", "/v3/register", body), is_guest=True)
        except (*_LOGIN_REFUSED, NotFound) as error:
            raise JoinError(Problem(ProblemCode.LOGIN_NEEDED, self._api.host), str(error)) from error
        self._api.token = account.token
        if self._name:
            path = f"/v3/profile/{in_path(account.device.user_id)}/displayname"
            await self._api.call("PUT", path, {"displayname": self._name})
        return account


def granted(host: str, answer: Mapping[str, Any], *, is_guest: bool) -> Account:
    """The login in a homeserver's answer. Raises `JoinError`."""
    found = _granted(answer, "access_token", is_guest=is_guest)
    if found is None:
        raise JoinError(Problem(ProblemCode.SERVER_NOT_UNDERSTOOD, host), "no login")
    return found


async def keep(book: AccountBook, server: str, account: Account) -> Account:
    """Keep a new login, with a key for what its device will keep."""
    made = _with_key(account)
    await book.keep(server, made)
    return made


async def log_out(api: Api) -> None:
    """End a login that is of no use any more; that it may fail changes nothing."""
    try:
        await api.call("POST", "/v3/logout")
    except ApiError as error:
        _log.info("not_logged_out", error=str(error))


def _with_key(account: Account) -> Account:
    return replace(account, pickle_key=secrets.token_bytes(_PICKLE_KEY_BYTES))


def _granted(answer: Mapping[str, Any], token: str, *, is_guest: bool) -> Account | None:
    fields = Fields(answer)
    user_id, device_id = fields.text("user_id", longest=LONGEST_ID), fields.text("device_id", longest=LONGEST_ID)
    access = fields.text(token, longest=_LONGEST_TOKEN)
    is_whole = user_id.startswith("@") and device_id and access and access.isascii() and access.isprintable()
    return Account(CallDevice(user_id, device_id), access, is_guest) if is_whole else None


def _is(account: Account, user: str) -> bool:
    """Whether somebody of this name, with or without its server, has the account."""
    whole = account.device.user_id
    return user.strip() in {whole, whole[1:].partition(":")[0], whole.partition(":")[0]}

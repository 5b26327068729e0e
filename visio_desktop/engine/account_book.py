"""What is known of accounts from one run to the next: a file without secrets, and the secrets beside it.

The file names servers and accounts, so that the window can show them without the keyring being asked. The cookies are
in the system's store for secrets, one entry an account.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from visio_desktop.meeting.accounts import Account, Server
from visio_desktop.system.log import get_logger

if TYPE_CHECKING:
    from visio_desktop.system.secrets import SecretStore

_MAX_CHARACTERS: Final = 200_000
_MOST: Final = 20
_LONGEST: Final = 2_000
_NEEDED: Final = ("sessionid", "csrftoken")
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AccountBook:
    """The file. Reading and writing block."""

    path: Path

    def read(self) -> tuple[Server, ...]:
        """The servers known; a broken file is an empty one."""
        try:
            with self.path.open(encoding="utf-8") as file:
                raw = json.loads(file.read(_MAX_CHARACTERS))
            return tuple(_server(entry) for entry in raw["servers"][:_MOST])
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            _log.warning("accounts_unreadable", error=type(error).__name__)
            return ()

    def is_new(self) -> bool:
        """Whether nothing was ever written down."""
        return not self.path.exists()

    def write(self, servers: tuple[Server, ...]) -> None:
        """Keep these; a disk that takes nothing costs a person typing a host again."""
        part = self.path.with_name(self.path.name + ".part")
        text = json.dumps({"servers": lasting(servers)}, indent=1)
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
                file.write(text)
            part.replace(self.path)
        except OSError as error:
            _log.warning("accounts_not_written", error=error.strerror or "")


def lasting(servers: tuple[Server, ...]) -> list[dict[str, Any]]:
    """What is kept of servers: nothing of what they can be asked for again, and no login that ends with this run."""
    return [
        {
            "url": server.url,
            "active": server.active,
            "as_guest": server.as_guest,
            "accounts": [
                {"slot": a.slot, "id": a.id, "name": a.name, "email": a.email} for a in server.accounts if a.lasting
            ],
        }
        for server in servers
    ]


def _server(raw: Any) -> Server:
    accounts = tuple(
        Account(_number(a["slot"]), _text(a["name"]), _text(a["email"]), _text(a["id"]))
        for a in raw["accounts"][:_MOST]
    )
    url = _text(raw["url"])
    if not urlsplit(url).hostname:
        raise ValueError("no address")
    active = raw["active"] if any(a.slot == raw["active"] for a in accounts) else None
    return Server(url, accounts=accounts, active=active, as_guest=raw["as_guest"] is True)


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise ValueError("no text")
    return value


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError("no number")
    return value


class KeptCookies:
    """Sessions by server and slot: in memory once they were needed, and in the system's store for secrets."""

    def __init__(self, open_store: Callable[[], SecretStore]) -> None:
        self._open_store = open_store
        self._cookies: dict[tuple[str, int], dict[str, str]] = {}

    async def get(self, url: str, slot: int) -> Mapping[str, str] | None:
        """The cookies of a login, None without one; a meeting holds on to them, and what is renewed appears there."""
        if (url, slot) not in self._cookies:
            kept = await asyncio.to_thread(self._read, _name(url, slot))
            if kept is None:
                return None
            self._cookies.setdefault((url, slot), kept)
        return self._cookies[url, slot]

    async def put(self, url: str, slot: int, cookies: Mapping[str, str]) -> bool:
        """Keep a login, and whether it outlives this run."""
        essential = {name: value for name, value in cookies.items() if name.endswith(_NEEDED)}
        held = self._cookies.setdefault((url, slot), {})
        held.clear()
        held.update(essential or cookies)
        return await asyncio.to_thread(self._write, _name(url, slot), json.dumps(held))

    async def forget(self, url: str, slot: int) -> None:
        """Remove a login."""
        self._cookies.pop((url, slot), {}).clear()
        await asyncio.to_thread(self._remove, _name(url, slot))

    def _read(self, name: str) -> dict[str, str] | None:
        from visio_desktop.system.secrets import SecretsError  # noqa: PLC0415 - the keyring takes its time to load

        try:
            raw = json.loads(self._open_store().get(name) or "null")
        except (SecretsError, ValueError) as error:
            _log.warning("login_unreadable", error=type(error).__name__)
            return None
        return {str(name): str(value) for name, value in raw.items()} if isinstance(raw, dict) else None

    def _write(self, name: str, secret: str) -> bool:
        from visio_desktop.system.secrets import SecretsError  # noqa: PLC0415 - as above

        store = self._open_store()
        try:
            store.put(name, secret)
        except SecretsError:
            _log.warning("login_not_kept")
            return False
        return store.is_lasting

    def _remove(self, name: str) -> None:
        from visio_desktop.system.secrets import SecretsError  # noqa: PLC0415 - as above

        try:
            self._open_store().forget(name)
        except SecretsError:
            _log.warning("login_not_forgotten")


def _name(url: str, slot: int) -> str:
    return f"login {url} {slot}"

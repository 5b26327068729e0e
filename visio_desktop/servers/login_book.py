"""Logins at servers, kept in the system's keyring, or in memory where there is none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from visio_desktop.system.log import get_logger
from visio_desktop.system.secrets import MemorySecrets, SecretsError, SecretStore

_log = get_logger(__name__)


class Printable(Protocol):
    """What is kept."""

    def print(self) -> str:
        """As it is kept; it may hold secrets."""


class LoginBook[T: Printable]:
    """One login for each server of a `kind`; `parse` reads what was kept, None for rubbish.

    The store is opened when it is first asked; what it cannot keep is known for this run, as all is without one.
    """

    def __init__(
        self, kind: str, parse: Callable[[str], T | None], store: Callable[[], SecretStore] | None = None
    ) -> None:
        self._kind = kind
        self._parse = parse
        self._store = store or MemorySecrets
        self._known: dict[str, T] = {}

    async def load(self, server: str) -> T | None:
        """The login at this server, None without one."""
        if server not in self._known:
            try:
                kept = await asyncio.to_thread(lambda: self._store().get(self._slot(server)))
            except SecretsError:
                kept = None
            login = self._parse(kept or "")
            if login is None:
                return None
            self._known[server] = login
        return self._known[server]

    async def keep(self, server: str, login: T) -> None:
        """Keep it, in the place of what was there."""
        self._known[server] = login
        try:
            await asyncio.to_thread(lambda: self._store().put(self._slot(server), login.print()))
        except SecretsError:
            _log.warning("login_not_kept", server=server)

    async def forget(self, server: str) -> None:
        """It is over."""
        self._known.pop(server, None)
        try:
            await asyncio.to_thread(lambda: self._store().forget(self._slot(server)))
        except SecretsError:
            _log.warning("login_not_forgotten", server=server)

    def _slot(self, server: str) -> str:
        return f"{self._kind} {server}"

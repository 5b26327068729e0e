"""Logins at homeservers, kept in the system's keyring, or in memory where there is none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from visio_desktop.servers.matrix.account import Account, parse_account
from visio_desktop.system.log import get_logger
from visio_desktop.system.secrets import MemorySecrets, SecretsError, SecretStore

_log = get_logger(__name__)


class SecretBook:
    """An `AccountBook`. The store is opened when it is first asked; what it cannot keep is known for this run."""

    def __init__(self, store: Callable[[], SecretStore] = MemorySecrets) -> None:
        self._store = store
        self._known: dict[str, Account] = {}

    async def load(self, server: str) -> Account | None:
        """See `AccountBook`."""
        if server not in self._known:
            try:
                kept = await asyncio.to_thread(lambda: self._store().get(_slot(server)))
            except SecretsError:
                kept = None
            account = parse_account(kept or "")
            if account is None:
                return None
            self._known[server] = account
        return self._known[server]

    async def keep(self, server: str, account: Account) -> None:
        """See `AccountBook`."""
        self._known[server] = account
        try:
            await asyncio.to_thread(lambda: self._store().put(_slot(server), account.print()))
        except SecretsError:
            _log.warning("account_not_kept", server=server)

    async def forget(self, server: str) -> None:
        """See `AccountBook`."""
        self._known.pop(server, None)
        try:
            await asyncio.to_thread(lambda: self._store().forget(_slot(server)))
        except SecretsError:
            _log.warning("account_not_forgotten", server=server)


def _slot(server: str) -> str:
    return f"matrix {server}"

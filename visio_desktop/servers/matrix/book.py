"""Logins at homeservers, kept in the system's keyring, or in memory where there is none."""

from __future__ import annotations

from collections.abc import Callable

from visio_desktop.servers.login_book import LoginBook
from visio_desktop.servers.matrix.account import Account, parse_account
from visio_desktop.system.secrets import SecretStore


class SecretBook(LoginBook[Account]):
    """An `AccountBook`."""

    def __init__(self, store: Callable[[], SecretStore] | None = None) -> None:
        super().__init__("matrix", parse_account, store)

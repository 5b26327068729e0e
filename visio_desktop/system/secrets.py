"""Secrets that may outlive a run: the system's keyring, or memory where there is none.

SecretsError
 +-- (none further: a store that cannot keep a secret is all a caller can act on)
"""

from __future__ import annotations

from typing import Protocol

import keyring
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringError, PasswordDeleteError

from visio_desktop.system.log import get_logger

_log = get_logger(__name__)
_SERVICE = "visio-desktop"


class SecretsError(Exception):
    """The store refused."""


class SecretStore(Protocol):
    """Keeps secrets by name. Calls may wait for the person to unlock something: never on a loop."""

    @property
    def is_lasting(self) -> bool:
        """Whether what is kept is still there after a restart; the window says so where it is not."""

    def get(self, name: str) -> str | None:
        """The secret of this name, None without one."""

    def put(self, name: str, secret: str) -> None:
        """Keep a secret."""

    def forget(self, name: str) -> None:
        """Remove a secret; without one nothing happens."""


class MemorySecrets:
    """Secrets for this run only."""

    is_lasting = False

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    def get(self, name: str) -> str | None:
        """See `SecretStore`."""
        return self._kept.get(name)

    def put(self, name: str, secret: str) -> None:
        """See `SecretStore`."""
        self._kept[name] = secret

    def forget(self, name: str) -> None:
        """See `SecretStore`."""
        self._kept.pop(name, None)


class KeyringSecrets:
    """Secrets in the system's keyring."""

    is_lasting = True

    def __init__(self, backend: KeyringBackend) -> None:
        self._backend = backend

    def get(self, name: str) -> str | None:
        """See `SecretStore`."""
        try:
            return self._backend.get_password(_SERVICE, name)
        except KeyringError as error:
            raise SecretsError(name) from error

    def put(self, name: str, secret: str) -> None:
        """See `SecretStore`."""
        try:
            self._backend.set_password(_SERVICE, name, secret)
        except KeyringError as error:
            raise SecretsError(name) from error

    def forget(self, name: str) -> None:
        """See `SecretStore`."""
        try:
            self._backend.delete_password(_SERVICE, name)
        except PasswordDeleteError:
            _log.debug("secret_was_not_kept", name=name)
        except KeyringError as error:
            raise SecretsError(name) from error


def open_store(backend: KeyringBackend | None = None) -> SecretStore:
    """The keyring if it answers, else memory. May wait for the person: not on a loop."""
    backend = backend or keyring.get_keyring()
    if isinstance(backend, NoKeyring):
        return MemorySecrets()
    store = KeyringSecrets(backend)
    try:
        store.get("probe")
    except SecretsError:
        _log.warning("keyring_unusable", backend=type(backend).__name__)
        return MemorySecrets()
    return store

from __future__ import annotations

import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringLocked, PasswordDeleteError

from visio_desktop.system.secrets import KeyringSecrets, MemorySecrets, SecretsError, open_store


class Backend(KeyringBackend):
    priority = 1

    def __init__(self, *, locked: bool = False) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = locked

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.locked:
            raise KeyringLocked
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.kept:
            raise PasswordDeleteError
        del self.kept[service, username]


@pytest.mark.parametrize("store", [MemorySecrets(), KeyringSecrets(Backend())])
def test_a_store_keeps_and_forgets(store: MemorySecrets | KeyringSecrets) -> None:
    store.put("session", "s3cr3t")
    assert store.get("session") == "s3cr3t"
    store.forget("session")
    assert store.get("session") is None
    store.forget("session")


def test_without_a_keyring_secrets_live_in_memory() -> None:
    assert not open_store(NoKeyring()).is_lasting  # type: ignore[no-untyped-call]  # keyring leaves it untyped


def test_a_locked_keyring_is_not_used() -> None:
    assert not open_store(Backend(locked=True)).is_lasting


def test_a_working_keyring_is_used() -> None:
    assert open_store(Backend()).is_lasting


def test_a_refusal_is_typed() -> None:
    with pytest.raises(SecretsError):
        KeyringSecrets(Backend(locked=True)).put("a", "b")
    with pytest.raises(SecretsError):
        KeyringSecrets(Backend(locked=True)).get("a")

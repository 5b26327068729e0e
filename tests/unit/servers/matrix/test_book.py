from __future__ import annotations

from visio_desktop.servers.matrix.account import Account
from visio_desktop.servers.matrix.book import SecretBook
from visio_desktop.servers.matrix.keys import CallDevice
from visio_desktop.system.secrets import MemorySecrets, SecretsError

ADA = Account(CallDevice("@ada:h", "A"), "t0ken", pickle_key=bytes(32))


class Broken(MemorySecrets):
    def get(self, name: str) -> str | None:
        raise SecretsError(name)

    def put(self, name: str, secret: str) -> None:
        raise SecretsError(name)

    def forget(self, name: str) -> None:
        raise SecretsError(name)


async def test_what_is_kept_outlives_the_program() -> None:
    store = MemorySecrets()
    await SecretBook(lambda: store).keep("https://h", ADA)
    again = SecretBook(lambda: store)
    assert await again.load("https://h") == ADA
    assert await again.load("https://other") is None
    await again.forget("https://h")
    assert await SecretBook(lambda: store).load("https://h") is None


async def test_a_store_that_refuses_is_done_without() -> None:
    book = SecretBook(Broken)
    assert await book.load("https://h") is None
    await book.keep("https://h", ADA)
    assert await book.load("https://h") == ADA
    await book.forget("https://h")
    assert await book.load("https://h") is None


async def test_rubbish_in_the_store_is_no_login() -> None:
    store = MemorySecrets()
    store.put("matrix https://h", "{}")
    assert await SecretBook(lambda: store).load("https://h") is None

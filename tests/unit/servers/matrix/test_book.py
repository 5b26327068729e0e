from __future__ import annotations

from visio_desktop.servers.matrix.account import Account
from visio_desktop.servers.matrix.book import SecretBook
from visio_desktop.servers.matrix.keys import CallDevice
from visio_desktop.system.secrets import MemorySecrets

ADA = Account(CallDevice("@ada:h", "A"), "t0ken", pickle_key=bytes(32))


async def test_an_account_outlives_the_program_with_its_device_and_key() -> None:
    store = MemorySecrets()
    await SecretBook(lambda: store).keep("https://h", ADA)
    again = SecretBook(lambda: store)
    assert await again.load("https://h") == ADA
    store.put("matrix https://h", '{"user_id": "@ada:h"}')
    assert await SecretBook(lambda: store).load("https://h") is None

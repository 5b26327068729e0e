from __future__ import annotations

import threading

import pytest

from visio_desktop.net.logins import KeptLogins, NoLogins
from visio_desktop.net.proxies import Proxy, ProxyLogin
from visio_desktop.system.secrets import MemorySecrets, SecretsError

PROXY = Proxy("proxy.example.org", 3128)
ADA = ProxyLogin("EXAMPLE\\ada", "sésame")


async def test_a_login_is_kept_for_its_proxy_alone_and_read_in_a_thread() -> None:
    store, threads = MemorySecrets(), []

    def open_store() -> MemorySecrets:
        threads.append(threading.current_thread())
        return store

    logins = KeptLogins(open_store)
    assert await logins.login(PROXY) is None
    assert not logins.keep(PROXY, ADA)
    assert await logins.login(PROXY) == ADA
    assert await logins.login(Proxy("other.example.org", 3128)) is None
    assert threads[0] is not threading.current_thread()


@pytest.mark.parametrize("kept", ["", "rubbish", "[1, 2]", '["ada"]', "{}"])
async def test_a_broken_entry_is_none(kept: str) -> None:
    store = MemorySecrets()
    store.put(f"proxy {PROXY}", kept)
    assert await KeptLogins(lambda: store).login(PROXY) is None


async def test_a_locked_store_is_none() -> None:
    class Locked(MemorySecrets):
        def get(self, name: str) -> str | None:
            raise SecretsError(name)

        def put(self, name: str, secret: str) -> None:
            raise SecretsError(name)

    assert not KeptLogins(Locked).keep(PROXY, ADA)
    assert await KeptLogins(Locked).login(PROXY) is None
    assert await NoLogins().login(PROXY) is None

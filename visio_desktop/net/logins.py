"""Who we are to a proxy: kept in the keyring, never in an address or a log."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Protocol

from visio_desktop.net.proxies import Proxy, ProxyLogin, parse_proxy
from visio_desktop.system.log import get_logger

if TYPE_CHECKING:
    from visio_desktop.system.secrets import SecretStore

_log = get_logger(__name__)


class ProxyLogins(Protocol):
    """Where logins come from: asked only once a proxy wants one."""

    async def login(self, proxy: Proxy) -> ProxyLogin | None:
        """The login for this proxy, None where there is none."""


class NoLogins:
    """None but those in a proxy's own address."""

    async def login(self, _proxy: Proxy) -> ProxyLogin | None:
        """See `ProxyLogins`."""
        return None


class KeptLogins:
    """Logins in the system's store for secrets, which is opened when first needed and in a thread: it may ask."""

    def __init__(self, open_store: Callable[[], SecretStore]) -> None:
        self._open_store = open_store

    async def login(self, proxy: Proxy) -> ProxyLogin | None:
        """See `ProxyLogins`."""
        return await asyncio.to_thread(self._read, _name(proxy))

    def keep(self, proxy: Proxy, login: ProxyLogin) -> bool:
        """Keep a login for later, and whether that will outlive this run. Blocking."""
        from visio_desktop.system.secrets import SecretsError  # noqa: PLC0415 - as below

        store = self._open_store()
        try:
            store.put(_name(proxy), json.dumps([login.username, login.password]))
        except SecretsError:
            _log.warning("proxy_login_not_kept")
            return False
        return store.is_lasting

    def keep_soon(self, address: str, username: str, password: str) -> None:
        """Keep a login for the proxy at this address, if it is one; in a thread: the person may have to unlock it."""
        proxy = parse_proxy(address)
        if proxy is not None:
            keep = partial(self.keep, proxy, ProxyLogin(username, password))
            threading.Thread(target=keep, name="keep login", daemon=True).start()

    def _read(self, name: str) -> ProxyLogin | None:
        # The keyring takes its time to load, and few proxies ask.
        from visio_desktop.system.secrets import SecretsError  # noqa: PLC0415

        try:
            kept = self._open_store().get(name)
        except SecretsError:
            _log.warning("proxy_login_unreadable")
            return None
        try:
            match json.loads(kept or "null"):
                case [str(username), str(password)]:
                    return ProxyLogin(username, password)
        except ValueError:
            _log.warning("proxy_login_broken")
        return None


def _name(proxy: Proxy) -> str:
    return f"proxy {proxy}"

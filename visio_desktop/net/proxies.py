"""Which proxy a connection goes through: the system's, one a person or policy names, or none."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.request import getproxies, proxy_bypass

from yarl import URL

from visio_desktop.net.hosts import is_loopback

_PORTS = {"http": 80, "https": 443}
_SOCKS = {"socks": 5, "socks5": 5, "socks5h": 5, "socks4": 4, "socks4a": 4}
_SOCKS_PORT = 1_080
_MAX_URL_LENGTH = 2_000
_IN_ENVIRONMENT = ("https_proxy", "all_proxy")


@dataclass(frozen=True, slots=True)
class ProxyLogin:
    """Who we are to a proxy. `username` may name a domain before a backslash; `repr` shows no secret."""

    username: str
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy, or one of SOCKS in version 4 or 5; with `secure` we speak TLS with the proxy itself.

    `login` comes from its address, if at all.
    """

    host: str
    port: int
    secure: bool = False
    login: ProxyLogin | None = field(default=None, repr=False)
    socks: int = 0

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{f'socks{self.socks}' if self.socks else 'https' if self.secure else 'http'}://{host}:{self.port}"


type ProxyFinder = Callable[[str, int], Proxy | None]
"""Gives the proxy to a host and port, None where the way is direct. Answers at once: it is asked on a loop."""


def parse_proxy(text: str) -> Proxy | None:
    """The proxy an address names (`http://[name:password@]host[:port]`), None for others.

    Schemes are `http`, which may be left out, `https`, `socks5` and `socks4`.
    """
    if len(text) > _MAX_URL_LENGTH:
        return None
    try:
        url = URL(text.strip() if "://" in text else f"http://{text.strip()}")
        socks = _SOCKS.get(url.scheme, 0)
        host, port = url.host, url.explicit_port or (_SOCKS_PORT if socks else _PORTS.get(url.scheme))
    except ValueError:
        return None
    if not host or port is None or url.scheme not in _PORTS | _SOCKS:
        return None
    login = ProxyLogin(url.user, url.password or "") if url.user else None
    return Proxy(host, port, secure=url.scheme == "https", login=login, socks=socks)


def system_proxy(host: str, port: int) -> Proxy | None:
    """As the environment says, or the system's settings where Python knows to read them; never for this machine."""
    if is_loopback(host) or proxy_bypass(f"{host}:{port}") or proxy_bypass(host):
        return None
    proxies = getproxies()
    found = proxies.get("https") or proxies.get("all") or _as_socks(proxies.get("socks", ""))
    return parse_proxy(found) if found else None


def _as_socks(address: str) -> str:
    """Where settings of macOS, and `socks_proxy`, name one of SOCKS, they do so as if it were any."""
    return f"socks5://{address.partition('://')[2] or address}" if address else ""


def asks_the_desktop(environment: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether settings of the desktop may say more than the environment (`system_proxies` reads them)."""
    if any(environment.get(name) or environment.get(name.upper()) for name in _IN_ENVIRONMENT):
        return False
    return platform != "linux" or any(environment.get(name) for name in ("auto_proxy", "XDG_CURRENT_DESKTOP"))


def no_proxy(_host: str, _port: int) -> Proxy | None:
    """Always the direct way."""
    return None


def manual_proxy(text: str) -> ProxyFinder:
    """One proxy for all but this machine; an address that names none counts as none.

    A login in it is left out: settings are no place for secrets.
    """
    parsed = parse_proxy(text)
    named = replace(parsed, login=None) if parsed is not None else None
    return lambda host, _port: None if is_loopback(host) else named

"""What the login window may visit and take along: rules about addresses and cookies, without a web engine."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import SplitResult, quote, urlsplit

DONE_PATH = "/visio-desktop/logged-in"
"""Where the server sends whoever has logged in: an address of its own, as others are refused, that is never loaded."""
SESSION = "sessionid"
"""How the names of Django's session cookies end."""
_PAGES = ("https", "about", "blob", "data")
_LOOPBACK_PAGES = ("http", "ws")
_PARTS = (*_PAGES, "wss", "qrc")


class RuleError(ValueError):
    """An address that is no server's."""


def base(server: str) -> str:
    """`https://host[:port][/path]` of a server's web address; plain http for this machine alone. Raises `RuleError`."""
    parts = _split(server)
    if parts is None or not parts.hostname or "@" in parts.netloc or not may_visit(server):
        raise RuleError(server[:60])
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def start_address(server: str, *, silent: bool) -> str:
    """Where logging in begins (La Suite Meet, `core/authentication/urls`). Raises `RuleError`."""
    address = base(server)
    wish = "true" if silent else "false"
    return f"{address}/api/v1.0/authenticate/?silent={wish}&returnTo={quote(address + DONE_PATH, safe='')}"


def is_done(address: str, server: str) -> bool:
    """Whether the server sent us back, logged in or not."""
    parts = _split(address)
    return parts is not None and f"{parts.scheme}://{parts.netloc}{parts.path}" == base(server) + DONE_PATH


def may_visit(address: str) -> bool:
    """Whether a page may come from there: encrypted, or from this machine."""
    return _is_allowed(address, _PAGES)


def may_load(address: str) -> bool:
    """Whether a part of a page may come from there: never a file of this machine."""
    return _is_allowed(address, _PARTS)


def belongs(domain: str, server: str) -> bool:
    """Whether a cookie of this domain goes to the server itself, not merely to its neighbours."""
    host = _split(base(server))
    return host is not None and domain.lstrip(".").lower() == (host.hostname or "")


def _is_allowed(address: str, schemes: tuple[str, ...]) -> bool:
    parts = _split(address)
    if parts is None:
        return False
    return parts.scheme in schemes or (parts.scheme in _LOOPBACK_PAGES and _is_loopback(parts.hostname or ""))


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 - asking is what checks it
    except ValueError:
        return None
    return parts

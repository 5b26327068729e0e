"""What a host's name says about it."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import SplitResult


def authority(parts: SplitResult) -> str:
    """Host and port of an address in the form that cannot be mistaken for another's: IDNA's where it is not ASCII.

    "" for what can be no host's name. Raises `ValueError` for a port that is none.
    """
    if parts.netloc.isascii():
        return parts.netloc.lower()
    from yarl import URL  # noqa: PLC0415 - few names need it

    try:
        host = URL(f"https://{parts.hostname}/").raw_host or ""
    except ValueError:
        return ""
    return host if parts.port is None else f"{host}:{parts.port}"


def is_loopback(host: str) -> bool:
    """Whether this host is this machine: only there is traffic without TLS accepted, and no proxy asked."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False

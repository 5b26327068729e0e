"""What a host's name says about it."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import SplitResult

_PRIVATE_ENDINGS = (".local", ".internal", ".lan", ".home.arpa", ".intranet", ".corp", ".home")


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


def is_private(host: str) -> bool:
    """Whether a host is on somebody's own network, as far as its name or address alone tells; this machine is not."""
    if is_loopback(host):
        return False
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        name = host.lower().rstrip(".")
        # `127.1` and the like: systems read as an address what ends in a number, as no public name does.
        ends_in_number = name.rpartition(".")[2][:1].isdecimal()
        return "." not in name or ends_in_number or name.endswith(_PRIVATE_ENDINGS)
    return not address.is_global

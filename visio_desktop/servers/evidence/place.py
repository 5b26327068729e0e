"""Where a web link leads, as far as it is anybody's business: its query and its fragment may hold secrets."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from visio_desktop.net.hosts import authority, is_loopback

_SCHEMES = {"https": "https", "http": "http", "visio": "https"}
_PRIVATE_ENDINGS = (".local", ".internal", ".lan", ".home.arpa", ".intranet", ".corp", ".home")


@dataclass(frozen=True, slots=True)
class Place:
    """`origin` is scheme, host and port; `path` begins with a slash and ends without one, "" for the origin itself.

    `has_room` says that the fragment names a room, as Element Call's does; the fragment itself is never kept.
    """

    origin: str
    host: str
    path: str
    secure: bool
    has_room: bool = False

    @property
    def segments(self) -> tuple[str, ...]:
        """The parts of the path."""
        return tuple(self.path.split("/")[1:])

    def before(self, marker: str) -> str | None:
        """The path before its last `/marker/`, "" for none; None where there is no such part, or nothing behind it."""
        head, found, tail = self.path.rpartition(f"/{marker}/")
        return head if found and tail else None


def parse_place(text: str) -> Place | None:
    """The place of a web link; None for any other, and for one that names a user."""
    scheme, _, _ = text.partition(":")
    web_scheme = _SCHEMES.get(scheme.lower())
    if web_scheme is None:
        return None
    try:
        parts = urlsplit(text)
        netloc = authority(parts)
        host, _ = urlsplit(f"//{netloc}").hostname, parts.port
    except ValueError:
        return None
    if not host or "@" in parts.netloc:
        return None
    return Place(
        f"{web_scheme}://{netloc}", host, parts.path.rstrip("/"), web_scheme == "https", "roomId=" in parts.fragment
    )


def is_private(host: str) -> bool:
    """Whether a host is on somebody's own network, as far as its name or address alone tells; this machine is not."""
    if is_loopback(host):
        return False
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        name = host.lower().rstrip(".")
        return "." not in name or name.endswith(_PRIVATE_ENDINGS)
    return not address.is_global

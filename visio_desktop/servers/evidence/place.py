"""Where a web link leads, as far as it is anybody's business: its query and its fragment may hold secrets."""

from __future__ import annotations

from dataclasses import dataclass

from visio_desktop.servers import own_links

_SCHEMES = {"https": "https", "http": "http", "visio": "https"}


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
    scheme = own_links.scheme_of(text, _SCHEMES)
    found = own_links.parse_place(text, scheme) if scheme is not None else None
    if found is None:
        return None
    origin, path = f"{found.scheme}://{found.netloc}", found.path.rstrip("/")
    return Place(origin, found.host, path, found.secure, "roomId=" in found.fragment)

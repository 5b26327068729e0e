"""Links of schemes of our own (`janus+wss://…`): where they lead, whichever kind of server they are of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.net.hosts import authority, is_loopback
from visio_desktop.servers.port import JoinError

_USUAL_PORTS = {"https": 443, "wss": 443, "http": 80, "ws": 80}
_MOST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Place:
    """The parts of a link: `scheme` is the network's, `netloc` and `host` are in the letters that the network uses.

    The fragment may hold a secret.
    """

    scheme: str
    netloc: str
    host: str
    port: int
    path: str
    query: str
    fragment: str = field(default="", repr=False, compare=False)

    @property
    def secure(self) -> bool:
        """Whether nobody on the way can read what is sent there."""
        return self.scheme in ("https", "wss")


def scheme_of(text: str, schemes: Mapping[str, str]) -> str | None:
    """The network's scheme for a link's own, None for a link of another kind."""
    return schemes.get(text.partition(":")[0].lower())


def parse_place(text: str, scheme: str) -> Place | None:
    """Where a link leads, None where it leads nowhere or names somebody: links are shown and passed on."""
    try:
        parts = urlsplit(text)
        netloc = authority(parts)
        host, port = urlsplit(f"//{netloc}").hostname, parts.port
    except ValueError:
        return None
    if not host or "@" in parts.netloc:
        return None
    return Place(scheme, netloc, host, port or _USUAL_PORTS[scheme], parts.path, parts.query, parts.fragment)


def parse_own(text: str, schemes: Mapping[str, str]) -> Place | None:
    """Where a link of ours leads, None for one of another kind. Raises `JoinError` where others could read it."""
    scheme = scheme_of(text, schemes)
    if scheme is None:
        return None
    place = parse_place(text, scheme)
    if place is None:
        raise malformed(text)
    if not place.secure and not is_loopback(place.host):
        raise JoinError(Problem(ProblemCode.LINK_INSECURE, place.host))
    return place


def malformed(text: str) -> JoinError:
    """A link is a bad one: said of it is what holds no secret."""
    return JoinError(Problem(ProblemCode.LINK_MALFORMED, text.partition("?")[0].rpartition("@")[2][:_MOST_SHOWN]))

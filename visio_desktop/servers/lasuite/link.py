"""Links `https://host[:port][/path]/slug`: by form they may belong to anything, the answer of the server tells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.net.hosts import authority, is_loopback
from visio_desktop.servers.port import JoinError

KIND = "lasuite"
_SCHEMES = {"https": "https", "http": "http", "visio": "https"}
_SLUG = re.compile(r"[A-Za-z0-9_-]{1,255}")
# The web client's form, which it takes in capitals and without hyphens too (`isRoomValid.ts`).
_WEB_SLUG = re.compile(r"([a-z0-9]{3})-?([a-z0-9]{4})-?([a-z0-9]{3})")


@dataclass(frozen=True, slots=True)
class WebAddress:
    """Where a link leads: `base` is the server's web address without a trailing slash."""

    base: str
    host: str
    port: int
    secure: bool
    slug: str

    @property
    def text(self) -> str:
        """The link as it is passed on."""
        return f"{self.base}/{self.slug}"

    @property
    def origin(self) -> str:
        """Scheme, host and port, as browsers send it."""
        parts = urlsplit(self.base)
        return f"{parts.scheme}://{parts.netloc}"


def parse_address(text: str) -> WebAddress | None:
    """The address in a link that may be one, None otherwise. Query and fragment are left out.

    Raises `JoinError` for one that names a user, or that anybody on the way could read.
    """
    scheme, _, _ = text.partition(":")
    web_scheme = _SCHEMES.get(scheme.lower())
    if web_scheme is None:
        return None
    try:
        parts = urlsplit(text)
        netloc = authority(parts)
        host, port = urlsplit(f"//{netloc}").hostname, parts.port
    except ValueError:
        return None
    path, _, slug = parts.path.rstrip("/").rpartition("/")
    if not host or not _SLUG.fullmatch(slug):
        return None
    if "@" in parts.netloc:
        raise JoinError(Problem(ProblemCode.LINK_MALFORMED, host))
    secure = web_scheme == "https"
    if not secure and not is_loopback(host):
        raise JoinError(Problem(ProblemCode.LINK_INSECURE, host))
    base = urlunsplit((web_scheme, netloc, path, "", ""))
    return WebAddress(base, host, port or (443 if secure else 80), secure, tidy_slug(slug))


def tidy_slug(slug: str) -> str:
    """A room's name in an address as the server knows it: `ABCDEFGHIJ` is `abc-defg-hij`."""
    slug = slug.lower()
    in_parts = _WEB_SLUG.fullmatch(slug)
    return "-".join(in_parts.groups()) if in_parts is not None else slug

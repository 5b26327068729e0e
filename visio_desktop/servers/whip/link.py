"""Links `whip+https://host/path` (we send there) and `whep+https://host/path` (we watch there)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from visio_desktop.meeting.values import MeetingLink
from visio_desktop.servers.own_links import malformed, parse_own

WHIP, WHEP = "whip", "whep"
_SECRET = ("token", "jwt", "pass", "key", "secret", "auth", "sig", "credential")
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Address:
    """Where a link leads: `url` is the endpoint's, over HTTPS or to this machine."""

    kind: str
    url: str
    host: str
    port: int
    secure: bool

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def name(self) -> str:
        """What the stream is called, for people."""
        return urlsplit(self.url).path.strip("/")[:_LONGEST_NAME]


def parse_address(text: str, kind: str) -> Address | None:
    """The address in a link of this kind, None for any other. Raises `JoinError` where it is one, but a bad one.

    A query that looks like a secret makes it a bad one: links are shown, remembered and passed on.
    """
    schemes = {f"{kind}+https": "https", f"{kind}+http": "http", f"{kind}s": "https", kind: "https"}
    place = parse_own(text, schemes)
    if place is None:
        return None
    if _has_secret(place.query):
        raise malformed(text)
    url = urlunsplit((place.scheme, place.netloc, place.path, place.query, ""))
    return Address(kind, url, place.host, place.port, place.secure)


def parse_link(text: str, kind: str) -> MeetingLink | None:
    """The link for showing, None if it is of another kind. Raises `JoinError` as `parse_address` does."""
    address = parse_address(text, kind)
    if address is None:
        return None
    return MeetingLink(
        kind,
        f"{kind}+{address.url}",
        address.host,
        address.name,
        takes_token=True,
        sends=kind == WHIP,
        receives=kind == WHEP,
    )


def _has_secret(query: str) -> bool:
    try:
        names = [name.lower() for name, _ in parse_qsl(query, keep_blank_values=True, max_num_fields=20)]
    except ValueError:
        return True
    return any(part in name for name in names for part in _SECRET)

"""Links `whip+https://host/path` (we send there) and `whep+https://host/path` (we watch there)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from visio_desktop.meeting.values import MeetingLink, Problem, ProblemCode
from visio_desktop.net.hosts import authority, is_loopback
from visio_desktop.servers.port import JoinError

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
    scheme = schemes.get(text.partition(":")[0].lower())
    if scheme is None:
        return None
    malformed = JoinError(Problem(ProblemCode.LINK_MALFORMED, text.partition("?")[0].rpartition("@")[2][:60]))
    try:
        parts = urlsplit(text)
        netloc = authority(parts)
        host, port = urlsplit(f"//{netloc}").hostname, parts.port
    except ValueError:
        raise malformed from None
    if not host or "@" in parts.netloc or _has_secret(parts.query):
        raise malformed
    secure = scheme == "https"
    if not secure and not is_loopback(host):
        raise JoinError(Problem(ProblemCode.LINK_INSECURE, host))
    url = urlunsplit((scheme, netloc, parts.path, parts.query, ""))
    return Address(kind, url, host, port or (443 if secure else 80), secure)


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

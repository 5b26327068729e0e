"""Links to groups: `https://host[:port]/group/NAME/`, where NAME may have slashes in it; ours begin with `galene+`.

A token in a link (`?token=`) is taken out: links are shown, remembered and passed on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, unquote, urlsplit, urlunsplit

from visio_desktop.meeting.values import MeetingLink, Problem, ProblemCode
from visio_desktop.net.hosts import authority, is_loopback
from visio_desktop.servers.port import JoinError

KIND = "galene"
_OURS = {"galene+https": "https", "galene+http": "http"}
_WEB = {"https": "https", "http": "http", "visio": "https"}
_MARK = "/group/"
_LONGEST_GROUP, _LONGEST_TOKEN = 256, 16_384
_BAD_PARTS = {"", ".", ".."}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a link leads: `base` is the group's page, with a slash in the end, over HTTPS or to this machine."""

    base: str
    host: str
    port: int
    secure: bool
    group: str
    token: str = field(default="", repr=False)

    @property
    def status(self) -> str:
        """Where the group says what it is."""
        return f"{self.base}.status"


def parse_address(text: str) -> Address | None:
    """The address in a link of ours, None for any other. Raises `JoinError` where it is one, but a bad one."""
    scheme = _OURS.get(text.partition(":")[0].lower())
    if scheme is None:
        return None
    address = _parsed(text, scheme)
    if address is None:
        raise JoinError(Problem(ProblemCode.LINK_MALFORMED, text.partition("?")[0].rpartition("@")[2][:60]))
    if not address.secure and not is_loopback(address.host):
        raise JoinError(Problem(ProblemCode.LINK_INSECURE, address.host))
    return address


def parse_page(text: str) -> Address | None:
    """What the link of a group's page says, if it is one: that its server is Galene only its answer proves."""
    scheme = _WEB.get(text.partition(":")[0].lower())
    return None if scheme is None else _parsed(text, scheme)


def shown(address: Address) -> MeetingLink:
    """The link for showing."""
    return MeetingLink(KIND, f"galene+{address.base}", address.host, address.group, takes_token=True, takes_pin=True)


def _parsed(text: str, scheme: str) -> Address | None:
    try:
        parts = urlsplit(text)
        netloc = authority(parts)
        host, port = urlsplit(f"//{netloc}").hostname, parts.port
        tokens = parse_qs(parts.query, max_num_fields=20).get("token", [])
        group = unquote(parts.path.partition(_MARK)[2].strip("/"), errors="strict")
    except ValueError:
        return None
    head = parts.path.partition(_MARK)[0]
    if not host or "@" in parts.netloc or not _is_name(group) or len(tokens) > 1:
        return None
    token = tokens[0] if tokens else ""
    if len(token) > _LONGEST_TOKEN:
        return None
    base = urlunsplit((scheme, netloc, f"{head}{_MARK}{quote(group)}/", "", ""))
    secure = scheme == "https"
    return Address(base, host, port or (443 if secure else 80), secure, group, token)


def _is_name(group: str) -> bool:
    """Whether a group may be called so (`galene-protocol.md`)."""
    parts = group.split("/")
    named = len(group) <= _LONGEST_GROUP and group.isprintable() and not group.startswith(".")
    return named and not _BAD_PARTS & set(parts)

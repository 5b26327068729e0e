"""Links to groups: `https://host[:port]/group/NAME/`, where NAME may have slashes in it; ours begin with `galene+`.

A token in a link (`?token=`) is taken out: links are shown, remembered and passed on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, unquote, urlunsplit

from visio_desktop.meeting.values import MeetingLink
from visio_desktop.servers.own_links import Place, malformed, parse_own, parse_place, scheme_of

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
    place = parse_own(text, _OURS)
    if place is None:
        return None
    address = _at(place)
    if address is None:
        raise malformed(text)
    return address


def parse_page(text: str) -> Address | None:
    """What the link of a group's page says, if it is one: that its server is Galene only its answer proves."""
    scheme = scheme_of(text, _WEB)
    place = None if scheme is None else parse_place(text, scheme)
    return None if place is None else _at(place)


def shown(address: Address) -> MeetingLink:
    """The link for showing."""
    return MeetingLink(KIND, f"galene+{address.base}", address.host, address.group, takes_token=True, takes_pin=True)


def _at(place: Place) -> Address | None:
    """The group at a place, None where there can be none."""
    head, _, name = place.path.partition(_MARK)
    try:
        tokens = parse_qs(place.query, max_num_fields=20).get("token", [])
        group = unquote(name.strip("/"), errors="strict")
    except ValueError:
        return None
    token = tokens[0] if tokens else ""
    if not _is_name(group) or len(tokens) > 1 or len(token) > _LONGEST_TOKEN:
        return None
    base = urlunsplit((place.scheme, place.netloc, f"{head}{_MARK}{quote(group)}/", "", ""))
    return Address(base, place.host, place.port, place.secure, group, token)


def _is_name(group: str) -> bool:
    """Whether a group may be called so (`galene-protocol.md`)."""
    parts = group.split("/")
    named = len(group) <= _LONGEST_GROUP and group.isprintable() and not group.startswith(".")
    return named and not _BAD_PARTS & set(parts)

"""Links of the form `talk+https://host[/path]/call/TOKEN`, which is made of `https://host[/path][/index.php]/call/TOKEN`.

By its form a web link may be anything: its server's answer makes one of this form of it (`servers.evidence`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from visio_desktop.meeting.values import MeetingLink
from visio_desktop.servers.own_links import malformed, parse_own

KIND = "nextcloud"
_SCHEMES = {"talk+https": "https", "talk+http": "http"}
_PATH = re.compile(r"(?P<before>(?:/[A-Za-z0-9._~-]+)*?)(?:/index\.php)?/call/(?P<token>[A-Za-z0-9]{1,64})/?")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a link leads: `base` is Nextcloud's address without a trailing slash, `token` names the conversation."""

    base: str
    host: str
    port: int
    secure: bool
    token: str

    @property
    def web(self) -> str:
        """The link as people pass it on."""
        return f"{self.base}/index.php/call/{self.token}"

    @property
    def text(self) -> str:
        """The link as this program keeps it."""
        return f"talk+{self.base}/call/{self.token}"


def parse_address(text: str) -> Address | None:
    """The address in a link, None if it is of another kind. Raises `JoinError` where it is one, but a bad one."""
    place = parse_own(text, _SCHEMES)
    if place is None:
        return None
    found = _PATH.fullmatch(place.path)
    if found is None:
        raise malformed(text)
    base = f"{place.scheme}://{place.netloc}{found['before']}"
    return Address(base, place.host, place.port, place.secure, found["token"])


def parse_link(text: str) -> MeetingLink | None:
    """The link for showing, None if it is of another kind. Raises `JoinError` as `parse_address` does."""
    address = parse_address(text)
    if address is None:
        return None
    return MeetingLink(KIND, address.text, address.host, address.token, takes_pin=True, takes_login=True)

"""Whether the organisation offers a newer version: one small signed file on its own server, and nothing else.

    {"product": "visio-desktop", "version": "1.2.0", "page": "https://software.example.org/visio/"}

lies at the channel's address, its minisign signature beside it with `.minisig` added. It is asked for only when
somebody looks; nothing is fetched or installed for it, and nothing told: neither our version nor who asks. `page` may
be left out; it has to be on the channel's host. An old file that is sent again says nothing new.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from visio_desktop.net.errors import NetError
from visio_desktop.net.hosts import authority, is_loopback
from visio_desktop.net.minisign import LONGEST, PublicKey, is_signed, parse_key

if TYPE_CHECKING:
    from visio_desktop.net.web import Web

PRODUCT: Final = "visio-desktop"
SIGNATURE: Final = ".minisig"
TIMEOUT_S: Final = 10.0
MAX_BYTES: Final = 16_384
_LONGEST_PAGE: Final = 500
_OK: Final = 200
_VERSION: Final = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}){0,3}", re.ASCII)


class Looked(Enum):
    """What came of looking; texts are `about.update.<value>`."""

    NOWHERE = "nowhere"
    UNUSABLE = "unusable"
    SILENT = "silent"
    REFUSED = "refused"
    CURRENT = "current"
    NEWER = "newer"


@dataclass(frozen=True, slots=True)
class Channel:
    """Where to look, and whose signature counts."""

    url: str
    host: str
    key: PublicKey


@dataclass(frozen=True, slots=True)
class News:
    """What came of looking at `host`; `page` is "" where the answer names none."""

    looked: Looked
    host: str = ""
    version: str = ""
    page: str = ""


def parse_channel(url: str, key: str) -> Channel | None:
    """A channel of these settings, None where they cannot be used: TLS is needed, but on this machine itself."""
    parsed, parts = parse_key(key), _address(url)
    if parsed is None or parts is None or {"?", "#"} & set(url):
        return None
    return Channel(url, parts[1], parsed)


def host_of(url: str) -> str:
    """The host that a channel's address names, "" where it cannot be used."""
    parts = _address(url)
    return "" if parts is None else (urlsplit(url).hostname or "")


async def look(web: Web, channel: Channel, own_version: str) -> News:
    """Ask, and judge the answer. Never raises for what a server does."""
    try:
        answer = await web.get(channel.url, timeout_s=TIMEOUT_S, max_bytes=MAX_BYTES + 1)
        signature = await web.get(channel.url + SIGNATURE, timeout_s=TIMEOUT_S, max_bytes=LONGEST)
    except NetError:
        return News(Looked.SILENT, channel.host)
    if answer.status != _OK or signature.status != _OK:
        return News(Looked.SILENT, channel.host)
    return judge(answer.body, signature.body, channel, own_version)


def judge(content: bytes, signature: bytes, channel: Channel, own_version: str) -> News:
    """What an answer says; nothing in it is believed that is not signed."""
    refused = News(Looked.REFUSED, channel.host)
    if len(content) > MAX_BYTES or not is_signed(content, signature, channel.key):
        return refused
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        return refused
    match said:
        case {"product": "visio-desktop", "version": str(version), **rest} if _VERSION.fullmatch(version):
            if _order(version) <= _order(own_version):
                return News(Looked.CURRENT, channel.host)
            return News(Looked.NEWER, channel.host, version, _page(rest.get("page"), channel))
        case _:
            return refused


def _page(page: object, channel: Channel) -> str:
    """An address to show people; one that leads elsewhere is none."""
    if not isinstance(page, str) or len(page) > _LONGEST_PAGE:
        return ""
    parts = _address(page)
    return page if parts is not None and parts == (urlsplit(channel.url).scheme, channel.host) else ""


def _address(url: str) -> tuple[str, str] | None:
    """Scheme and host with port of an address without a login, that may be gone to."""
    if not url.isprintable() or " " in url or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
        host, port = authority(parts), parts.port
    except ValueError:
        return None
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    return (parts.scheme, host) if host and is_safe and port != 0 and "@" not in parts.netloc else None


def _order(version: str) -> tuple[int, ...]:
    """Numbers to compare; 1.2 is 1.2.0. What follows the numbers, of a version still being made, does not count."""
    found = _VERSION.match(version)
    numbers = [int(part) for part in found[0].split(".")] if found is not None else [0]
    return (*numbers, *(0,) * (4 - len(numbers)))

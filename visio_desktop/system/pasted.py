"""The meeting's link in what somebody pasted: a whole invitation, a line of a chat, an address a mail filter wrapped.

Nothing is asked of anybody: links are told by their form, and what is likely comes first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qs, urlsplit

LONGEST_TEXT: Final = 100_000
"""Characters that are looked at; no invitation is longer."""
MOST_LINKS: Final = 5
_LONGEST_LINK: Final = 2_000
_LINK: Final = re.compile(
    r"\b(?:https|wss|visio|livekit|(?:livekit|janus|whip|whep)\+(?:https|wss|ws))://[^\s<>\"]+", re.IGNORECASE
)
_BARE: Final = re.compile(r"(?<![\w@./-])(?:[\w-]+\.)+[a-z]{2,}/[\w/-]{3,}", re.IGNORECASE)
_AFTER: Final = ".,;:!?'*_\u2019\u201d\u00bb\u2026"
_BRACKETS: Final = {")": "(", "]": "[", "}": "{"}
_MEETING: Final = re.compile(r"/[a-z]{3}-[a-z]{4}-[a-z]{3}/?$|/call/\w+|/room/?#|/group/[^/]+/?$", re.IGNORECASE)
"""Paths as La Suite Meet, Nextcloud Talk, Element Call and Galene have them."""
_SAFE_LINKS: Final = ".safelinks.protection.outlook.com"
_DEFENCE: Final = re.compile(r"\w+://urldefense\.com/v3/__(.+?)__;")


def links_in(text: str, known: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The links of a text that may lead to a meeting: one if that is plain, else some to choose from, likely first.

    `known` are hosts one met at before.
    """
    found = tuple(dict.fromkeys(_found(text[:LONGEST_TEXT])))
    if not found:
        return ()
    likely = max(_likeliness(link, known) for link in found)
    best = tuple(link for link in found if _likeliness(link, known) == likely)
    if likely and len(best) == 1:
        return best
    return tuple(sorted(found, key=lambda link: -_likeliness(link, known)))[:MOST_LINKS]


def unwrapped(link: str) -> str:
    """The link that a mail filter put into one of its own, else the same."""
    defended = _DEFENCE.match(link)
    if defended is not None:
        return defended[1]
    try:
        parts = urlsplit(link)
        if (parts.hostname or "").endswith(_SAFE_LINKS):
            return parse_qs(parts.query, max_num_fields=20).get("url", [link])[0]
    except ValueError:
        return link
    return link


def _found(text: str) -> Iterator[str]:
    written = [match[0] for match in _LINK.finditer(text)] or [match[0] for match in _BARE.finditer(text)]
    for raw in written:
        link = unwrapped(_trimmed(raw))
        if len(link) <= _LONGEST_LINK and link.isprintable() and " " not in link:
            yield link


def _trimmed(link: str) -> str:
    """Without the signs of the sentence that ends after it."""
    link = link.partition("](")[0]  # as Markdown has them
    while link and (link[-1] in _AFTER or (link[-1] in _BRACKETS and _BRACKETS[link[-1]] not in link)):
        link = link[:-1]
    return link


def _likeliness(link: str, known: frozenset[str]) -> int:
    try:
        parts = urlsplit(link if "://" in link else f"https://{link}")
        host = parts.hostname or ""
    except ValueError:
        return 0
    fits = _MEETING.search(f"{parts.path}{'#' if parts.fragment else ''}") is not None
    return 4 * (parts.scheme.lower() not in ("https", "wss")) + 2 * fits + (host in known and len(parts.path) > 1)

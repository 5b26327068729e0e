"""Names of servers as settings give them: a host with or without a port, or all hosts below a name."""

from __future__ import annotations

import re
from collections.abc import Iterable

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# Not compiled before they are needed, as the start waits for this module.
_NAME = rf"(?:{_LABEL}\.)*{_LABEL}"
_NUMBERS = r"\[[0-9a-f:.]{2,45}\]"
_LONGEST = 253
_LAST_PORT = 65_535


def is_host(text: object) -> bool:
    """Whether this is a host's name in the letters the network uses, or its address; IPv6 in brackets."""
    if not isinstance(text, str) or len(text) > _LONGEST:
        return False
    return any(re.fullmatch(form, text, re.IGNORECASE) is not None for form in (_NAME, _NUMBERS))


def is_server(text: object) -> bool:
    """Whether this is a host, with a port or without."""
    if not isinstance(text, str):
        return False
    host, colon, port = text.rpartition(":") if re.search(r":[0-9]{1,5}\Z", text) else (text, "", "")
    return is_host(host) and (not colon or 0 < int(port) <= _LAST_PORT)


def is_pattern(text: object) -> bool:
    """Whether this is a host, or `*.` and a name that all hosts below it end with."""
    return isinstance(text, str) and is_host(text.removeprefix("*."))


def is_allowed(patterns: Iterable[str], host: str) -> bool:
    """Whether a host is one of these; without any, every host is."""
    wanted = tuple(patterns)
    name = host.lower().rstrip(".").strip("[]")
    return not wanted or any(_matches(pattern.lower(), name) for pattern in wanted)


def _matches(pattern: str, name: str) -> bool:
    if pattern.startswith("*."):
        return name.endswith(pattern[1:]) and len(name) >= len(pattern)
    return name == pattern.strip("[]") and bool(name)

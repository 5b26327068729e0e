"""Web addresses in what somebody wrote: http and https only, and the host they lead to is said where it hides."""

from __future__ import annotations

import html
import re
from typing import Final
from urllib.parse import urlsplit

from visio_desktop.ui import theme

_LINK: Final = re.compile(r"https?://[^\s<>\"]{1,2000}")
_AFTER: Final = ".,;:!?'"
_PAIRS: Final = {")": "(", "]": "["}


def linked(text: str) -> str:
    """Escaped text with its web addresses made links, and line breaks."""
    out, end = [], 0
    for match in _LINK.finditer(text):
        address = _trimmed(match.group())
        host = host_of(address)
        if not host:
            continue
        out.append(html.escape(text[end : match.start()]))
        out.append(_link(address, host))
        end = match.start() + len(address)
    return "".join((*out, html.escape(text[end:]))).replace("\n", "<br>")


def host_of(address: str) -> str:
    """The host an address leads to, in the letters the network uses; "" where it is none."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        _ = parts.port
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return ""


def _link(address: str, host: str) -> str:
    shown = html.escape(address)
    made = f'<a href="{shown}" style="color:{theme.ACTION}">{shown}</a>'
    netloc = address.split("//", 1)[1]
    if netloc.lower().startswith(host):
        return made
    return f'{made} <span style="color:{theme.PROBLEM_INK}">[{html.escape(host)}]</span>'


def _trimmed(address: str) -> str:
    """Without what ends the sentence, not the address."""
    while address and (
        address[-1] in _AFTER
        or (address[-1] in _PAIRS and address.count(address[-1]) > address.count(_PAIRS[address[-1]]))
    ):
        address = address[:-1]
    return address

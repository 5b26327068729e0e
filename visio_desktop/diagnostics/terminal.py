"""What may be written to a terminal of what others say: servers, devices, drivers."""

from __future__ import annotations


def harmless(text: str) -> str:
    """The text without signs that command a terminal, or that it cannot show."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)

"""Raised hands: the participant attribute `handRaisedAt`, as La Suite Meet writes it.

Its value is an ISO 8601 time, or empty for a lowered hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

ATTRIBUTE = "handRaisedAt"
_MAX_CHARACTERS = 64


def parse_hand(attributes: Mapping[str, str]) -> float | None:
    """When the hand was raised, epoch milliseconds; None for a lowered hand and for what is no time."""
    text = attributes.get(ATTRIBUTE, "")
    if not text or len(text) > _MAX_CHARACTERS:
        return None
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1e3
    except (ValueError, OverflowError):
        return None


def print_hand(raised: bool, at_ms: float) -> dict[str, str]:
    """The attributes that raise or lower a hand; an empty value removes an attribute."""
    if not raised:
        return {ATTRIBUTE: ""}
    return {ATTRIBUTE: datetime.fromtimestamp(at_ms / 1e3, tz=UTC).isoformat()}

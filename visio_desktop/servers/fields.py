"""JSON of a server that may be older, newer or hostile: each field is read by itself, with its type and its bound."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import isfinite
from typing import Any

MAX_TEXT_CHARACTERS = 1_024
MAX_ITEMS = 1_000
_LONGEST_ID = 64
_LARGEST_KEY = 2**64


class Fields:
    """A JSON object; what is missing or of another type than asked for is as if it were not there."""

    def __init__(self, value: object) -> None:
        self._fields: Mapping[str, Any] = value if isinstance(value, dict) else {}

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def __bool__(self) -> bool:
        return bool(self._fields)

    def text(self, name: str, otherwise: str = "", *, longest: int = MAX_TEXT_CHARACTERS) -> str:
        """A text no longer than this."""
        value = self._fields.get(name)
        return value if isinstance(value, str) and len(value) <= longest else otherwise

    def flag(self, name: str, *, otherwise: bool = False) -> bool:
        """A yes or no."""
        value = self._fields.get(name)
        return value if isinstance(value, bool) else otherwise

    def number(self, name: str, *, largest: float = 1e12) -> float | None:
        """A number from 0 on, None without one."""
        value = self._fields.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return float(value) if 0 <= value <= largest and isfinite(value) else None

    def count(self, name: str) -> int | None:
        """A whole number from 0 on, None without one."""
        value = self.number(name)
        return None if value is None else int(value)

    def key(self, name: str) -> int | str | None:
        """What names something, a whole number or a text, as it came; None without one."""
        return _key(self._fields.get(name))

    def keys(self, name: str) -> tuple[int | str, ...]:
        """The keys in a list."""
        value = self._fields.get(name)
        found = [_key(item) for item in value[:MAX_ITEMS]] if isinstance(value, list) else []
        return tuple(key for key in found if key is not None)

    def object(self, name: str) -> Fields:
        """An object within, empty without one."""
        return Fields(self._fields.get(name))

    def objects(self, name: str) -> list[Fields]:
        """The objects of a list, at most so many."""
        value = self._fields.get(name)
        return [Fields(item) for item in value[:MAX_ITEMS] if isinstance(item, dict)] if isinstance(value, list) else []

    def texts(self, name: str) -> tuple[str, ...] | None:
        """The texts of a list, None without a list."""
        value = self._fields.get(name)
        if not isinstance(value, list):
            return None
        return tuple(item for item in value[:MAX_ITEMS] if isinstance(item, str) and len(item) <= MAX_TEXT_CHARACTERS)

    def plain(self) -> dict[str, Any]:
        """All of it as it came."""
        return dict(self._fields)


def _key(value: object) -> int | str | None:
    match value:
        case bool():
            return None
        case int() if 0 <= value < _LARGEST_KEY:
            return value
        case str() if 0 < len(value) <= MAX_TEXT_CHARACTERS:
            return value
        case _:
            return None


def parse_json(body: bytes | str) -> Any:
    """A JSON value, None for what is none: `null` says nothing either."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def is_id(text: str) -> bool:
    """Whether this may stand in an address as an id."""
    return 0 < len(text) <= _LONGEST_ID and text.isascii() and all(c.isalnum() or c == "-" for c in text)

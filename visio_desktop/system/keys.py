"""Keys as people write them, `Ctrl+Alt+M`, and as X11 and the portal name them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_MODIFIERS: Final = {"ctrl": ("Ctrl", "CTRL", 4), "alt": ("Alt", "ALT", 8), "shift": ("Shift", "SHIFT", 1)}
_MODIFIERS_TOO: Final = {**_MODIFIERS, "super": ("Super", "LOGO", 64), "meta": ("Super", "LOGO", 64)}
# keysymdef.h of X11
_NAMED: Final = {
    "space": 0x20,
    "pause": 0xFF13,
    "insert": 0xFF63,
    "home": 0xFF50,
    "end": 0xFF57,
    **{f"f{number}": 0xFFBD + number for number in range(1, 13)},
}
_ALONE: Final = ("pause", *(f"f{number}" for number in range(1, 13)))
_SIGNS: Final = "abcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True, slots=True)
class Keys:
    """A key with its modifiers. `symbol` is X11's number of the key, `mask` that of its modifiers."""

    text: str
    trigger: str
    symbol: int
    mask: int


def parse_keys(text: str) -> Keys | None:
    """The keys of a text; None for what is none, or would take a key that people write with."""
    *modifiers, key = [part.strip().lower() for part in text.split("+")]
    known = [_MODIFIERS_TOO[name] for name in modifiers if name in _MODIFIERS_TOO]
    symbol = ord(key) if len(key) == 1 and key in _SIGNS else _NAMED.get(key)
    if symbol is None or len(known) != len(modifiers) or len({mask for *_, mask in known}) != len(known):
        return None
    if key not in _ALONE and all(name == "Shift" for name, *_ in known):
        return None
    ordered = [entry for entry in dict.fromkeys(_MODIFIERS_TOO.values()) if entry in known]
    name = key.upper() if len(key) == 1 or key[0] == "f" else key.capitalize()
    trigger = key.upper() if key[0] == "f" and len(key) > 1 else (key.capitalize() if key in _CAPITAL else key)
    return Keys(
        "+".join([*(entry[0] for entry in ordered), name]),
        "+".join([*(entry[1] for entry in ordered), trigger]),
        symbol,
        sum(entry[2] for entry in ordered),
    )


_CAPITAL: Final = ("pause", "insert", "home", "end")

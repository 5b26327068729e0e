"""Colours `#RRGGBB` and what can be read on them (WCAG 2.2): what windows of the program and of its login agree on."""

from __future__ import annotations

from typing import Final, NamedTuple

BLACK, WHITE = "#000000", "#FFFFFF"
TEXT_CONTRAST: Final = 4.5
_SOFTNESS: Final = 0.92
_LINEAR_BELOW: Final = 0.04045


class Accent(NamedTuple):
    """A colour for buttons and links on white, the same under the pointer, and a pale ground for it."""

    action: str
    hover: str
    soft: str


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def ink_on(ground: str) -> str:
    """Black or white, whichever has more contrast with a ground: 4.58 or more with any."""
    return max((WHITE, BLACK), key=lambda ink: contrast(ink, ground))


def accent(colour: str) -> Accent:
    """An organisation's colour, darker where it is too light to be read."""
    soft = _mixed(colour, WHITE, _SOFTNESS)
    action = colour
    while min(contrast(action, WHITE), contrast(action, soft)) < TEXT_CONTRAST:
        action = _mixed(action, BLACK, 0.1)
    return Accent(action, _mixed(action, BLACK, 0.25), soft)


def _mixed(colour: str, other: str, share: float) -> str:
    """A colour with a share of another in it."""
    pairs = [(int(colour[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(one + (two - one) * share):02X}" for one, two in pairs)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= _LINEAR_BELOW else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

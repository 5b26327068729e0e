"""Colours, sizes and style sheets: light outside, dark in the room.

The palette is La Suite Meet's family, with the pairs that were too weak put right: a test computes the contrast of
every pair that carries text (4.5) or a control's edge (3.0), after WCAG 2.2. The style sheets in `resources/styles`
name these constants as `${NAME}`.
"""

from __future__ import annotations

from functools import cache
from string import Template
from typing import Final

from visio_desktop.system.paths import resources

ROOM: Final = "#161622"
BUTTON: Final = "#2D2D46"
BUTTON_HOVER: Final = "#43436A"
BUTTON_EDGE: Final = "#7070B3"
SELECTED: Final = "#B3B3E7"
SELECTED_TEXT: Final = "#161622"
TEXT_ON_DARK: Final = "#FFFFFF"
SOFT_ON_DARK: Final = "#C9C9EE"
LEAVE: Final = "#CA3632"
LEAVE_HOVER: Final = "#A82B28"
MUTED: Final = "#FAD2D1"
MUTED_TEXT: Final = "#6C302E"
SPEAKING: Final = "#6E93FF"
HAND: Final = "#FDE047"
HAND_TEXT: Final = "#161622"
MIC_OFF_BADGE: Final = "#B91C1C"
TOAST: Final = "#3A3A3A"
TILE: Final = "#222234"
CHIP: Final = "#161622"
PAPER: Final = "#FFFFFF"
INK: Final = "#161616"
SOFT_INK: Final = "#555555"
LINE: Final = "#7C7C7C"
ACTION: Final = "#000091"
ACTION_HOVER: Final = "#1212FF"
SOFT_ACTION: Final = "#ECECFE"
PROBLEM_PAPER: Final = "#FFF4F4"
PROBLEM_INK: Final = "#8A1C19"
FOCUS_ON_DARK: Final = "#DCE6FF"
FOCUS_ON_LIGHT: Final = "#2F5FC1"
AVATAR: Final = "#5730D7"

TEXT_PAIRS: Final = (
    (TEXT_ON_DARK, ROOM),
    (TEXT_ON_DARK, BUTTON),
    (TEXT_ON_DARK, BUTTON_HOVER),
    (SOFT_ON_DARK, ROOM),
    (SELECTED_TEXT, SELECTED),
    (TEXT_ON_DARK, LEAVE),
    (TEXT_ON_DARK, LEAVE_HOVER),
    (MUTED_TEXT, MUTED),
    (HAND_TEXT, HAND),
    (TEXT_ON_DARK, MIC_OFF_BADGE),
    (TEXT_ON_DARK, TOAST),
    (TEXT_ON_DARK, CHIP),
    (INK, PAPER),
    (SOFT_INK, PAPER),
    (PAPER, ACTION),
    (PAPER, ACTION_HOVER),
    (ACTION, SOFT_ACTION),
    (PROBLEM_INK, PROBLEM_PAPER),
    (TEXT_ON_DARK, AVATAR),
)
"""Text on its ground."""

EDGE_PAIRS: Final = (
    (BUTTON_EDGE, ROOM),
    (FOCUS_ON_DARK, ROOM),
    (FOCUS_ON_DARK, BUTTON),
    (FOCUS_ON_DARK, LEAVE),
    (FOCUS_ON_LIGHT, PAPER),
    (SPEAKING, ROOM),
    (LINE, PAPER),
)
"""What marks a control or a state, on its ground."""

GAP_PX: Final = 24
RADIUS_PX: Final = 8
BAR_PX: Final = 80
PANEL_PX: Final = 360
BUTTON_PX: Final = 46
ICON_PX: Final = 24


_LINEAR_BELOW: Final = 0.04045


@cache
def style(name: str) -> str:
    """The style sheet `resources/styles/<name>.qss` in these colours."""
    sheet = (resources() / "styles" / f"{name}.qss").read_text(encoding="utf-8")
    return Template(sheet).substitute({key: value for key, value in globals().items() if key.isupper()})


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours `#RRGGBB`, 1 to 21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= _LINEAR_BELOW else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

"""Colours, sizes and style sheets: light outside, dark in the room.

The palette is La Suite Meet's family, with the pairs that were too weak put right: a test computes the contrast of
every pair that carries text (4.5) or a control's edge (3.0), after WCAG 2.2. The style sheets in `resources/styles`
name these constants as `${NAME}`. Where the system asks for high contrast, `use_high_contrast` puts other colours under
the same names, all but black, white, yellow and cyan; what is drawn or styled from then on has them.
"""

from __future__ import annotations

from functools import cache
from string import Template
from typing import Final

from visio_desktop.system.colours import accent, contrast
from visio_desktop.system.paths import resources

ROOM = "#161622"
BUTTON = "#2D2D46"
BUTTON_HOVER = "#43436A"
BUTTON_EDGE = "#7070B3"
SELECTED = "#B3B3E7"
SELECTED_TEXT = "#161622"
TEXT_ON_DARK = "#FFFFFF"
SOFT_ON_DARK = "#C9C9EE"
LEAVE = "#CA3632"
LEAVE_HOVER = "#A82B28"
MUTED = "#FAD2D1"
MUTED_TEXT = "#6C302E"
SPEAKING = "#6E93FF"
HAND = "#FDE047"
HAND_TEXT = "#161622"
MIC_OFF_BADGE = "#B91C1C"
TOAST = "#3A3A3A"
TILE = "#222234"
CHIP = "#161622"
PAPER = "#FFFFFF"
INK = "#161616"
SOFT_INK = "#555555"
LINE = "#7C7C7C"
ACTION = "#000091"
ACTION_HOVER = "#1212FF"
SOFT_ACTION = "#ECECFE"
PROBLEM_PAPER = "#FFF4F4"
PROBLEM_INK = "#8A1C19"
FOCUS_ON_DARK = "#DCE6FF"
FOCUS_ON_LIGHT = "#2F5FC1"
AVATAR = "#5730D7"

TEXT_PAIRS: Final = (
    ("TEXT_ON_DARK", "ROOM"),
    ("TEXT_ON_DARK", "BUTTON"),
    ("TEXT_ON_DARK", "BUTTON_HOVER"),
    ("SOFT_ON_DARK", "ROOM"),
    ("SELECTED_TEXT", "SELECTED"),
    ("TEXT_ON_DARK", "LEAVE"),
    ("TEXT_ON_DARK", "LEAVE_HOVER"),
    ("MUTED_TEXT", "MUTED"),
    ("HAND_TEXT", "HAND"),
    ("TEXT_ON_DARK", "MIC_OFF_BADGE"),
    ("TEXT_ON_DARK", "TOAST"),
    ("TEXT_ON_DARK", "CHIP"),
    ("INK", "PAPER"),
    ("SOFT_INK", "PAPER"),
    ("PAPER", "ACTION"),
    ("PAPER", "ACTION_HOVER"),
    ("ACTION", "SOFT_ACTION"),
    ("INK", "SOFT_ACTION"),
    ("SOFT_INK", "SOFT_ACTION"),
    ("PROBLEM_INK", "PROBLEM_PAPER"),
    ("TEXT_ON_DARK", "AVATAR"),
)
"""Text on its ground."""

EDGE_PAIRS: Final = (
    ("BUTTON_EDGE", "ROOM"),
    ("FOCUS_ON_DARK", "ROOM"),
    ("FOCUS_ON_DARK", "BUTTON"),
    ("FOCUS_ON_DARK", "LEAVE"),
    ("FOCUS_ON_LIGHT", "PAPER"),
    ("FOCUS_ON_LIGHT", "SOFT_ACTION"),
    ("HAND", "TOAST"),
    ("SPEAKING", "ROOM"),
    ("LINE", "PAPER"),
)
"""What marks a control or a state, on its ground."""

GAP_PX: Final = 24
RADIUS_PX: Final = 8
BAR_PX: Final = 80
PANEL_PX: Final = 360
BUTTON_PX: Final = 46
ICON_PX: Final = 24


_BLACK, _WHITE, _YELLOW, _CYAN, _DARK_RED = "#000000", "#FFFFFF", "#FFFF00", "#00FFFF", "#8B0000"
_GROUNDS: Final = (
    *("ROOM", "BUTTON", "BUTTON_HOVER", "SELECTED_TEXT", "MUTED_TEXT", "HAND_TEXT", "TOAST", "TILE", "CHIP"),
    *("PAPER", "SOFT_ACTION", "PROBLEM_PAPER"),
)
_INKS: Final = (*("BUTTON_EDGE", "SELECTED", "TEXT_ON_DARK", "SOFT_ON_DARK", "INK", "SOFT_INK", "LINE", "PROBLEM_INK"),)
_HIGH: Final = {
    **dict.fromkeys(_GROUNDS, _BLACK),
    **dict.fromkeys(_INKS, _WHITE),
    **dict.fromkeys(("MUTED", "SPEAKING", "HAND", "ACTION", "ACTION_HOVER"), _YELLOW),
    **dict.fromkeys(("FOCUS_ON_DARK", "FOCUS_ON_LIGHT"), _CYAN),
    **dict.fromkeys(("LEAVE", "LEAVE_HOVER", "MIC_OFF_BADGE"), _DARK_RED),
    "AVATAR": "#3A1F8F",
}
_USUAL: Final = {name: str(globals()[name]) for name in _HIGH}


_OWN: Final = {"ACTION": ACTION, "ACTION_HOVER": ACTION_HOVER, "SOFT_ACTION": SOFT_ACTION}


def use_accent(colour: str) -> None:
    """Take an organisation's colour `#RRGGBB` for buttons and links on paper, darker where it is too light to be read.

    Without one the program's own again.
    """
    colours = _accent(colour) if colour else _OWN
    _USUAL.update(colours)
    if not is_high_contrast():
        globals().update(colours)
        style.cache_clear()


def _accent(colour: str) -> dict[str, str]:
    return dict(zip(("ACTION", "ACTION_HOVER", "SOFT_ACTION"), accent(colour), strict=True))


def use_high_contrast(*, on: bool) -> bool:
    """Take the colours of high contrast from now on, or the usual ones; whether that is a change."""
    if is_high_contrast() == on:
        return False
    globals().update(_HIGH if on else _USUAL)
    style.cache_clear()
    return True


def is_high_contrast() -> bool:
    """Whether the colours are those of high contrast."""
    return _HIGH["ROOM"] == ROOM


@cache
def style(name: str) -> str:
    """The style sheet `resources/styles/<name>.qss` in these colours, and `high_contrast.qss` where that holds."""
    names = (name, "high_contrast") if is_high_contrast() else (name,)
    sheet = "\n".join((resources() / "styles" / f"{each}.qss").read_text(encoding="utf-8") for each in names)
    colours = {key: value for key, value in globals().items() if key.isupper()}
    return Template(sheet).substitute(colours, TICK=_tick())


def _tick() -> str:
    """The picture of a tick that is seen on `ACTION`."""
    seen = "light" if contrast(ACTION, _WHITE) > contrast(ACTION, _BLACK) else "dark"
    return (resources() / "styles" / f"tick_{seen}.svg").as_posix()

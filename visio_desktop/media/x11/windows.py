"""The windows that can be shared: those a person would find in a task bar, and none of our own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from visio_desktop.media.x11.display import Display
from visio_desktop.media.x11.wire import X11Error
from visio_desktop.meeting.areas import Area

MOST: Final = 24
LONGEST_TITLE: Final = 120
_SMALLEST_PX: Final = 32
_MOST_LOOKED_AT: Final = 400
_NO_WINDOWS: Final = ("DESKTOP", "DOCK", "SPLASH", "NOTIFICATION", "TOOLTIP", "MENU", "DROPDOWN_MENU", "POPUP_MENU")


@dataclass(frozen=True, slots=True)
class Window:
    """A window to share. `title` is one line for showing."""

    number: int
    title: str
    area: Area


def list_windows(display: Display, own_process: int) -> tuple[Window, ...]:
    """The windows on the display, the one in front first. Raises `X11Error` where the display does not answer."""
    if not display.can("Composite"):
        return ()
    found: list[Window] = []
    for number in reversed(_candidates(display)[-_MOST_LOOKED_AT:]):
        try:
            window = _look_at(display, number, own_process)
        except X11Error:
            continue  # closed while it was looked at
        if window is not None:
            found.append(window)
        if len(found) == MOST:
            break
    return tuple(found)


def clean_title(text: str) -> str:
    """A title on one line, without signs that turn or hide others, bounded."""
    shown = "".join(sign if sign.isprintable() else " " for sign in text[: 4 * LONGEST_TITLE])
    return " ".join(shown.split())[:LONGEST_TITLE]


def _candidates(display: Display) -> tuple[int, ...]:
    """As the window manager lists them, the lowest first; without one, whatever lies on the root."""
    listed = display.numbers(display.root, "_NET_CLIENT_LIST_STACKING")
    return listed or display.children(display.root)


def _look_at(display: Display, number: int, own_process: int) -> Window | None:
    if not display.is_seen(number) or not display.is_plain(number):
        return None
    area = display.place(number)
    if min(area.width, area.height) < _SMALLEST_PX or own_process in display.numbers(number, "_NET_WM_PID"):
        return None
    kinds = display.numbers(number, "_NET_WM_WINDOW_TYPE")
    if any(display.atom(f"_NET_WM_WINDOW_TYPE_{name}") in kinds for name in _NO_WINDOWS):
        return None
    titles = (clean_title(display.text(number, name)) for name in ("_NET_WM_NAME", "WM_NAME", "WM_CLASS"))
    title = next((title for title in titles if title), "")
    return Window(number, title, area) if title else None

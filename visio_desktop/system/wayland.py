"""Whether this session is one of Wayland, where X11 shows only the programs that still speak it."""

from __future__ import annotations

from collections.abc import Mapping


def is_wayland(environment: Mapping[str, str]) -> bool:
    """By what the session says of itself; a display of X11 may be there beside it."""
    return environment.get("XDG_SESSION_TYPE", "") == "wayland" or bool(environment.get("WAYLAND_DISPLAY"))

"""The screens and windows of this machine, as `sources.screen` and `sources.x11` capture them."""

from __future__ import annotations

import os

import mss
from mss.exception import ScreenShotError

from visio_desktop.media.x11.display import Display
from visio_desktop.media.x11.windows import list_windows
from visio_desktop.media.x11.wire import X11Error
from visio_desktop.meeting.values import Screen
from visio_desktop.system.log import get_logger
from visio_desktop.system.wayland import is_wayland

_log = get_logger(__name__)


def list_screens() -> tuple[Screen, ...]:
    """Every screen, the first one first, then the windows of other programs, where they can be told apart.

    None where there is no display, nor under Wayland, where X11 shows black screens. May take a while: never on a loop.
    """
    if is_wayland(os.environ):
        return ()
    try:
        with mss.MSS() as grabber:
            areas = grabber.monitors[1:]
    except (ScreenShotError, OSError) as error:
        _log.warning("screens_not_listed", reason=str(error))
        return ()
    screens = tuple(
        Screen(f"screen:{number}", number, area["width"], area["height"], "", area["left"], area["top"])
        for number, area in enumerate(areas, 1)
    )
    return (*screens, *_windows())


def _windows() -> tuple[Screen, ...]:
    try:
        display = Display()
    except X11Error as error:
        _log.info("windows_not_listed", reason=str(error))
        return ()
    try:
        windows = list_windows(display, os.getpid())
    except X11Error as error:
        _log.info("windows_not_listed", reason=str(error))
        return ()
    finally:
        display.close()
    return tuple(
        Screen(f"window:{w.number:#x}", 0, w.area.width, w.area.height, w.title, w.area.left, w.area.top)
        for w in windows
    )

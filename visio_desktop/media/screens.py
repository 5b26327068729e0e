"""The screens of this machine, as `sources.screen` captures them."""

from __future__ import annotations

import mss
from mss.exception import ScreenShotError

from visio_desktop.meeting.values import Screen
from visio_desktop.system.log import get_logger

_log = get_logger(__name__)


def list_screens() -> tuple[Screen, ...]:
    """Every screen, the first one first; none where there is no display. May take a while: never on a loop."""
    try:
        with mss.MSS() as grabber:
            areas = grabber.monitors[1:]
    except (ScreenShotError, OSError) as error:
        _log.warning("screens_not_listed", reason=str(error))
        return ()
    return tuple(
        Screen(f"screen:{number}", number, int(area["width"]), int(area["height"]))
        for number, area in enumerate(areas, 1)
    )

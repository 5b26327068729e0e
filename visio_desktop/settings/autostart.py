"""Starting with the session, where the organisation has decided that: nobody has to press anything for it."""

from __future__ import annotations

import asyncio
import os

from visio_desktop.settings.store import Settings
from visio_desktop.system import desktop_entry
from visio_desktop.system.desktop_entry import Places
from visio_desktop.system.log import get_logger

_log = get_logger(__name__)


async def obey_here(settings: Settings) -> None:
    """As `obey`, for this person and this program, in a thread."""
    await asyncio.to_thread(obey, settings, desktop_entry.places(os.environ), desktop_entry.own_command())


def obey(settings: Settings, where: Places, command: tuple[str, ...]) -> None:
    """Write the entry that starts `command`, or remove it. Blocks; without a policy it touches nothing."""
    if "autostart" not in settings.policies().active or not desktop_entry.is_possible():
        return
    try:
        desktop_entry.set_autostart(where, command, on=settings.get("autostart") is True)
    except OSError as error:
        _log.warning("autostart_not_written", error=str(error))

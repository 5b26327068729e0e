"""When encoders in the graphics processor are tried, and which one is used: never at a start, never in somebody's way.

They are tried once for each machine and driver, while a meeting is under way in which the camera is on, some time after
it began, and only when this machine has nothing else to do. What came of it holds from the next publication on.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Final

from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.system import paths
from visio_desktop.system.log import get_logger

if TYPE_CHECKING:
    from visio_desktop.media.hardware.kept import Kept, Proven
    from visio_desktop.media.hardware.proving import Verdict
    from visio_desktop.settings.store import Settings

QUIET_LOOKS: Final = 30
"""How many seconds in a row the machine has to be at rest."""
_AT_REST: Final = 0.6
_log = get_logger(__name__)


def hardware_folder(settings: Settings) -> Path | None:
    """Where it is remembered what came of trials; None unless they are wished for and what they make may be sent."""
    wished = settings.get("hardware_encoding") is True and "h264" in settings.texts("video_codecs")
    return paths.state_dir() if wished else None


def load_share() -> float:
    """How busy this machine is, of all its processors; 0 where the system does not tell."""
    try:
        return os.getloadavg()[0] / (os.cpu_count() or 1)
    except (AttributeError, OSError):
        return 0.0


class HardwareCare:
    """On the engine's loop. `folder` is where it is remembered, None where hardware is not to be used."""

    def __init__(
        self,
        folder: Callable[[], Path | None],
        start: Callable[[str, Coroutine[object, object, None]], None],
        load: Callable[[], float] = load_share,
        prove: Callable[[], tuple[Verdict, ...]] | None = None,
    ) -> None:
        self._folder = folder
        self._start = start
        self._load = load
        self._prove = prove
        self._quiet = 0
        self._is_settled = False
        self._known: Proven | None = None
        self._has_looked = False

    def best(self) -> Proven | None:
        """The encoder for the next camera that is published; reads a small file, the first time."""
        kept = self._kept()
        if kept is None:
            return None
        if not self._has_looked:
            self._has_looked, self._known = True, kept.best()
        return self._known if self._known is not None and self._known.is_good else None

    def look(self, meeting: Meeting) -> None:
        """Once a second: try them where it is time to."""
        if self._is_settled:
            return
        rests = meeting.page is Page.ROOM and meeting.camera_on and self._load() < _AT_REST
        self._quiet = self._quiet + 1 if rests else 0
        if self._quiet >= QUIET_LOOKS:
            self._is_settled = True
            if (kept := self._kept()) is not None:
                self._start("encoders", self._try(kept))

    async def _try(self, kept: Kept) -> None:
        await asyncio.to_thread(self._try_all, kept)
        self._has_looked = False

    def _try_all(self, kept: Kept) -> None:
        from visio_desktop.media.hardware.proving import prove  # noqa: PLC0415 - not before it is needed

        if kept.verdicts() is None:
            kept.keep((self._prove or prove)())

    def _kept(self) -> Kept | None:
        folder = self._folder()
        if folder is None:
            return None
        from visio_desktop.media.hardware.kept import Kept  # noqa: PLC0415 - not before a camera is published

        return Kept(folder)

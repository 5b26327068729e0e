"""What the engine is handed by `app`: what is costly to import is made on first use, off the window's thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from visio_desktop.meeting.events import Preferences
from visio_desktop.meeting.values import MeetingLink

if TYPE_CHECKING:
    from visio_desktop.engine.logins import AccountServices
    from visio_desktop.engine.mediakit import MediaKit
    from visio_desktop.servers.catalog import Catalog
    from visio_desktop.servers.port import Credentials


type WatchChanges = Callable[[Callable[[], None]], Coroutine[object, object, None]]
"""Runs for as long as the engine, and calls what it is given whenever the way to a server may have changed."""


class Marks(Protocol):
    """Keeps the moments of the report; the first of a name counts."""

    def mark(self, name: str) -> None:
        """Something happened now."""

    def since_start_ms(self) -> float:
        """Milliseconds since the process started."""


@dataclass(frozen=True, slots=True)
class Services:
    """The engine's surroundings. `load` imports what `catalog` and `media` need; it takes long and runs in a thread.

    Each picture sent takes `most_video_bps` at most, all its layers together; 0 for any. `hardware` is the folder in
    which it is kept which encoders of the graphics processor are worth their while, None where none is to be used.
    """

    catalog: Callable[[], Catalog]
    media: Callable[[asyncio.AbstractEventLoop], MediaKit]
    credentials: Callable[[MeetingLink], Credentials]
    preferences: Preferences
    remember: Callable[[str, str], None]
    marks: Marks
    epoch_ms: Callable[[], float]
    monotonic_ms: Callable[[], float]
    new_id: Callable[[], str]
    load: Callable[[], None] = lambda: None
    changes: tuple[WatchChanges, ...] = ()
    accounts: Callable[[], AccountServices] | None = None
    most_video_bps: Callable[[], int] = lambda: 0
    hardware: Callable[[], Path | None] = lambda: None

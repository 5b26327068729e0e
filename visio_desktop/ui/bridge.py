"""The engine's snapshots as one Qt signal: only the latest is delivered, however fast they come."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Signal

from visio_desktop.diagnostics.streams import StreamStatistics
from visio_desktop.meeting.areas import Area
from visio_desktop.meeting.cues import Cue
from visio_desktop.meeting.frames import FrameSink
from visio_desktop.meeting.intents import Intent
from visio_desktop.meeting.state import Meeting


class EngineFace(Protocol):
    """What the window needs of the engine; every call may come from any thread and none blocks."""

    def post(self, intent: Intent) -> None:
        """A person wants something."""

    def watch(self, listener: Callable[[Meeting], None]) -> None:
        """Call `listener` on the engine's thread with the snapshot now and with every new one."""

    def attach(self, publication_id: str, sink: FrameSink) -> None:
        """Show a publication in this sink."""

    def detach(self, publication_id: str, sink: FrameSink) -> None:
        """Stop showing it."""

    def list_devices(self) -> None:
        """Look for devices; a snapshot will have them."""

    def list_screens(self) -> None:
        """Look for screens to share; a snapshot will have them."""

    def shared_area(self) -> Area | None:
        """Where what is shared stands on the display; None where it is not seen there."""

    def warm_up(self) -> None:
        """Load what joining needs."""

    def play_cue(self, cue: Cue) -> None:
        """Let the person hear something short, in a meeting."""

    def microphone_level_db(self) -> float:
        """How loud the microphone is now, -127 to 0 dBFS."""

    def streams(self) -> tuple[StreamStatistics, ...]:
        """All streams, received and sent, as they were within the last second."""

    def capacity_bps(self) -> int | None:
        """What the way from us is thought to carry now; None while nothing is known of it."""

    def path(self) -> Mapping[str, str]:
        """How media goes now: `protocol`, `candidate` and `proxy`."""


class Bridge(QObject):
    """Brings snapshots from the engine's thread to the window's."""

    changed = Signal(object)
    _called = Signal()

    def __init__(self, engine: EngineFace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._lock = threading.Lock()
        self._latest: Meeting | None = None
        self._called.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Begin to listen; `changed` comes with the first snapshot soon."""
        self._engine.watch(self._take_in)

    def _take_in(self, meeting: Meeting) -> None:
        with self._lock:
            waiting, self._latest = self._latest is not None, meeting
        if not waiting:
            self._called.emit()

    def _deliver(self) -> None:
        with self._lock:
            latest, self._latest = self._latest, None
        if latest is not None:
            self.changed.emit(latest)

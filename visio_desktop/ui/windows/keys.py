"""The keys that hold in every window of a meeting."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from visio_desktop.meeting.intents import SetSourceOn
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Source

_KEYS = (("Ctrl+D", Source.MICROPHONE), ("Ctrl+E", Source.CAMERA))


def bind_sources(window: QWidget, meeting: Callable[[], Meeting], emit: Callable[[object], None]) -> None:
    """Microphone and camera, as in the room."""
    for keys, source in _KEYS:
        shortcut = QShortcut(QKeySequence(keys), window)
        shortcut.activated.connect(lambda source=source: emit(toggled(meeting(), source)))


def toggled(meeting: Meeting, source: Source) -> SetSourceOn:
    """What turns a source on that is off, and off one that is on."""
    return SetSourceOn(source, on=not meeting.is_on(source))

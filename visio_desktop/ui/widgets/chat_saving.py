"""The messages of a meeting as a file, where and when the person wants it: nothing is kept otherwise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QWidget

from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import Problem, ProblemCode
from visio_desktop.system.texts import tr
from visio_desktop.ui.widgets.chat_text import plain
from visio_desktop.ui.widgets.invitation import title_of
from visio_desktop.ui.widgets.problem_box import sentence


def ask_and_save(parent: QWidget, meeting: Meeting, tell: Callable[[str], None]) -> None:
    """Ask where to, without waiting for the answer; `tell` is given a sentence on what came of it."""
    from visio_desktop.ui.dialogs.watching import ask_where  # noqa: PLC0415 - seldom needed

    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    place = str(Path(folder) / f"{tr('chat.file', date=_began(meeting).strftime('%Y-%m-%d'))}.txt")
    ask_where(parent, tr("chat.save"), place, f"{tr('chat.kind')} (*.txt)", lambda path: tell(save(path, meeting)))


def save(path: Path, meeting: Meeting) -> str:
    """Write what the meeting's chat holds; answers a sentence on what came of it."""
    try:
        path.write_text(written(meeting), encoding="utf-8")
    except OSError:
        return sentence(Problem(ProblemCode.FILE_NOT_WRITTEN, path.name))
    return tr("chat.saved", path=path)


def written(meeting: Meeting) -> str:
    """The text of the file: which meeting, when, and who wrote what."""
    head = (title_of(meeting), _began(meeting).strftime("%Y-%m-%d %H:%M"))
    return "\n".join((*filter(None, head), "", plain(meeting.chat), ""))


def _began(meeting: Meeting) -> datetime:
    at_ms = meeting.joined_at_ms or (meeting.chat[0].at_ms if meeting.chat else 0.0)
    return datetime.fromtimestamp(at_ms / 1000).astimezone()

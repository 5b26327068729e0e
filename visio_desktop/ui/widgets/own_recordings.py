"""Rows of one's recordings: when, of which room, how far; download and delete."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QDateTime, QLocale, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from visio_desktop.meeting.accounts import Download, FileState, OwnRecording
from visio_desktop.meeting.errands import CancelFetch, DeleteRecording
from visio_desktop.meeting.rooms import RecordingKind
from visio_desktop.system.texts import decimal, language, tr
from visio_desktop.ui import theme
from visio_desktop.ui.widgets.controls import icon_button, label, push_button
from visio_desktop.ui.widgets.elided import ElidedLabel
from visio_desktop.ui.widgets.own_rooms import Deletable

ENDINGS: Final = {RecordingKind.SCREEN: "mp4", RecordingKind.TRANSCRIPT: "ogg"}
_ICON_PX: Final = 20
_MEGA: Final = 1_000_000
_LOCALES: Final = {"en": "en_GB", "fr": "fr_FR"}
_NAMED: Final = {RecordingKind.SCREEN: "account.film", RecordingKind.TRANSCRIPT: "account.transcript"}


class RecordingRow(Deletable):
    """One recording; `wanted` asks where to put its file."""

    wanted = Signal(object)

    def __init__(self, server: str, recording: OwnRecording) -> None:
        row = QWidget()
        super().__init__(row, tr("account.delete_recording_ask"), DeleteRecording(server, recording.id))
        self.recording = recording
        self.name = ElidedLabel(tr(_NAMED[recording.kind], room=recording.room))
        self.state = label(state_text(recording), "soft", wrap=False)
        self.download = push_button(tr("account.download"))
        self.download.setAccessibleName(tr("account.download_of", room=recording.room))
        self.download.clicked.connect(lambda: self.wanted.emit(recording))
        self.cancel = push_button(tr("account.cancel"))
        self.cancel.clicked.connect(lambda: self.intent.emit(CancelFetch(server)))
        said = tr("account.delete_recording", room=recording.room)
        self.delete = icon_button("delete", said, colour=theme.PROBLEM_INK, size_px=_ICON_PX)
        self.delete.setEnabled(recording.state is not FileState.RUNNING)
        self.delete.clicked.connect(self.ask)
        self._lay_out(row)
        self.show_download(None, busy=False)

    def show_download(self, download: Download | None, *, busy: bool) -> None:
        """Show how far it is; `busy` with another one, nothing else is begun."""
        mine = download if download is not None and download.recording_id == self.recording.id else None
        under_way = mine is not None and not mine.done
        self.download.setVisible(self.recording.state is FileState.READY and not under_way)
        self.download.setEnabled(not busy)
        self.cancel.setVisible(under_way)
        self.state.setText(state_text(self.recording) if mine is None else download_text(mine))

    def _lay_out(self, row: QWidget) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self.name)
        texts.addWidget(self.state)
        across = QHBoxLayout(row)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(4)
        across.addLayout(texts, 1)
        across.addWidget(self.download)
        across.addWidget(self.cancel)
        across.addWidget(self.delete)


def download_text(download: Download) -> str:
    """How far a download is, in words."""
    if download.done:
        return tr("account.downloaded")
    if download.total_bytes:
        return tr("account.downloading", percent=100 * download.received_bytes // download.total_bytes)
    return tr("account.downloading_some", size=decimal(download.received_bytes / _MEGA, 1))


def state_text(recording: OwnRecording) -> str:
    """When it was made, how far it is, and how long it is kept."""
    parts = [_day(recording.created_at_ms, with_time=True), tr(f"account.{recording.state.value}")]
    if recording.expires_at_ms is not None and recording.state is FileState.READY:
        parts.append(tr("account.kept_until", date=_day(recording.expires_at_ms, with_time=False)))
    return "  ·  ".join(parts)


def file_name(recording: OwnRecording) -> str:
    """What its file is called at first: its room and its day."""
    day = QDateTime.fromMSecsSinceEpoch(int(recording.created_at_ms)).toString("yyyy-MM-dd HH-mm")
    room = "".join(c for c in recording.room if c.isalnum() or c in "-_ ")[:80]
    return f"{room} {day}.{ENDINGS[recording.kind]}".strip()


def _day(at_ms: float, *, with_time: bool) -> str:
    moment, locale = QDateTime.fromMSecsSinceEpoch(int(at_ms)), QLocale(_LOCALES[language()])
    short = QLocale.FormatType.ShortFormat
    return locale.toString(moment, short) if with_time else locale.toString(moment.date(), short)

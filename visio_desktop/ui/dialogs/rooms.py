"""One's rooms and recordings at a server, and who may enter the rooms one makes."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QLabel, QVBoxLayout, QWidget

from visio_desktop.meeting.accounts import OwnRecording, Server
from visio_desktop.meeting.errands import FetchRecording, Refresh, SetDefaultAccess, SetDefaultRules
from visio_desktop.meeting.intents import OpenLink
from visio_desktop.meeting.rooms import Access, Rules
from visio_desktop.meeting.state import Meeting
from visio_desktop.system.texts import tr
from visio_desktop.ui.dialogs.light import LightDialog
from visio_desktop.ui.widgets.controls import label, push_button
from visio_desktop.ui.widgets.member_rules import MemberRules
from visio_desktop.ui.widgets.own_recordings import RecordingRow, file_name
from visio_desktop.ui.widgets.own_rooms import RoomRow, access_choice
from visio_desktop.ui.widgets.problem_box import ProblemBox

FIRST_PX: Final = (720, 720)


class RoomsDialog(LightDialog):
    """Asks the server when it opens and when told to; closes with the account."""

    intent = Signal(object)

    def __init__(self, server: Server, parent: QWidget | None = None) -> None:
        super().__init__(tr("account.rooms_at", host=server.host), parent)
        self._url = server.url
        self._shown: Server | None = None
        self.problem = ProblemBox()
        self.default_access = access_choice(None, f"{tr('account.new_rooms')}: {tr('account.default_access')}")
        self.default_access.activated.connect(self._choose_default)
        self.default_rules = MemberRules(Rules(), tr("account.new_rooms"))
        self.default_rules.changed.connect(lambda rules: self.intent.emit(SetDefaultRules(self._url, rules)))
        self.refresh = push_button(tr("account.refresh"))
        self.refresh.setAutoDefault(False)
        self.refresh.clicked.connect(lambda: self.intent.emit(Refresh(self._url)))
        self.room_rows: list[RoomRow] = []
        self.recording_rows: list[RecordingRow] = []
        self.rooms_state, self.recordings_state = label("", "soft"), label("", "soft")
        self._rooms, self._recordings = QVBoxLayout(), QVBoxLayout()
        self._recordings_heading = label(tr("account.recordings"), "subheading")
        self._lay_out(server.host)
        self.resize(*FIRST_PX)

    def show_meeting(self, meeting: Meeting) -> None:
        """Show what the server has told."""
        server = meeting.server(self._url)
        if server is None or server.account is None:
            self.close()
            return
        self.problem.show_problems(server.problem)
        self.refresh.setEnabled(not server.busy)
        self._show_default(server)
        before = self._shown
        if before is None or before.rooms != server.rooms:
            self._show_rooms(server)
        if before is None or before.recordings != server.recordings:
            self._show_recordings(server)
        busy = server.download is not None and not server.download.done
        for row in self.recording_rows:
            row.show_download(server.download, busy=busy)
        for part in (self._recordings_heading, self.recordings_state):
            part.setVisible(server.features.records)
        self.recordings_state.setVisible(server.features.records and not self.recording_rows)
        self._shown = server

    def _show_default(self, server: Server) -> None:
        chosen = server.account.default_access if server.account is not None else None
        if server.account is not None:
            self.default_rules.show_rules(server.account.default_rules)
        now = chosen or server.features.default_access
        self.default_access.setCurrentIndex(-1 if now is None else self.default_access.findData(now.value))

    def _open_rules(self) -> set[str]:
        """The rooms whose rules are unfolded: they stay so when the list is made anew."""
        return {row.room_id for row in self.room_rows if row.more.isChecked()}

    def _show_rooms(self, server: Server) -> None:
        unfolded = self._open_rules()
        _drop(self._rooms, self.room_rows)
        self.room_rows = [RoomRow(self._url, room) for room in server.rooms or ()]
        for row in self.room_rows:
            row.more.setChecked(row.room_id in unfolded)
            row.intent.connect(self._pass_on)
            self._rooms.addWidget(row)
        _say(self.rooms_state, None if server.rooms is None else len(server.rooms), "account.no_rooms")

    def _show_recordings(self, server: Server) -> None:
        _drop(self._recordings, self.recording_rows)
        self.recording_rows = [RecordingRow(self._url, recording) for recording in server.recordings or ()]
        for row in self.recording_rows:
            row.intent.connect(self.intent)
            row.wanted.connect(self._ask_where)
            self._recordings.addWidget(row)
        number = None if server.recordings is None else len(server.recordings)
        _say(self.recordings_state, number, "account.no_recordings")

    def _pass_on(self, intent: object) -> None:
        self.intent.emit(intent)
        if isinstance(intent, OpenLink):
            self.close()

    def _choose_default(self) -> None:
        self.intent.emit(SetDefaultAccess(self._url, Access(self.default_access.currentData())))

    def _ask_where(self, recording: OwnRecording) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
        dialog = QFileDialog(self, tr("account.download_to"), str(Path(folder) / file_name(recording)))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(file_name(recording))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.intent.emit(FetchRecording(self._url, recording.id, path)))
        dialog.open()

    def _lay_out(self, host: str) -> None:
        named = label(tr("account.default_access"))
        named.setBuddy(self.default_access)
        column = QVBoxLayout(self.body)
        column.setContentsMargins(4, 0, 12, 0)
        column.setSpacing(8)
        column.addWidget(label(tr("account.rooms_at", host=host), "subheading"))
        column.addWidget(self.problem)
        column.addLayout(self._rooms)
        column.addWidget(self.rooms_state)
        column.addSpacing(12)
        column.addWidget(self._recordings_heading)
        column.addLayout(self._recordings)
        column.addWidget(self.recordings_state)
        column.addSpacing(12)
        column.addWidget(label(tr("account.new_rooms"), "subheading"))
        column.addWidget(named)
        column.addWidget(self.default_access)
        column.addWidget(label(tr("account.default_rules")))
        column.addWidget(self.default_rules)
        column.addWidget(self.refresh, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        for rows in (self._rooms, self._recordings):
            rows.setSpacing(4)


def _drop(column: QVBoxLayout, rows: list[RoomRow] | list[RecordingRow]) -> None:
    for row in rows:
        column.removeWidget(row)
        row.hide()
        row.deleteLater()


def _say(state: QLabel, number: int | None, nothing: str) -> None:
    """That there is nothing, or that nobody knows yet."""
    state.setText(tr("account.loading") if number is None else tr(nothing))
    state.setVisible(not number)

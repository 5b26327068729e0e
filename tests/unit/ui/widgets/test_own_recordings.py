from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from tests.helpers.account_views import RECORDINGS, URL
from visio_desktop.meeting.accounts import Download, FileState, OwnRecording
from visio_desktop.meeting.errands import CancelFetch, DeleteRecording
from visio_desktop.system.texts import set_language
from visio_desktop.ui.widgets.own_recordings import RecordingRow, download_text, file_name, state_text

FILM = RECORDINGS[0]


def row(qtbot: QtBot, recording: OwnRecording) -> tuple[RecordingRow, list[object]]:
    made = RecordingRow(URL, recording)
    qtbot.addWidget(made)
    asked: list[object] = []
    made.intent.connect(asked.append)
    return made, asked


def test_a_recording_is_downloaded_and_the_download_given_up(qtbot: QtBot) -> None:
    made, asked = row(qtbot, FILM)
    wanted: list[object] = []
    made.wanted.connect(wanted.append)
    made.download.click()
    assert wanted == [FILM]
    made.show_download(Download("v1", 1, 4), busy=True)
    assert (made.download.isHidden(), made.cancel.isHidden(), made.state.text()) == (True, False, "Downloading: 25 %")
    made.cancel.click()
    assert asked == [CancelFetch(URL)]
    made.show_download(Download("other", 1, 4), busy=True)
    assert not made.download.isEnabled()
    made.show_download(Download("v1", 4, 4, done=True), busy=False)
    assert made.state.text() == "Downloaded"


@pytest.mark.parametrize("state", [s for s in FileState if s is not FileState.READY])
def test_only_what_is_ready_can_be_downloaded(qtbot: QtBot, state: FileState) -> None:
    made, _ = row(qtbot, replace(FILM, state=state))
    assert made.download.isHidden()


def test_a_recording_is_deleted_after_a_question(qtbot: QtBot) -> None:
    made, asked = row(qtbot, FILM)
    made.delete.click()
    made.question.yes.click()
    assert asked == [DeleteRecording(URL, "v1")]


def test_how_far_a_download_is_in_words() -> None:
    assert download_text(Download("v1", 1_500_000)) == "Downloading: 1.5 MB"


def test_dates_are_written_as_the_language_does() -> None:
    try:
        set_language("en")
        assert state_text(FILM).startswith("23/11/2026")
        set_language("fr")
        assert "Conservé jusqu\u2019au 23/12/2026" in state_text(FILM)
    finally:
        set_language("en")


def test_a_file_is_called_by_its_room_and_day() -> None:
    named = file_name(replace(FILM, room="../a/b: c"))
    assert named.startswith("ab c 2026-11-23")
    assert named.endswith(".mp4")
    assert "/" not in named

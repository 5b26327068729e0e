from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from tests.helpers.fake_meeting import chat_lines, crowd
from visio_desktop.meeting.state import Meeting
from visio_desktop.ui.widgets.chat_saving import ask_and_save, save, written

SAID: Meeting = replace(crowd(2), chat=chat_lines(), title="Weekly")


def test_the_file_says_which_meeting_when_and_who_wrote_what(tmp_path: Path) -> None:
    told = save(tmp_path / "messages.txt", SAID)
    lines = (tmp_path / "messages.txt").read_text(encoding="utf-8").splitlines()
    assert str(tmp_path / "messages.txt") in told
    assert lines[0] == "Weekly"
    assert "Amina Diallo: Hello everybody" in lines[3]
    assert len(lines) == 3 + len(SAID.chat)


def test_a_meeting_without_name_or_lines_is_written_too() -> None:
    assert written(Meeting()).endswith("\n\n\n")


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    assert "messages.txt" in save(tmp_path / "nowhere" / "messages.txt", SAID)
    assert not (tmp_path / "nowhere").exists()


def test_the_person_says_where(qtbot: QtBot, tmp_path: Path) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    told: list[str] = []
    ask_and_save(parent, SAID, told.append)
    dialog = parent.findChild(QFileDialog)
    assert dialog is not None
    assert dialog.defaultSuffix() == "txt"
    dialog.fileSelected.emit(str(tmp_path / "kept.txt"))
    dialog.reject()
    assert (tmp_path / "kept.txt").read_text(encoding="utf-8") == written(SAID)
    assert len(told) == 1

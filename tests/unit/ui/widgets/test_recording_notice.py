from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from visio_desktop.meeting.rooms import Recording, RecordingKind, RecordingState
from visio_desktop.system.texts import LANGUAGES, set_language
from visio_desktop.ui.widgets import recording_notice
from visio_desktop.ui.widgets.recording_notice import RecordingNotice


def test_it_is_there_exactly_while_something_is_recorded(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    notice = RecordingNotice(parent)
    notice.show_recording(None)
    assert notice.isHidden()
    notice.show_recording(Recording(RecordingKind.SCREEN, RecordingState.STARTED))
    assert not notice.isHidden()
    assert notice.text == notice.accessibleName() == "This meeting is being recorded"
    notice.show_recording(None)
    assert notice.isHidden()
    assert notice.text == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_of_both_has_words_of_its_own(qtbot: QtBot, language: str) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    notice = RecordingNotice(parent)
    seen = set()
    set_language(language)
    try:
        for kind in RecordingKind:
            for state in RecordingState:
                notice.show_recording(Recording(kind, state))
                seen.add(notice.text)
    finally:
        set_language(None)
    assert len(seen) == len(RecordingKind) * len(RecordingState)
    assert not any(text.startswith("recording.") for text in seen)


def test_each_change_is_announced_once_and_at_once(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[tuple[str, bool]] = []
    monkeypatch.setattr(recording_notice, "announce", lambda _widget, text, *, urgent: said.append((text, urgent)))
    parent = QWidget()
    qtbot.addWidget(parent)
    notice = RecordingNotice(parent)
    for _ in range(3):
        notice.show_recording(Recording(RecordingKind.TRANSCRIPT, RecordingState.STARTED))
    assert said == [("This meeting is being transcribed", True)]

from __future__ import annotations

from dataclasses import replace

from pytestqt.qtbot import QtBot

from tests.helpers.people_views import led
from visio_desktop.meeting.intents import AskServer
from visio_desktop.meeting.requests import StartRecording
from visio_desktop.meeting.rooms import RecordingKind
from visio_desktop.meeting.state import Page
from visio_desktop.ui.dialogs.record import RecordDialog


def test_what_a_notice_asked_for_is_asked_about_once(qtbot: QtBot) -> None:
    dialog = RecordDialog(RecordingKind.TRANSCRIPT)
    qtbot.addWidget(dialog)
    dialog.show_meeting(led())
    assert "written down" in dialog.controls.ask.question.text()
    with qtbot.waitSignal(dialog.intent) as said:
        dialog.controls.ask.yes.click()
    assert said.args == [AskServer(StartRecording(RecordingKind.TRANSCRIPT))]
    dialog.show_meeting(led())
    assert dialog.controls.ask.isHidden()


def test_it_goes_with_the_meeting(qtbot: QtBot) -> None:
    dialog = RecordDialog()
    qtbot.addWidget(dialog)
    dialog.show_meeting(led())
    dialog.show()
    assert dialog.controls.ask.isHidden()
    dialog.show_meeting(replace(led(), page=Page.ENDED))
    assert not dialog.isVisible()

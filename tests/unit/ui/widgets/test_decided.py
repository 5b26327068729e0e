from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import FakeEngine, ready
from tests.helpers.fitting import cut_texts, nameless, overlaps
from visio_desktop.meeting.state import Meeting
from visio_desktop.meeting.values import DeviceKind
from visio_desktop.settings.schema import SCHEMA
from visio_desktop.system.texts import set_language, tr
from visio_desktop.ui.dialogs.settings import SettingsDialog
from visio_desktop.ui.dialogs.sound import SoundDialog
from visio_desktop.ui.widgets.decided import DecidedNote, show_decided
from visio_desktop.ui.widgets.device_picker import DevicePicker
from visio_desktop.ui.widgets.look_choices import LookChoices


def test_only_what_is_decided_is_taken_out_of_the_persons_hands(qtbot: QtBot) -> None:
    field = QLineEdit()
    qtbot.addWidget(field)
    show_decided(Meeting(locked=frozenset({"camera"})), "name", field)
    assert field.isEnabled()
    show_decided(Meeting(locked=frozenset({"name"})), "name", field)
    assert not field.isEnabled()
    assert field.accessibleDescription() == tr("settings.managed")


def test_devices_and_look(qtbot: QtBot) -> None:
    meeting = Meeting(locked=frozenset({"camera", "camera_background"}))
    camera, speaker, look = DevicePicker(DeviceKind.CAMERA), DevicePicker(DeviceKind.SPEAKER), LookChoices()
    for widget in (camera, speaker, look):
        qtbot.addWidget(widget)
        widget.show_meeting(meeting)
    assert (camera.isEnabled(), speaker.isEnabled()) == (False, True)
    assert (look.background.isEnabled(), look.quality.isEnabled(), look.brighten.isEnabled()) == (False, True, True)


def test_a_note_names_what_is_decided(qtbot: QtBot) -> None:
    note = DecidedNote("name", "camera", "speaker")
    qtbot.addWidget(note)
    note.show_meeting(Meeting(locked=frozenset({"microphone"})))
    assert note.isHidden()
    note.show_meeting(Meeting(locked=frozenset({"name", "speaker", "microphone"})))
    assert not note.isHidden()
    assert note.text() == tr("settings.managed_these", names=f"{tr('settings.name')}, {tr('settings.speaker')}")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_dialogs_with_everything_decided_still_fit(qtbot: QtBot, language: str) -> None:
    set_language(language)
    meeting = replace(ready(), locked=frozenset(SCHEMA))
    try:
        engine = FakeEngine(meeting)
        dialogs = (SettingsDialog(engine, engine.microphone_level_db, ""), SoundDialog(engine.microphone_level_db))
        for dialog in dialogs:
            qtbot.addWidget(dialog)
            dialog.show_meeting(meeting)
            with qtbot.waitExposed(dialog):
                dialog.show()
            for fault in (cut_texts, overlaps, nameless):
                assert fault(dialog) == []
            assert dialog.decided.isVisible()
        assert not dialogs[1].switches["noise"].isEnabled()
    finally:
        set_language("en")

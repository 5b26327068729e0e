from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import FakeEngine, opened, ready
from tests.helpers.fitting import cut_texts, nameless, overlaps
from tests.helpers.windows import click
from visio_desktop.engine import OWN_CAMERA
from visio_desktop.meeting.intents import ChooseDevice, SetName, TestSpeaker, TryDevices
from visio_desktop.meeting.state import Meeting, Page
from visio_desktop.meeting.values import DeviceKind
from visio_desktop.system.texts import set_language
from visio_desktop.ui.dialogs.settings import SettingsDialog

IN_ROOM = ready(page=Page.ROOM, camera=opened("Webcam"), microphone=opened("Mic"))


def shown(qtbot: QtBot, engine: FakeEngine, meeting: Meeting) -> SettingsDialog:
    dialog = SettingsDialog(engine, engine.microphone_level_db, "")
    qtbot.addWidget(dialog)
    dialog.show_meeting(meeting)
    with qtbot.waitExposed(dialog):
        dialog.show()
    return dialog


def test_name_device_and_language_hold_at_once(qtbot: QtBot) -> None:
    dialog = shown(qtbot, FakeEngine(), IN_ROOM)
    asked: list[object] = []
    dialog.intent.connect(asked.append)
    dialog.name.setText("Zoé")
    dialog.name.editingFinished.emit()
    dialog.pickers[DeviceKind.SPEAKER].activated.emit(1)
    assert asked == [SetName("Zoé"), ChooseDevice(DeviceKind.SPEAKER, "spk0")]
    dialog.language.setCurrentIndex(dialog.language.findData("fr"))
    with qtbot.waitSignal(dialog.language_chosen) as chosen:
        dialog.language.activated.emit(dialog.language.currentIndex())
    assert chosen.args == ["fr"]


def test_picture_and_level_show_where_devices_are_open(qtbot: QtBot) -> None:
    engine = FakeEngine()
    dialog = shown(qtbot, engine, IN_ROOM)
    assert engine.send_own_picture() == 1
    assert dialog.level.isVisible()
    dialog.show_meeting(ready())
    assert not engine.sinks[OWN_CAMERA]
    assert not dialog.level.isVisible()
    assert dialog.trial.isVisible()


def test_at_home_devices_are_open_only_while_they_are_tried(qtbot: QtBot) -> None:
    engine = FakeEngine(ready())
    dialog = shown(qtbot, engine, engine.meeting)
    dialog.intent.connect(engine.post)
    engine.watch(dialog.show_meeting)
    assert not dialog.preview.isVisible()
    click(dialog.trial)
    assert engine.send_own_picture() == 1
    assert dialog.level.isVisible()
    assert dialog.trial.text() == "Stop the test"
    dialog.close()
    assert engine.intents == [TryDevices(on=True), TryDevices(on=False)]
    assert not engine.meeting.trying


def test_a_sound_is_played_on_demand(qtbot: QtBot) -> None:
    dialog = shown(qtbot, FakeEngine(), ready())
    with qtbot.waitSignal(dialog.intent) as asked:
        click(dialog.sound)
    assert asked.args == [TestSpeaker()]


def test_closing_lets_the_picture_go(qtbot: QtBot) -> None:
    engine = FakeEngine()
    shown(qtbot, engine, IN_ROOM).close()
    assert not engine.sinks[OWN_CAMERA]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_nothing_is_cut(qtbot: QtBot, language: str) -> None:
    set_language(language)
    try:
        dialog = shown(qtbot, FakeEngine(), IN_ROOM)
        assert not cut_texts(dialog)
        assert not overlaps(dialog)
        assert not nameless(dialog)
    finally:
        set_language("en")

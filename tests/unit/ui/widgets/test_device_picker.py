from __future__ import annotations

from pytestqt.qtbot import QtBot

from tests.helpers.fake_engine import ready
from visio_desktop.meeting.intents import ChooseDevice
from visio_desktop.meeting.state import DeviceState
from visio_desktop.meeting.values import DeviceKind
from visio_desktop.ui.widgets.device_picker import DevicePicker


def test_it_shows_the_devices_of_its_kind_and_the_chosen_one(qtbot: QtBot) -> None:
    picker = DevicePicker(DeviceKind.CAMERA)
    qtbot.addWidget(picker)
    picker.show_meeting(ready(camera=DeviceState("cam1")))
    assert [picker.itemData(i) for i in range(picker.count())] == ["default", "cam0", "cam1"]
    assert picker.currentData() == "cam1"
    assert picker.accessibleName() == "Camera"


def test_a_device_that_is_gone_stays_shown_as_chosen(qtbot: QtBot) -> None:
    picker = DevicePicker(DeviceKind.MICROPHONE)
    qtbot.addWidget(picker)
    picker.show_meeting(ready(microphone=DeviceState("file:speech.wav")))
    assert picker.currentData() == "file:speech.wav"


def test_choosing_emits_and_opening_is_told_first(qtbot: QtBot) -> None:
    picker = DevicePicker(DeviceKind.SPEAKER)
    qtbot.addWidget(picker)
    picker.show_meeting(ready())
    with qtbot.waitSignal(picker.opening):
        picker.showPopup()
    picker.hidePopup()
    with qtbot.waitSignal(picker.intent) as chosen:
        picker.activated.emit(1)
    assert chosen.args == [ChooseDevice(DeviceKind.SPEAKER, "spk0")]

from __future__ import annotations

from dataclasses import replace

from pytestqt.qtbot import QtBot

from tests.helpers.fake_meeting import crowd
from visio_desktop.meeting.intents import ChooseDevice
from visio_desktop.meeting.state import DeviceState
from visio_desktop.meeting.values import DeviceKind
from visio_desktop.ui.widgets.device_menu import DeviceMenu, device_choices


def test_the_default_the_devices_and_a_chosen_one_that_is_gone_can_be_chosen() -> None:
    gone = replace(crowd(1), camera=DeviceState("old", "Old camera"))
    assert [spec for spec, _ in device_choices(gone, DeviceKind.CAMERA)] == ["default", "cam1", "old"]
    assert device_choices(gone, DeviceKind.CAMERA)[-1] == ("old", "Old camera")


def test_choosing_a_device_says_so_and_the_one_in_use_is_ticked(qtbot: QtBot) -> None:
    said: list[object] = []
    menu = DeviceMenu((DeviceKind.MICROPHONE, DeviceKind.SPEAKER), "devices_sound", said.append)
    qtbot.addWidget(menu)
    menu.show_meeting(replace(crowd(1), speaker=DeviceState("spk1", "Headset")))
    menu._fill()
    actions = {a.text(): a for a in menu.menu().actions() if a.isCheckable()}
    assert actions["Headset"].isChecked()
    assert not actions["Headset microphone"].isChecked()
    actions["Headset microphone"].trigger()
    assert said == [ChooseDevice(DeviceKind.MICROPHONE, "mic1")]

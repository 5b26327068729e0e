from __future__ import annotations

from dataclasses import replace

from pytestqt.qtbot import QtBot

from tests.helpers.fake_meeting import crowd
from visio_desktop.meeting.intents import ChooseDevice, SetSound
from visio_desktop.meeting.state import DeviceState
from visio_desktop.meeting.values import DeviceKind, SoundWishes
from visio_desktop.system.texts import tr
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


def test_what_the_organisation_has_decided_cannot_be_chosen(qtbot: QtBot) -> None:
    locked = frozenset({"microphone", "original_sound", "camera_background", "camera_brighten"})
    menu = DeviceMenu((DeviceKind.MICROPHONE, DeviceKind.CAMERA), "devices_sound", lambda _: None)
    qtbot.addWidget(menu)
    menu.show_meeting(replace(crowd(1), locked=locked))
    menu._fill()
    can = {action.text(): action.isEnabled() for action in menu.menu().actions() if action.text()}
    assert not can["Headset microphone"]
    assert not can[tr("sound.original_menu")]
    assert not can[tr("settings.camera_brighten")]
    assert can[tr("settings.camera_quality")]
    menu.show_meeting(crowd(1))
    menu._fill()
    assert all(action.isEnabled() for action in menu.menu().actions())


def test_original_sound_is_turned_on_and_off_beside_the_microphones(qtbot: QtBot) -> None:
    said: list[object] = []
    menu = DeviceMenu((DeviceKind.MICROPHONE, DeviceKind.SPEAKER), "devices_sound", said.append)
    qtbot.addWidget(menu)
    for before in (False, True):
        menu.show_meeting(replace(crowd(1), sound=SoundWishes(original=before)))
        menu._fill()
        original = next(a for a in menu.menu().actions() if a.text() == tr("sound.original_menu"))
        assert original.isChecked() == before
        original.trigger()
    assert said == [SetSound(SoundWishes(original=True)), SetSound(SoundWishes(original=False))]

from __future__ import annotations

import sys

import pytest

from tests.helpers.portaudio import FakeSounddevice
from visio_desktop.media.devices import list_devices, sound_devices
from visio_desktop.meeting.values import Device, DeviceKind


def test_sound_devices_are_listed(sounddevice: FakeSounddevice) -> None:
    assert sound_devices(DeviceKind.SPEAKER) == (Device(DeviceKind.SPEAKER, "ALSA/Speaker", "Speaker"),)


def test_all_kinds_come_together(sounddevice: FakeSounddevice) -> None:
    kinds = [device.kind for device in list_devices()]
    assert kinds[-3:] == [DeviceKind.MICROPHONE, DeviceKind.MICROPHONE, DeviceKind.SPEAKER]


def test_without_portaudio_the_list_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    assert sound_devices(DeviceKind.MICROPHONE) == ()

from __future__ import annotations

import sys

import pytest

from tests.helpers.portaudio import FakeSounddevice
from visio_desktop.media import portaudio
from visio_desktop.media.errors import DeviceError
from visio_desktop.media.specs import parse_spec
from visio_desktop.meeting.values import DeviceKind, Problem, ProblemCode

MIC, SPEAKER = DeviceKind.MICROPHONE, DeviceKind.SPEAKER


def test_keys_are_stable_and_unlike(sounddevice: FakeSounddevice) -> None:
    assert [found.device.key for found in portaudio.devices(MIC)] == ["ALSA/Mic", "ALSA/Mic#2"]
    assert [found.device.key for found in portaudio.devices(SPEAKER)] == ["ALSA/Speaker"]


def test_only_one_interface_is_listed(sounddevice: FakeSounddevice) -> None:
    sounddevice.apis.append({"name": "Windows WASAPI", "devices": [3]})
    sounddevice.rows.append({**sounddevice.rows[0], "index": 3, "hostapi": 1, "name": "Best"})
    assert [found.device.key for found in portaudio.devices(MIC)] == ["Windows WASAPI/Best"]


@pytest.mark.parametrize(("text", "index"), [("default", 1), ("Mic", 0), ("ALSA/Mic", 0), ("ALSA/Mic#2", 1)])
def test_devices_are_found_by_name_key_or_default(sounddevice: FakeSounddevice, text: str, index: int) -> None:
    assert portaudio.find(parse_spec(text, MIC), MIC).index == index


def test_a_missing_device_is_told_by_its_name(sounddevice: FakeSounddevice) -> None:
    with pytest.raises(DeviceError) as caught:
        portaudio.find(parse_spec("Headset", MIC), MIC)
    assert caught.value.problem == Problem(ProblemCode.MICROPHONE_MISSING, "Headset")


def test_a_machine_without_speakers(sounddevice: FakeSounddevice) -> None:
    sounddevice.rows.clear()
    sounddevice.plugged_in.clear()
    with pytest.raises(DeviceError) as caught:
        portaudio.find(parse_spec("default", SPEAKER), SPEAKER)
    assert caught.value.problem.code is ProblemCode.SPEAKER_MISSING


def test_48_khz_is_asked_for_first(sounddevice: FakeSounddevice) -> None:
    found = portaudio.find(parse_spec("Mic", MIC), MIC)
    assert [(f.rate_hz, f.channels) for f in found.formats] == [(48_000, 1), (48_000, 2), (44_100, 1), (44_100, 2)]


def test_no_format_opens(sounddevice: FakeSounddevice) -> None:
    found = portaudio.find(parse_spec("Mic", MIC), MIC)
    sounddevice.rates_hz = ()
    with pytest.raises(DeviceError) as caught:
        portaudio.open_stream(
            found,
            MIC,
            lambda library, f: library.RawInputStream(samplerate=f.rate_hz, channels=f.channels),
        )
    assert caught.value.problem == Problem(ProblemCode.MICROPHONE_FAILED, "Mic")


@pytest.mark.parametrize(
    ("kind", "name", "code"),
    [(MIC, "Mic", ProblemCode.MICROPHONE_BUSY), (SPEAKER, "Speaker", ProblemCode.SPEAKER_BUSY)],
)
def test_one_that_somebody_has_alone_is_busy(
    sounddevice: FakeSounddevice, kind: DeviceKind, name: str, code: ProblemCode
) -> None:
    tried: list[portaudio.Format] = []

    def make(library: FakeSounddevice, format_: portaudio.Format) -> None:
        tried.append(format_)
        raise library.PortAudioError("Error opening stream: Device unavailable", -9985)

    with pytest.raises(DeviceError) as caught:
        portaudio.open_stream(portaudio.find(parse_spec(name, kind), kind), kind, make)
    assert caught.value.problem == Problem(code, name)
    assert len(tried) == 1


def test_without_portaudio_there_is_no_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(DeviceError) as caught:
        portaudio.load(SPEAKER)
    assert caught.value.problem.code is ProblemCode.SPEAKER_MISSING


def test_a_device_plugged_in_later_is_found(sounddevice: FakeSounddevice) -> None:
    late = sounddevice.rows.pop()
    sounddevice.plugged_in.remove(late)
    with pytest.raises(DeviceError):
        portaudio.find(parse_spec("Speaker", SPEAKER), SPEAKER)
    sounddevice.plugged_in.append(late)
    assert portaudio.find(parse_spec("Speaker", SPEAKER), SPEAKER).device.name == "Speaker"


def test_nobody_is_cut_off_by_a_look_for_devices(sounddevice: FakeSounddevice) -> None:
    found = portaudio.find(parse_spec("Mic", MIC), MIC)
    stream = portaudio.open_stream(
        found, MIC, lambda library, f: library.RawInputStream(samplerate=f.rate_hz, channels=f.channels)
    )
    sounddevice.plugged_in.clear()
    portaudio.refresh(MIC)
    assert len(list(portaudio.devices(MIC))) == 2
    portaudio.close_stream(stream, sounddevice)
    portaudio.refresh(MIC)
    assert list(portaudio.devices(MIC)) == []

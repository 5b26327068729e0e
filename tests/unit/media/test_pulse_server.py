"""Devices of a sound server of the test's own."""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.helpers.pulse import Headset, Pulse, pulse_server
from visio_desktop.media import pulse_library
from visio_desktop.media import pulse_server as module
from visio_desktop.media.errors import DeviceError
from visio_desktop.media.pulse_server import PulseServer
from visio_desktop.media.specs import parse_spec
from visio_desktop.meeting.values import Device, DeviceKind, ProblemCode

MIC, SPEAKER = DeviceKind.MICROPHONE, DeviceKind.SPEAKER
LONG_S = 60.0


def still() -> float:
    """On a busy machine nothing is late."""
    return 0.0


@pytest.fixture
def pulse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pulse]:
    with pulse_server(tmp_path) as server:
        server.become_ours(monkeypatch)
        monkeypatch.setattr(module, "_ANSWER_S", LONG_S)
        yield server
        module.leave()


@pytest.fixture
def server(pulse: Pulse) -> Iterator[PulseServer]:
    made = PulseServer(still)
    yield made
    made.close()


def until(server: PulseServer, condition: Callable[[], bool]) -> None:
    """Wait for what the server tells in more than one word, perhaps."""
    told = Event()
    server.on_change(told.set)
    while not condition():
        assert told.wait(LONG_S)
        told.clear()


def until_there(server: PulseServer, keys: set[str], *, there: bool) -> None:
    """Wait until all of these devices are there, or none of them."""
    until(server, lambda: keys & {device.key for device in server.devices()} == (keys if there else set()))


def test_devices_are_named_by_the_server_and_monitors_are_none(server: PulseServer) -> None:
    assert server.devices() == (
        Device(SPEAKER, "Sound/speaker", "Null Output", is_default=True),
        Device(SPEAKER, "Sound/feed", "Null Output (2)"),
        Device(MIC, "Sound/mic", "Remapped Monitor of Null Output", is_default=True),
    )


def test_what_is_plugged_in_and_out_is_told_and_has_the_same_key_again(pulse: Pulse, server: PulseServer) -> None:
    headset, first = Headset(pulse, "Jabra"), server.devices()
    keys = {headset.microphone, headset.speaker}
    for _ in range(2):
        headset.plug()
        until_there(server, keys, there=True)
        headset.unplug()
        until_there(server, keys, there=False)
    assert server.devices() == first


def test_another_default_is_told(pulse: Pulse, server: PulseServer) -> None:
    server.devices()
    pulse.control("set-default-sink", "feed")
    until(server, lambda: [d.key for d in server.devices() if d.is_default] == ["Sound/feed", "Sound/mic"])


def test_what_is_not_there_is_told_by_its_name(server: PulseServer) -> None:
    with pytest.raises(DeviceError) as told:
        server.microphone(parse_spec("Sound/nobody", MIC))
    assert told.value.problem.code is ProblemCode.MICROPHONE_MISSING
    with pytest.raises(DeviceError) as told:
        server.speaker(parse_spec("Nobody's", SPEAKER), lambda: None)
    assert told.value.problem.subject == "Nobody's"
    assert server.streams == 0


def test_what_has_just_been_plugged_in_can_be_opened(pulse: Pulse, server: PulseServer) -> None:
    """Before word of it has come, too."""
    server.devices()
    for number in range(4):
        headset = Headset(pulse, f"Jabra{number}")
        headset.plug()
        server.speaker(parse_spec(headset.speaker, SPEAKER), lambda: None).stop()
        server.microphone(parse_spec(headset.microphone, MIC)).stop()
        headset.unplug()
    assert server.streams == 0


def test_what_was_asked_too_long_ago_is_not_done_any_more(server: PulseServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody would ever close what it opens."""
    server.devices()
    is_busy, may_go_on = Event(), Event()

    def work() -> None:
        is_busy.set()
        may_go_on.wait(LONG_S)

    busy = Thread(target=lambda: server._ask(work))
    busy.start()
    assert is_busy.wait(LONG_S)
    with monkeypatch.context() as patch:
        patch.setattr(module, "_ANSWER_S", 0.01)
        with pytest.raises(DeviceError):
            server.microphone(parse_spec("Sound/mic", MIC))
    may_go_on.set()
    busy.join(LONG_S)
    server._ask(lambda: None)
    assert server.streams == 0


def test_a_server_that_goes_is_told_and_is_no_longer_used(pulse: Pulse) -> None:
    first = module.shared(still)
    assert first is not None
    assert module.shared(still) is first
    microphone = first.microphone(parse_spec("default", MIC))
    pulse.stop()
    until(first, lambda: first.is_gone)
    microphone.stop()
    with pytest.raises(DeviceError):
        first.speaker(parse_spec("default", SPEAKER), lambda: None)
    assert module.shared(still) is None


def test_who_opens_a_device_is_told_by_its_spec(pulse: Pulse) -> None:
    ours = module.shared(still)
    assert ours is not None
    for text, expected in (
        ("default", ours),
        ("Sound/nobody", ours),
        ("Null Output", ours),
        ("ALSA/default", None),
        ("hw:0", None),
    ):
        assert module.server_for(parse_spec(text, SPEAKER), SPEAKER, still) is expected, text
    module.leave()
    assert ours.is_gone


def test_who_still_plays_keeps_the_connection(pulse: Pulse) -> None:
    ours = module.shared(still)
    assert ours is not None
    speaker = ours.speaker(parse_spec("default", SPEAKER), lambda: None)
    module.leave()
    assert not ours.is_gone
    speaker.stop()
    module.leave()
    assert ours.is_gone


def test_without_a_server_or_its_library_there_is_none_and_that_is_said_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/nobody")
    monkeypatch.setattr(module, "_absence", [""])
    with caplog.at_level(logging.INFO):
        for load in (pulse_library.load, lambda: None):
            monkeypatch.setattr(pulse_library, "load", load)
            assert [module.shared(still) for _ in range(3)] == [None] * 3
    assert [record.message for record in caplog.records] == ["no_sound_server"] * 2


def test_one_that_finds_no_server_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is none it is looked for every few seconds."""
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/none")
    gc.disable()
    try:
        before = sum(type(each) is PulseServer for each in gc.get_objects())
        with pytest.raises(DeviceError):
            PulseServer(still)
        assert sum(type(each) is PulseServer for each in gc.get_objects()) <= before
    finally:
        gc.enable()


def test_whether_the_system_keeps_a_microphone_silent_is_known(pulse: Pulse, server: PulseServer) -> None:
    microphone = server.microphone(parse_spec("default", MIC))
    assert not microphone.is_muted()
    pulse.control("set-source-mute", "mic", "1")
    headset = Headset(pulse, "Jabra")
    headset.plug()  # the list that has it was made after the muting
    until_there(server, {headset.microphone}, there=True)
    assert microphone.is_muted()
    assert not server.is_muted(headset.microphone)
    microphone.stop()

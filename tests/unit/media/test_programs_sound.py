"""Listening to other programs, on a sound server of the test's own. Its null sink stalls, so content is judged."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.pulse import Pulse, pulse_server
from visio_desktop.media import pulse_library
from visio_desktop.media.errors import DeviceError
from visio_desktop.media.programs_sound import ProgramsSound, is_possible, opened
from visio_desktop.media.samples import RATE_HZ, Samples
from visio_desktop.meeting.values import ProblemCode
from visio_desktop.system.clock import monotonic_ms

OURS_HZ, THEIRS_HZ = 440.0, 1000.0
_LONGEST_MS = 12_000.0


@pytest.fixture
def pulse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pulse]:
    with pulse_server(tmp_path) as server:
        server.become_ours(monkeypatch)
        yield server


def tone(folder: Path, hz: float) -> Path:
    at = np.arange(RATE_HZ * 20) / RATE_HZ
    path = folder / f"{hz}.raw"
    path.write_bytes((np.sin(2 * np.pi * hz * at) * 8_000).astype(np.int16).tobytes())
    return path


def has(samples: Samples, hz: float) -> bool:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(samples.size)))
    index = round(hz * samples.size / RATE_HZ)
    near = spectrum[max(0, index - 20) : index + 20].max()
    return bool(near > spectrum.max() / 100 and near > 10)


def wait_long(sound: ProgramsSound) -> None:
    for _ in range(500):
        sound.wait()


def heard(sound: ProgramsSound, wanted: tuple[float, ...]) -> Samples:
    """Half a second in which these tones are heard."""
    blocks: list[Samples] = []
    began_ms = next_ms = monotonic_ms()
    while monotonic_ms() - began_ms < _LONGEST_MS:
        sound.wait()
        while monotonic_ms() >= next_ms:
            next_ms += 20
            blocks = [*blocks[-24:], sound.read()]
            left = np.concatenate(blocks)[::2]
            if len(blocks) == 25 and all(has(left, hz) for hz in wanted):
                return left
    raise AssertionError("never heard")


def test_what_we_play_ourselves_is_left_out_and_all_else_is_heard(pulse: Pulse, tmp_path: Path) -> None:
    with pulse.playing(tone(tmp_path, OURS_HZ), "speaker") as ours:
        pulse.play(tone(tmp_path, THEIRS_HZ), "speaker")
        everything = ProgramsSound(monotonic_ms, own_id=0)
        heard(everything, (OURS_HZ, THEIRS_HZ))
        everything.close()
        sound = ProgramsSound(monotonic_ms, own_id=ours)
        assert not has(heard(sound, (THEIRS_HZ,)), OURS_HZ)
        listened = sound.programs
        sound.close()
    with opened(monotonic_ms) as later:
        heard(later, (THEIRS_HZ,))
        assert later.programs == listened, "the program that ended is listened to no more"


def test_a_program_that_begins_later_is_heard_too(pulse: Pulse, tmp_path: Path) -> None:
    with opened(monotonic_ms) as sound:
        for _ in range(20):
            sound.wait()
        assert np.abs(sound.read()).max() == 0
        pulse.play(tone(tmp_path, THEIRS_HZ), "speaker")
        heard(sound, (THEIRS_HZ,))


def test_a_server_that_goes_is_told(pulse: Pulse) -> None:
    assert is_possible(monotonic_ms)
    with opened(monotonic_ms) as sound:
        pulse.stop()
        with pytest.raises(DeviceError) as told:
            wait_long(sound)
    assert told.value.problem.code is ProblemCode.SCREEN_SOUND_FAILED
    assert not is_possible(monotonic_ms)


def test_without_a_server_or_its_library_it_is_not_possible(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/nobody")
    assert not is_possible(monotonic_ms)
    monkeypatch.setattr(pulse_library, "load", lambda: None)
    with pytest.raises(DeviceError):
        ProgramsSound(monotonic_ms, os.getpid())

from __future__ import annotations

import wave
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from tests.helpers.sound import tone
from visio_desktop.media.errors import FileError
from visio_desktop.media.file_sound import FileSound
from visio_desktop.media.samples import FRAME, Samples, to_pcm
from visio_desktop.meeting.values import ProblemCode


@pytest.fixture
def wav(tmp_path: Path) -> Path:
    """Half a second at 16 kHz."""
    path = tmp_path / "tone.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(to_pcm(tone(0.5, 500, 0.5, rate_hz=16_000)).tobytes())
    return path


def _read(sound: FileSound, count: int) -> list[Samples]:
    out: list[Samples] = []
    patience = Event()
    for _ in range(20 * count):
        block = sound.read()
        if block.any():
            out.append(block)
        else:
            patience.wait(0.002)
        if len(out) == count:
            break
    return out


def test_a_file_plays_in_a_loop_at_48_khz(wav: Path) -> None:
    sound = FileSound(str(wav))
    blocks = _read(sound, 60)
    sound.stop()
    assert sound.name == "tone.wav"
    assert len(blocks) == 60
    assert all(len(block) == FRAME for block in blocks)
    power = np.abs(np.fft.rfft(np.concatenate(blocks[2:22])))
    assert abs(int(power.argmax()) * 48_000 / (20 * FRAME) - 500) < 5


def test_stop_ends_the_thread(wav: Path) -> None:
    sound = FileSound(str(wav))
    sound.stop()
    assert not sound._thread.is_alive()


def test_no_file() -> None:
    with pytest.raises(FileError) as caught:
        FileSound("nowhere.wav")
    assert caught.value.problem.code is ProblemCode.FILE_MISSING


@pytest.mark.parametrize("content", [b"", b"no media at all" * 100])
def test_no_sound_in_it(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    with pytest.raises(FileError) as caught:
        FileSound(str(path))
    assert caught.value.problem.code is ProblemCode.FILE_UNREADABLE

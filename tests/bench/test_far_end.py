from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from bench.far_end import MADE_UP, NAMES, FarEnd, Spread, recorded_here, recordings
from tests.helpers.sound import tone
from visio_desktop.media.opus import new_decoder
from visio_desktop.media.samples import RATE_HZ, Samples, level_db, to_pcm


def _write(path: Path, sound: Samples, *, rate_hz: int = RATE_HZ, channels: int = 1, width: int = 2) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate_hz)
        file.writeframes(to_pcm(np.repeat(sound, channels)).tobytes())
    return path


def _payloads(voice: FarEnd, frames: int) -> list[bytes]:
    return [frame.payload for _ in range(frames) if (frame := voice.next_frame()) is not None]


def _heard(voice: FarEnd, frames: int) -> Samples:
    decoder = new_decoder()
    parts = [part for payload in _payloads(voice, frames) if (part := decoder.decode(payload)) is not None]
    return np.concatenate(parts)


def test_every_made_up_voice_says_something_of_its_own_and_the_same_each_time() -> None:
    said = {name: b"".join(_payloads(voice(), 100)) for name, voice in MADE_UP.items()}
    assert tuple(said) == NAMES
    assert len(set(said.values())) == len(NAMES)
    assert b"".join(_payloads(MADE_UP["emil"](), 100)) == said["emil"]


@pytest.mark.parametrize(("rate_hz", "channels"), [(48_000, 1), (16_000, 1), (44_100, 2)])
def test_a_recording_is_heard_as_loud_as_any_other_at_its_own_pitch(
    tmp_path: Path, rate_hz: int, channels: int
) -> None:
    path = _write(tmp_path / "ida.wav", tone(1, 440, 0.05, rate_hz), rate_hz=rate_hz, channels=channels)
    voices = recordings([path])
    assert list(voices) == ["ida"]
    heard = _heard(voices["ida"](), 70)[-RATE_HZ // 2 :]
    assert abs(level_db(heard) - 20 * np.log10(0.25 / np.sqrt(2))) < 2
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    assert abs(int(np.argmax(spectrum)) * 2 - 440) <= 4


def test_a_recording_goes_round(tmp_path: Path) -> None:
    voice = recordings([_write(tmp_path / "ida.wav", tone(0.1, 440))])["ida"]()
    assert level_db(_heard(voice, 90)[-RATE_HZ:]) > -40


def test_while_one_recording_speaks_there_another_one_speaks_here_and_goes_round(tmp_path: Path) -> None:
    low = _write(tmp_path / "low.wav", tone(0.5, 200))
    here = recorded_here([low, _write(tmp_path / "high.wav", tone(0.5, 2_000))])
    for voice, hz in (("low", 2_000), ("high", 200)):
        read = here(voice)
        heard = np.concatenate([read(960) for _ in range(50)])
        assert int(np.argmax(np.abs(np.fft.rfft(heard)))) == hz


@pytest.mark.parametrize("content", [b"", b"RIFF", b"no wave at all, but long enough to be looked at" * 4])
def test_what_is_no_recording_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.wav"
    path.write_bytes(content)
    with pytest.raises((wave.Error, EOFError)):
        recordings([path])


def test_other_sample_widths_are_told(tmp_path: Path) -> None:
    with pytest.raises(wave.Error, match="16 bit"):
        recordings([_write(tmp_path / "a.wav", tone(0.1), width=4)])


def test_silence_is_no_voice(tmp_path: Path) -> None:
    with pytest.raises(wave.Error, match="nothing is heard"):
        recordings([_write(tmp_path / "a.wav", 0 * tone(0.1))])


def test_the_worst_is_the_least_or_the_most() -> None:
    by_voice = {"a": 30.0, "b": 60.0, "c": 12.0, "d": 50.0}
    assert Spread(by_voice).worst == ("c", 12.0)
    assert Spread(by_voice, most=True).worst == ("b", 60.0)
    assert Spread(by_voice).median == 40.0

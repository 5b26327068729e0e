"""Recorded speech for the benchmarks."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from tests.helpers.sound import tone
from tools import speech
from visio_desktop.media.samples import to_pcm


def test_an_announcement_is_made_into_samples(tmp_path: Path) -> None:
    path = tmp_path / "said.g722"
    with av.open(str(path), "w", format="g722") as container:
        stream = container.add_stream("g722", rate=16_000)
        stream.layout = "mono"
        frame = av.AudioFrame.from_ndarray(to_pcm(tone(1, 440, rate_hz=16_000))[None], format="s16", layout="mono")
        frame.sample_rate = 16_000
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    samples = np.frombuffer(b"".join(speech._decoded(path)), dtype=np.int16)
    assert abs(len(samples) - 16_000) < 200
    assert abs(int(np.argmax(np.abs(np.fft.rfft(samples[:16_000], 16_000)))) - 440) <= 1


def test_what_is_there_is_not_fetched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speech, "FOLDER", tmp_path)
    fetched: list[str] = []

    def fetch(name: str, language: str, _folder: Path) -> None:
        fetched.append(language)
        for said in speech._SAID:
            (tmp_path / f"{name}-{said}.wav").touch()

    monkeypatch.setattr(speech, "_unpack", fetch)
    assert len(speech.set_up()) == 12
    assert fetched == ["es", "fr", "it", "ru"]
    assert all(path.exists() for path in speech.set_up())
    assert len(fetched) == 4

"""Echo cancellation in a made-up room."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from tests.helpers.sound import spoken
from visio_desktop.media.processing import LiveKitProcessing, Processing, Untouched, load_processing
from visio_desktop.media.samples import BLOCK, RATE_HZ, Pcm, Samples, to_pcm
from visio_desktop.meeting.values import SoundWishes

DELAY = int(0.06 * RATE_HZ)


def _room(far: Samples) -> Samples:
    """The far end through a loudspeaker that bends a little, 60 ms and 120 ms of echoes, at half its level."""
    noise = np.random.default_rng(3)
    time_s = np.arange(int(0.12 * RATE_HZ)) / RATE_HZ
    response = noise.normal(0, 1, len(time_s)) * np.exp(-6.9 * time_s / 0.25) * 0.12
    response[0] = 1
    response /= np.sqrt(np.square(response).sum())
    size = len(far) + len(response)
    echo = np.fft.irfft(np.fft.rfft(np.tanh(1.5 * far) / 1.5, size) * np.fft.rfft(response, size), size)[: len(far)]
    late = np.concatenate((np.zeros(DELAY), echo))[: len(far)]
    return (0.5 * late + noise.normal(0, 1e-4, len(far))).astype(np.float32)


def _run(processing: Processing, near: Pcm, far: Pcm) -> Pcm:
    return np.concatenate(
        [processing.process(near[i : i + BLOCK], far[i : i + BLOCK]) for i in range(0, len(near) - BLOCK + 1, BLOCK)]
    )


def _power(pcm: Pcm) -> float:
    return float(np.square(pcm.astype(np.float64)).mean()) + 1e-9


def test_the_echo_is_30_db_down_within_seconds() -> None:
    far = spoken(6)
    near = to_pcm(_room(far))
    out = _run(LiveKitProcessing(), near, to_pcm(far))
    late = slice(2 * RATE_HZ, 6 * RATE_HZ // BLOCK * BLOCK)
    assert 10 * np.log10(_power(near[late]) / _power(out[late])) >= 30


def test_without_echo_speech_stays() -> None:
    speech = to_pcm(spoken(4))
    out = _run(LiveKitProcessing(), speech, np.zeros(len(speech), dtype=np.int16))
    half = slice(2 * RATE_HZ, len(out))
    assert abs(10 * np.log10(_power(out[half]) / _power(speech[half]))) < 6


def test_without_the_library_sound_passes_untouched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "livekit.rtc.apm", None)
    processing = load_processing()
    assert isinstance(processing, Untouched)
    block = to_pcm(spoken(0.01))
    assert processing.process(block, block) is block


def test_each_part_is_there_only_where_it_is_wished() -> None:
    noise = to_pcm(np.random.default_rng(1).normal(0, 0.01, 4 * RATE_HZ).astype(np.float32))
    far = np.zeros(len(noise), dtype=np.int16)
    late = slice(2 * RATE_HZ, 4 * RATE_HZ // BLOCK * BLOCK)

    def left_db(wishes: SoundWishes) -> float:
        out = _run(LiveKitProcessing(wishes), noise, far)
        return float(10 * np.log10(_power(out[late]) / _power(noise[late])))

    assert left_db(SoundWishes()) < -10
    assert left_db(SoundWishes(noise=False)) > -6


def test_echo_stays_where_it_is_not_to_be_taken_out() -> None:
    far = spoken(3)
    near = to_pcm(_room(far))
    out = _run(LiveKitProcessing(SoundWishes(echo=False, noise=False)), near, to_pcm(far))
    assert 10 * np.log10(_power(out) / _power(near)) > -6


def test_original_sound_is_touched_by_nothing() -> None:
    assert isinstance(load_processing(SoundWishes(original=True)), Untouched)

from __future__ import annotations

import numpy as np
import pytest

from visio_desktop.media.chime import CUE_NOTE_S, CUES_HZ, NOTE_S, NOTES_HZ, chime, chime_frames, cue_frames
from visio_desktop.media.opus import new_decoder
from visio_desktop.media.samples import FRAME, RATE_HZ, level_db
from visio_desktop.meeting.cues import Cue


def loudest_hz(samples: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(samples))
    return float(np.argmax(spectrum)) * RATE_HZ / len(samples)


def test_the_notes_go_up_and_are_not_too_loud() -> None:
    samples = chime()
    notes = np.split(samples, len(NOTES_HZ))
    assert [round(loudest_hz(note) / hz, 1) for note, hz in zip(notes, NOTES_HZ, strict=True)] == [1.0] * 4
    assert 0.15 < float(np.abs(samples).max()) < 0.3


def test_frames_are_in_order_and_can_be_heard() -> None:
    frames = chime_frames()
    length = round(len(NOTES_HZ) * NOTE_S * RATE_HZ) // FRAME
    assert length // 2 < len(frames) <= length
    times = [frame.rtp_time for frame in frames]
    assert times == sorted(set(times))
    assert [frame.sequence for frame in frames] == [at // FRAME for at in times]
    decoder = new_decoder()
    heard = np.concatenate([decoder.decode(frame.payload) for frame in frames[:20]])
    assert level_db(heard) > -30


@pytest.mark.parametrize("cue", Cue)
def test_a_cue_is_short_and_softer_than_the_test_sound(cue: Cue) -> None:
    frames, decoder = cue_frames(cue), new_decoder()
    assert len(frames) * FRAME / RATE_HZ <= 2 * CUE_NOTE_S
    heard = np.concatenate([decoder.decode(frame.payload) for frame in frames])
    assert 0.05 < float(np.abs(heard).max()) < 0.15
    first, second = np.split(heard[: len(heard) // 2 * 2], 2)
    rises = np.sign(CUES_HZ[cue][1] - CUES_HZ[cue][0])
    assert np.sign(round((loudest_hz(second) - loudest_hz(first)) / 50)) == rises

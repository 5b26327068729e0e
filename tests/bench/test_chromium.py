from __future__ import annotations

import pytest

from bench.peers.chromium import heard
from bench.timeline import RecentMean


def test_sound_is_summed_over_voices_and_pictures_are_left_out() -> None:
    voice = {
        "kind": "audio",
        "totalSamplesReceived": 48_000,
        "concealedSamples": 480,
        "jitterBufferDelay": 2_400.0,
        "jitterBufferEmittedCount": 48_000,
    }
    delay = RecentMean()
    found = heard([voice, voice, {"kind": "video", "totalSamplesReceived": 5}, {}], delay)
    assert (found.played_ms, found.concealed_ms) == (2_000, 20)
    assert found.delay_ms == pytest.approx(50)
    assert found.silent_ms is None
    assert heard([voice, voice], delay).delay_ms is None

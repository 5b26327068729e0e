"""What the bench over devices makes of what it heard; the devices themselves are in `tests/end2end/test_echo.py`."""

from __future__ import annotations

import numpy as np

from bench.path import Witness, _found
from tests.helpers.sound import spoken
from visio_desktop.media.processing import Untouched
from visio_desktop.media.samples import FRAME, to_pcm


def test_a_witness_keeps_both_sides_and_changes_nothing() -> None:
    witness = Witness(Untouched())
    near, far = to_pcm(spoken(0.02)), to_pcm(spoken(0.02, seed=2))
    assert np.array_equal(witness.process(near, far), near)
    witness.process(near, far)
    heard = witness.kept()
    assert len(heard.before) == len(heard.played) == len(heard.after) == 2 * FRAME
    assert np.array_equal(to_pcm(heard.before), to_pcm(heard.after))


def test_what_was_said_is_found_beneath_an_echo() -> None:
    voice, echo = spoken(2.0), spoken(3.0, seed=5, pitch_hz=190.0)
    heard = echo.copy()
    heard[12_345 : 12_345 + len(voice)] += voice[: len(heard) - 12_345]
    assert _found(voice, heard) == 12_345

"""The plain PyAV codec does the same job, only without recovery."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.sound import aligned_snr_db, payloads, spoken
from visio_desktop.media.opus import duration
from visio_desktop.media.opus_fallback import PyavDecoder, PyavEncoder
from visio_desktop.media.samples import FRAME


def test_round_trip() -> None:
    speech = spoken(1)
    decoder = PyavDecoder()
    contents = payloads(speech, PyavEncoder(32_000))
    assert all(duration(payload) == FRAME for payload in contents)
    parts = [part for payload in contents if (part := decoder.decode(payload)) is not None]
    assert aligned_snr_db(speech, np.concatenate(parts)) > 8


def test_settings_take_effect() -> None:
    speech = spoken(2)
    encoder = PyavEncoder(32_000)
    before = payloads(speech, encoder)
    encoder.set_bitrate(12_000)
    encoder.set_expected_loss(0.1)
    encoder.reset()
    assert sum(map(len, payloads(speech, encoder))) < 0.7 * sum(map(len, before))


def test_concealment_fades() -> None:
    decoder = PyavDecoder()
    for payload in payloads(spoken(1)):
        decoder.decode(payload)
    powers = [float(np.square(decoder.conceal(FRAME)).sum()) for _ in range(5)]
    assert powers == sorted(powers, reverse=True)
    assert decoder.recover(b"\x08", FRAME) is None


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_rubbish_never_raises(payload: bytes) -> None:
    PyavDecoder().decode(payload)

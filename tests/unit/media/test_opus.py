"""Opus: quality, what is done about loss, and hostile bytes."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.sound import aligned_snr_db, payloads, snr_db, spoken
from visio_desktop.media import opus
from visio_desktop.media.opus import (
    LibopusDecoder,
    LibopusEncoder,
    duration,
    load,
    new_decoder,
    new_encoder,
    new_music_encoder,
)
from visio_desktop.media.samples import FRAME, Samples, silence

LOSS = 0.1


def _lossy(contents: list[bytes], lost: set[int], how: str) -> Samples:
    decoder = new_decoder()
    out: list[Samples] = []
    for i, payload in enumerate(contents):
        if i not in lost:
            made = decoder.decode(payload)
        elif how == "fec" and i + 1 < len(contents) and i + 1 not in lost:
            made = decoder.recover(contents[i + 1], FRAME)
        else:
            made = decoder.conceal(FRAME)
        if i in lost and how == "nothing":
            made = silence(FRAME)
        out.append(decoder.conceal(FRAME) if made is None else made)
    return np.concatenate(out)


def test_the_bundled_library_is_used() -> None:
    assert load() is not None
    assert isinstance(new_encoder(), LibopusEncoder)
    assert isinstance(new_decoder(), LibopusDecoder)


def test_speech_survives_a_round_trip() -> None:
    speech = spoken(2)
    decoder = new_decoder()
    decoded = [decoder.decode(payload) for payload in payloads(speech)]
    assert all(part is not None and len(part) == FRAME for part in decoded)
    assert aligned_snr_db(speech[: 100 * FRAME], np.concatenate([part for part in decoded if part is not None])) > 8


def test_recovery_beats_concealment_beats_silence() -> None:
    encoder = new_encoder()
    encoder.set_expected_loss(0.15)
    contents = payloads(spoken(10), encoder)
    chance = random.Random(1)
    lost = {i for i in range(5, len(contents)) if chance.random() < LOSS}
    whole = _lossy(contents, set(), "fec")
    nothing, concealed, recovered = (snr_db(whole, _lossy(contents, lost, how)) for how in ("nothing", "plc", "fec"))
    assert concealed > nothing + 0.5
    assert recovered > concealed + 2


def test_the_bitrate_follows_at_once() -> None:
    encoder = new_encoder(32_000)
    speech = spoken(4)
    first = payloads(speech, encoder)
    encoder.set_bitrate(14_000)
    second = payloads(speech, encoder)
    assert sum(map(len, second)) < 0.7 * sum(map(len, first))


def test_silence_costs_nothing() -> None:
    contents = payloads(silence(FRAME * 100))
    assert sum(len(payload) > 2 for payload in contents[20:]) <= 5


def test_no_recovery_from_a_frame_that_carries_none() -> None:
    encoder = new_encoder()
    encoder.set_expected_loss(0)
    decoder = new_decoder()
    assert all(decoder.recover(payload, FRAME) is None for payload in payloads(spoken(1), encoder))


def test_reset_forgets_what_was_heard() -> None:
    encoder, decoder = new_encoder(), new_decoder()
    payloads(spoken(1), encoder)
    encoder.reset()
    decoded = decoder.decode(encoder.encode(silence(FRAME)))
    assert decoded is not None
    assert float(np.abs(decoded).max()) < 1e-3


@pytest.mark.parametrize(
    ("payload", "samples"),
    [(b"", 0), (b"\x08", 960), (b"\xff\x00", 0), (b"\xfb\x03", 2880), (b"\xff\x02", 1920), (b"\x1f\x3f", 0)],
)
def test_durations(payload: bytes, samples: int) -> None:
    assert duration(payload) == samples


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=1500))
def test_rubbish_never_raises(payload: bytes) -> None:
    decoder = new_decoder()
    made = decoder.decode(payload)
    assert made is None or len(made) == duration(payload)
    recovered = decoder.recover(payload, FRAME)
    assert recovered is None or len(recovered) == FRAME
    assert len(decoder.conceal(FRAME)) == FRAME


def test_music_is_stereo_and_its_silence_costs_nothing() -> None:
    encoder = new_music_encoder(96_000)
    at = np.arange(FRAME * 50) / 48_000
    left, right = np.sin(2 * np.pi * 440 * at), np.sin(2 * np.pi * 660 * at)
    both = (np.stack([left, right], axis=1) * 0.3).astype(np.float32)
    made = [encoder.encode(both[start : start + FRAME].reshape(-1)) for start in range(0, len(both), FRAME)]
    assert all(payload[0] & 4 for payload in made), "the stereo bit (RFC 6716 section 3.1)"
    assert 80_000 < sum(map(len, made)) * 8 < 115_000
    quiet = [encoder.encode(np.zeros(2 * FRAME, np.float32)) for _ in range(40)]
    assert max(map(len, quiet[20:])) <= 3


def test_without_libopus_music_is_mixed_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opus, "load", lambda: None)
    encoder = new_music_encoder(96_000)
    encoder.set_bitrate(64_000)
    encoder.set_expected_loss(0.1)
    encoder.reset()
    both = np.tile(np.sin(np.arange(FRAME) / 20).astype(np.float32)[:, np.newaxis], (1, 2)).reshape(-1)
    assert duration(encoder.encode(both)) == FRAME

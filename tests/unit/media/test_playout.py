"""Playout under jitter, loss, reordering, pauses and drift, in simulated time."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.lossy_sound import LossyVoice, Poor
from tests.helpers.sound import CheapDecoder, frames, payloads, play, spoken, tone
from visio_desktop.media.opus import new_decoder, new_encoder
from visio_desktop.media.playout import Playout
from visio_desktop.media.samples import BLOCK, FRAME, Samples, silence
from visio_desktop.rtc.frames import Codec, EncodedFrame

BUZZ = b"\x78" + bytes(40)


def _buzzing(count: int, interval_ms: float = 20.0) -> list[tuple[float, EncodedFrame]]:
    return [(i * interval_ms, frame) for i, frame in enumerate(frames([BUZZ] * count))]


def _speech(seconds: float, expected_loss: float = 0.15) -> list[tuple[float, EncodedFrame]]:
    encoder = new_encoder()
    encoder.set_expected_loss(expected_loss)
    steady = tone(seconds, 180.0, 0.1) + spoken(seconds)  # never pauses, so that every gap can be heard
    return [(i * 20.0, frame) for i, frame in enumerate(frames(payloads(steady, encoder)))]


def _longest_gap_ms(sound: Samples, skip_ms: float = 200) -> float:
    loud = np.abs(sound[int(skip_ms * 48) :]).reshape(-1, BLOCK).max(axis=1) > 0.01
    longest = run = 0
    for block in loud:
        run = 0 if block else run + 1
        longest = max(longest, run)
    return longest * 10.0


def test_a_perfect_network_gives_every_sample_at_small_delay() -> None:
    playout = Playout(CheapDecoder())
    sound = play(playout, _buzzing(500), 10_000)
    figures = playout.statistics()
    assert figures.concealed_ratio == 0
    assert figures.playout_delay_ms < 45
    assert _longest_gap_ms(sound) == 0


def test_nothing_is_silence() -> None:
    playout = Playout(CheapDecoder())
    assert not playout.pull(0.0).any()
    assert playout.statistics().concealed_ratio == 0
    assert not playout.has_begun


def test_jitter_is_bought_with_delay() -> None:
    chance = random.Random(3)
    arrivals = [(at + chance.uniform(0, 60), frame) for at, frame in _buzzing(1500)]
    playout = Playout(CheapDecoder())
    play(playout, arrivals, 30_000)
    figures = playout.statistics()
    assert figures.concealed_ratio < 0.02
    assert 50 < figures.target_delay_ms < 90
    assert figures.playout_delay_ms < 100


def test_after_jitter_the_delay_comes_down_again() -> None:
    chance = random.Random(4)
    arrivals = [(at + (chance.uniform(0, 100) if i < 500 else 0), f) for i, (at, f) in enumerate(_buzzing(2000))]
    playout = Playout(CheapDecoder())
    play(playout, arrivals[:500], 10_000)
    high_ms = playout.statistics().target_delay_ms
    playout = Playout(CheapDecoder())
    play(playout, arrivals, 40_000)
    assert high_ms > 80
    assert playout.statistics().playout_delay_ms < 50


def test_reordering_is_undone() -> None:
    arrivals = [(at + (30 if i % 5 == 0 else 0), frame) for i, (at, frame) in enumerate(_buzzing(1000))]
    playout = Playout(CheapDecoder())
    play(playout, arrivals, 20_000)
    assert playout.statistics().concealed_ratio < 0.01
    assert playout.statistics().frames_late < 10


@pytest.mark.parametrize(("loss", "most_concealed"), [(0.02, 0.012), (0.1, 0.045), (0.3, 0.17)])
def test_random_loss_is_recovered_or_concealed(loss: float, most_concealed: float) -> None:
    chance = random.Random(7)
    arrivals = [pair for pair in _speech(20, max(loss, 0.1)) if chance.random() > loss]
    playout = Playout(new_decoder())
    sound = play(playout, arrivals, 20_000)
    figures = playout.statistics()
    assert figures.concealed_ratio < most_concealed
    assert figures.recovered_ms > 0
    assert _longest_gap_ms(sound) <= 60


@pytest.mark.parametrize("jitter_ms", [0.0, 30.0])
@pytest.mark.parametrize(
    ("loss", "fec", "most_concealed"), [(0.05, False, 0.005), (0.1, False, 0.02), (0.2, False, 0.06), (0.3, True, 0.06)]
)
def test_redundancy_brings_back_nearly_all(loss: float, fec: bool, most_concealed: float, jitter_ms: float) -> None:
    voice = LossyVoice(Poor(loss=loss, jitter_ms=jitter_ms, fec=fec))
    assert voice.run(60).concealed_ratio < most_concealed
    late_ms = sorted(delay_ms for at_ms, delay_ms in voice.delays_ms if at_ms > 5_000)
    assert late_ms[int(0.95 * len(late_ms))] < 75 + jitter_ms


@pytest.mark.parametrize("conditions", [Poor(burst_ms=(10_000, 10_150)), Poor(stall_ms=(10_000, 10_150))])
def test_after_a_moment_without_packets_the_delay_is_back_soon(conditions: Poor) -> None:
    voice = LossyVoice(conditions)
    voice.run(20)
    before_ms = max(delay_ms for at_ms, delay_ms in voice.delays_ms if 5_000 < at_ms < 10_000)
    longer = [at_ms for at_ms, delay_ms in voice.delays_ms if at_ms > 10_170 and delay_ms > before_ms + 10]
    assert max(longer, default=0) < 12_000


def test_a_hole_fades_out_and_sound_comes_back() -> None:
    arrivals = [pair for pair in _speech(4) if not 1000 <= pair[0] < 1600]
    playout = Playout(new_decoder())
    sound = play(playout, arrivals, 4_000)
    assert not sound[int(1.3 * 48_000) : int(1.5 * 48_000)].any()
    assert sound[int(1.8 * 48_000) :].any()
    assert 0.05 < playout.statistics().concealed_ratio < 0.3


def test_a_stalled_network_costs_delay_only_for_a_while() -> None:
    arrivals = [(1500.0 if 1000 <= at < 1500 else at, frame) for at, frame in _buzzing(750)]
    playout = Playout(CheapDecoder())
    play(playout, arrivals, 15_000)
    assert playout.statistics().playout_delay_ms < 120


def test_a_pause_the_sender_wanted_is_no_loss() -> None:
    talk = frames([BUZZ] * 50)
    more = frames([BUZZ] * 50, first_time=50 * FRAME + 3 * 48_000, first_sequence=50)
    arrivals = [(i * 20.0, f) for i, f in enumerate(talk)] + [(4000 + i * 20.0, f) for i, f in enumerate(more)]
    playout = Playout(CheapDecoder())
    play(playout, arrivals, 5_200)
    assert playout.statistics().concealed_ratio < 0.06  # the end is not yet known to be wanted


def test_what_somebody_silent_sends_hides_a_frame_where_it_is_lost_not_the_whole_silence() -> None:
    """DTX: a frame of noise and an empty one each 400 ms; every fifth of the empty ones is lost."""
    pairs = enumerate(frames([BUZZ, b"\x78"] * 100))
    still = [replace(f, rtp_time=i // 2 * 20 * FRAME + i % 2 * FRAME) for i, f in pairs]
    arrivals = [(frame.rtp_time / 48, frame) for i, frame in enumerate(still) if i % 10 != 5]
    playout = Playout(CheapDecoder())
    play(playout, arrivals, 40_000)
    figures = playout.statistics()
    assert 15 * 20 <= figures.concealed_ms <= 20 * 20
    assert figures.longest_gap_ms == 0


def test_dtx_is_no_loss() -> None:
    speech = np.concatenate((spoken(1), silence(48_000), spoken(1, seed=5)))
    kept, silent, arrivals = 0, False, []
    for i, payload in enumerate(payloads(speech)):
        empty = len(payload) <= 2
        if not (empty and silent):
            frame = EncodedFrame(Codec.OPUS, payload, i * FRAME, sequence=kept)
            arrivals.append((i * 20.0, frame))
            kept += 1
        silent = empty
    assert kept < 130
    playout = Playout(new_decoder())
    play(playout, arrivals, 2_900)
    assert playout.statistics().concealed_ratio == 0


@pytest.mark.parametrize("jitter_ms", [0.0, 30.0])
@pytest.mark.parametrize("ppm", [-200.0, 200.0])
def test_clocks_that_drift_apart_are_met_by_speed_alone(ppm: float, jitter_ms: float) -> None:
    chance, begun, playout = random.Random(5), Playout(CheapDecoder()), Playout(CheapDecoder())
    arrivals = [(at + chance.uniform(0, jitter_ms), frame) for at, frame in _buzzing(10_000)]
    play(begun, arrivals, 20_000, reader_ppm=ppm)
    sound = play(playout, arrivals, 199_000, reader_ppm=ppm)
    before, figures = begun.statistics(), playout.statistics()
    assert figures.concealed_ms == before.concealed_ms
    assert figures.stretched == before.stretched, "no pitch period was dropped or repeated"
    assert abs(figures.playout_delay_ms - before.playout_delay_ms) < 4
    assert abs(figures.speed - 1 + ppm * 1e-6) < 200e-6
    whole = sound[: len(sound) // 480_000 * 480_000].reshape(-1, 480_000)
    heard_hz = [_frequency_hz(part) * (1 + ppm * 1e-6) for part in whole[3:]]
    assert max(abs(hz - 400.0) for hz in heard_hz) < 400 * 120e-6


def _frequency_hz(sound: Samples) -> float:
    """From the first to the last time the sound goes up through nothing."""
    up = np.nonzero((sound[:-1] < 0) & (sound[1:] >= 0))[0]
    places = up - sound[up] / (sound[up + 1] - sound[up])
    return float((len(places) - 1) / (places[-1] - places[0]) * 48_000)


def test_capture_time_follows_the_sound() -> None:
    playout = Playout(CheapDecoder())
    play(playout, _buzzing(100), 1_000)
    assert playout.capture_ms is not None
    assert 920 < playout.capture_ms < 1_000


def test_a_jump_of_the_senders_clock_starts_anew() -> None:
    far = frames([BUZZ] * 100, first_time=10**12, first_sequence=50)
    arrivals = _buzzing(50) + [(1000 + i * 20.0, frame) for i, frame in enumerate(far)]
    playout = Playout(CheapDecoder())
    sound = play(playout, arrivals, 2_900)
    assert _longest_gap_ms(sound) < 150


def test_memory_stays_bounded() -> None:
    playout = Playout(CheapDecoder())
    for frame in frames([BUZZ] * 1000):
        playout.put(frame, 0.0)
    assert len(playout._frames) <= 100
    assert len(playout.pull(0.0)) == BLOCK


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.binary(max_size=30), st.integers(-(2**40), 2**40) | st.integers(0, 20_000), st.integers(-9, 2**20)
        ),
        max_size=40,
    )
)
def test_whatever_arrives_blocks_come_out(arrivals: list[tuple[bytes, int, int]]) -> None:
    playout = Playout(new_decoder())
    for i, (payload, rtp_time, sequence) in enumerate(arrivals):
        playout.put(EncodedFrame(Codec.OPUS, payload, rtp_time, sequence=sequence), i * 10.0)
        block = playout.pull(i * 10.0)
        assert len(block) == BLOCK
        assert np.isfinite(block).all()
    assert playout.statistics().concealed_ms >= 0


def test_a_hole_that_outlasts_concealment_is_told_and_a_pause_is_not() -> None:
    def longest_gap_ms(arrivals: list[tuple[float, EncodedFrame]]) -> float:
        playout = Playout(CheapDecoder())
        play(playout, arrivals, 10_000)
        return playout.statistics().longest_gap_ms

    arrivals = _buzzing(400)
    assert longest_gap_ms([a for i, a in enumerate(arrivals) if i % 50]) == 0
    assert 200 < longest_gap_ms(arrivals[:150] + arrivals[165:]) < 300
    pause = [(at + 300, replace(f, rtp_time=f.rtp_time + 15 * FRAME)) for at, f in arrivals[150:]]
    assert longest_gap_ms(arrivals[:150] + pause) == 0

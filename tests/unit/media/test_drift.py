from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.helpers.sound import tone
from visio_desktop.media.drift import DriftQueue
from visio_desktop.media.samples import BLOCK, FRAME, RATE_HZ, Samples, from_pcm, silence, to_pcm


class _Devices:
    """A writer and a reader, each on a clock of its own, that come as late as the test wants."""

    def __init__(self, writer_ppm: float = 0.0, *, burst: int = 1, late_ms: float = 0.3) -> None:
        self.now_ms = 0.0
        self.queue = DriftQueue(lambda: self.now_ms)
        self.ratios: list[float] = []
        self.lengths: list[int] = []
        self.missed: list[int] = []
        self._each_ms = 10 / (1 + writer_ppm * 1e-6)
        self._burst = burst
        self._chance = np.random.default_rng(4)
        self._late_ms = late_ms

    def run(
        self,
        sound: Samples,
        *,
        lost: range = range(0),
        late: range = range(0),
        writer: tuple[float, float] = (-1, -1),
        reader: tuple[float, float] = (-1, -1),
    ) -> Samples:
        """All of it written and read; writer or reader do nothing between two moments, and all at once after.

        Blocks of these numbers never come (`lost`), or 60 ms late with all that follow.
        """
        events = [(self._at(10.0 * n + 5.0, *reader), -1) for n in range(2, len(sound) // BLOCK - 10, 2)]
        at_ms = 0.0
        for number in range(len(sound) // BLOCK):
            last = (number // self._burst + 1) * self._burst
            at_ms = max(at_ms, self._at(last * self._each_ms, *writer) + (60.0 if number in late else 0.0))
            if number not in lost:
                events.append((at_ms, number))
        heard = []
        for self.now_ms, number in sorted(events):
            if number >= 0:
                self.queue.write(sound[number * BLOCK : (number + 1) * BLOCK])
            else:
                heard.append(self.queue.read())
                self.ratios.append(self.queue.ratio)
                self.lengths.append(self.queue.backlog)
                self.missed.append(self.queue.missed)
        return np.concatenate(heard)

    def _at(self, at_ms: float, begin_ms: float, end_ms: float) -> float:
        return end_ms if begin_ms < at_ms < end_ms else at_ms + self._chance.exponential(self._late_ms)


def places(heard: Samples) -> NDArray[np.float64]:
    """Where in a slow ramp what was heard stands, at the middle of each frame, in samples."""
    return np.asarray(heard.reshape(-1, FRAME)[:, FRAME // 2], dtype=np.float64) * RATE_HZ * 100


def ramp(seconds: float) -> Samples:
    """Each sample says which one it is."""
    return np.arange(int(seconds * RATE_HZ), dtype=np.float32) / np.float32(RATE_HZ * 100)


@pytest.mark.parametrize("ppm", [-200.0, 0.0, 200.0])
def test_drift_is_taken_up(ppm: float) -> None:
    devices = _Devices(ppm)
    devices.run(silence(90 * RATE_HZ))
    assert devices.queue.missed == 0
    assert max(devices.lengths[500:]) < 4 * BLOCK
    assert abs(float(np.mean(devices.ratios[3000:])) - 1 - ppm * 1e-6) < 40e-6


def test_bursts_are_taken_up() -> None:
    devices = _Devices(100.0, burst=4)
    devices.run(silence(60 * RATE_HZ))
    assert devices.queue.missed <= 4
    assert max(devices.lengths[1000:]) < 7 * BLOCK


def test_an_echo_comes_back_as_late_as_it_did() -> None:
    """Each frame is the same time behind, to a fraction of a millisecond, whatever the bursts."""
    heard = _Devices(late_ms=2.0).run(ramp(20.0))
    behind = np.arange(len(heard) // FRAME) * FRAME - places(heard)
    steps = np.abs(np.diff(behind[200:]))
    assert steps.max() < 1
    assert np.ptp(behind[200:]) < 48 * 3


@pytest.mark.parametrize(
    ("writer", "reader"),
    [((8000.0, 8090.0), (-1.0, -1.0)), ((-1.0, -1.0), (8000.0, 8150.0)), ((8000, 8090), (8500, 8590))],
)
def test_after_an_interruption_as_well(writer: tuple[float, float], reader: tuple[float, float]) -> None:
    heard = _Devices().run(ramp(20.0), writer=writer, reader=reader)
    behind = np.arange(len(heard) // FRAME) * FRAME - places(heard)
    assert abs(float(np.median(behind[300:400]) - np.median(behind[600:]))) < 48


def test_what_is_lost_for_good_is_not_waited_for() -> None:
    devices = _Devices(200.0)
    devices.run(silence(60 * RATE_HZ), lost=range(300, 310))
    assert devices.queue.missed in range(1, 7)
    assert abs(float(np.mean(devices.ratios[-500:])) - 1 - 200e-6) < 50e-6
    assert max(devices.lengths[1000:]) < 4 * BLOCK


def test_where_it_is_late_again_and_again_more_waits() -> None:
    devices = _Devices()
    devices.run(silence(60 * RATE_HZ), late=range(500, 6000, 150))
    assert devices.missed[2000] == devices.missed[-1] > 0
    assert max(devices.lengths) < 12 * BLOCK


def test_a_tone_stays_clean() -> None:
    heard = _Devices().run(tone(5.0, 1000))
    middle = heard[96_000:192_000].astype(np.float64) * np.hanning(96_000)
    power = np.abs(np.fft.rfft(middle)) ** 2
    peak = int(power.argmax())
    assert abs(peak / 2 - 1000) < 2
    assert power[peak - 60 : peak + 60].sum() / power.sum() > 0.9999


def test_a_pile_is_dropped() -> None:
    queue = DriftQueue(lambda: 0.0)
    for _ in range(100):
        queue.write(silence())
    queue.read()
    assert queue.dropped > 0
    assert queue.backlog < 4 * BLOCK


def test_silence_until_something_comes() -> None:
    queue = DriftQueue(lambda: 0.0)
    assert not queue.read().any()
    assert queue.missed == 0


def test_channels_stay_in_step() -> None:
    queue, heard = DriftQueue(lambda: 0.0, 2), []
    samples = from_pcm(to_pcm(tone(1.0, 300.0)))
    for at in range(0, len(samples) - FRAME + 1, FRAME):
        part = samples[at : at + FRAME]
        queue.write(np.stack([part, -part], axis=1).reshape(-1))
        heard.append(queue.read())
    both = np.concatenate(heard).reshape(-1, 2)
    assert np.abs(both[:, 0]).max() > 0.2
    assert np.array_equal(both[:, 0], -both[:, 1])
    assert queue.backlog > 0

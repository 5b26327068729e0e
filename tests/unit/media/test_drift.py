from __future__ import annotations

import numpy as np
import pytest

from tests.helpers.sound import tone
from visio_desktop.media.drift import MAX_CORRECTION, DriftQueue, DriftQueues
from visio_desktop.media.samples import BLOCK, FRAME, Samples, silence


def _run(seconds: float, writer_ppm: float, burst: int = 1) -> tuple[DriftQueue, list[int], Samples]:
    queue, backlogs, heard = DriftQueue(), [], []
    written, source = 0, tone(seconds + 1, 1000)
    for beat in range(0, int(seconds * 100), 2):
        due = int(beat * BLOCK * (1 + writer_ppm * 1e-6)) // BLOCK // burst * burst
        while written < due:
            queue.write(source[written * BLOCK : (written + 1) * BLOCK])
            written += 1
        heard.append(queue.read())
        backlogs.append(queue.backlog)
    return queue, backlogs, np.concatenate(heard)


@pytest.mark.parametrize("ppm", [-200.0, 0.0, 200.0, 1000.0])
def test_drift_is_taken_up(ppm: float) -> None:
    queue, backlogs, _ = _run(120, ppm)
    assert queue.missed <= 2
    assert queue.dropped == 0
    assert max(backlogs[500:]) < 4 * BLOCK
    assert abs(queue.ratio - 1 - ppm * 1e-6) < 2e-3


def test_bursts_are_taken_up() -> None:
    queue, backlogs, _ = _run(60, 100.0, burst=4)
    assert queue.missed <= 8
    assert max(backlogs[1000:]) < 7 * BLOCK


def test_a_tone_stays_clean() -> None:
    _, _, heard = _run(5, 0.0)
    middle = heard[96_000:192_000].astype(np.float64) * np.hanning(96_000)
    power = np.abs(np.fft.rfft(middle)) ** 2
    peak = int(power.argmax())
    assert abs(peak / 2 - 1000) < 1000 * MAX_CORRECTION + 1
    assert power[peak - 60 : peak + 60].sum() / power.sum() > 0.9999


def test_a_pile_is_dropped() -> None:
    queue = DriftQueue()
    for _ in range(100):
        queue.write(silence())
    queue.read()
    assert queue.dropped > 0
    assert queue.backlog < 4 * BLOCK


def test_silence_until_something_comes() -> None:
    queue = DriftQueue()
    assert not queue.read().any()
    assert queue.missed == 0


def test_channels_stay_in_step() -> None:
    queues, heard = DriftQueues(2), []
    samples = tone(1.0, 300.0)
    for at in range(0, len(samples) - FRAME + 1, FRAME):
        part = samples[at : at + FRAME]
        queues.write(np.stack([part, -part], axis=1).reshape(-1))
        heard.append(queues.read())
    both = np.concatenate(heard).reshape(-1, 2)
    assert np.abs(both[:, 0]).max() > 0.2
    assert np.array_equal(both[:, 0], -both[:, 1])
    assert queues.backlog > 0

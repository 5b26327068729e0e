"""A sound on a device of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from threading import Thread

import numpy as np
import pytest

from tests.helpers.sound import tone
from visio_desktop.media.errors import DeviceError
from visio_desktop.media.portaudio import missing
from visio_desktop.media.ring import BlockRing
from visio_desktop.media.ringer import ring
from visio_desktop.media.samples import BLOCK, Samples, from_pcm
from visio_desktop.media.specs import Spec, SpecKind
from visio_desktop.meeting.values import DeviceKind
from visio_desktop.system.clock import Clock, monotonic_ms

SPEC = Spec(SpecKind.DEVICE, "Sound/monitor")
CUE = tone(0.325)


class FastSpeaker:
    """Takes blocks as fast as it can, on a thread of its own."""

    name = "monitor"
    latency_ms = 0.0

    def __init__(self, tick: Callable[[], None]) -> None:
        self.ring = BlockRing()
        self.taken: list[Samples] = []
        self.stopped = False
        self._tick = tick
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        block = np.zeros(BLOCK, dtype=np.int16)
        while not self.stopped:
            if self.ring.read_into(block):
                self.taken.append(from_pcm(block))
            self._tick()

    def stop(self) -> None:
        self.stopped = True
        self._thread.join(5)


async def test_all_of_it_is_played_and_known_to_the_echo_canceller() -> None:
    speakers: list[FastSpeaker] = []
    heard: list[Samples] = []

    def opened(spec: Spec, tick: Callable[[], None], _clock: Clock) -> FastSpeaker:
        assert spec == SPEC
        speakers.append(FastSpeaker(tick))
        return speakers[0]

    await asyncio.wait_for(ring(SPEC, CUE, heard.append, monotonic_ms, opened), 20)
    (speaker,) = speakers
    assert speaker.stopped
    played = np.concatenate(speaker.taken)
    assert np.allclose(played[: len(CUE)], CUE, atol=1e-3)
    assert not played[len(CUE) :].any()
    both = np.concatenate(heard).reshape(-1, 2)
    assert np.array_equal(both[:, 0], both[:, 1])
    assert np.allclose(both[:, 0], played)


async def test_a_device_that_is_not_there_is_told() -> None:
    def opened(_spec: Spec, _tick: Callable[[], None], _clock: Clock) -> FastSpeaker:
        raise missing(DeviceKind.SPEAKER)

    with pytest.raises(DeviceError):
        await ring(SPEC, CUE, lambda _samples: None, monotonic_ms, opened)

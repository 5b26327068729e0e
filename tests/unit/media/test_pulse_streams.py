"""Streams to and from a sound server, with a library of the test's own in its place: no sound, no time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from cffi import FFI

from tests.helpers.sound import blocks, tone
from visio_desktop.media import pulse_library as pulse
from visio_desktop.media.pulse_streams import Handle, PulseMicrophone, PulseSpeaker, PulseStream
from visio_desktop.media.samples import BLOCK, FRAME, Samples, to_pcm


class Library:
    """What libpulse answers; `fragments` are recorded, None is a hole of 10 ms, `room` is asked for."""

    def __init__(self, ffi: FFI) -> None:
        self.ffi = ffi
        self.state = 1
        self.fragments: list[Any] = []
        self.room = 0
        self.written: list[bytes] = []
        self.latency_us = 42_000
        self._kept: Any = None

    def pa_stream_get_state(self, _stream: Any) -> int:
        return self.state

    def pa_stream_get_latency(self, _stream: Any, usec: Any, negative: Any) -> int:
        usec[0], negative[0] = self.latency_us, 0
        return 0

    def pa_stream_readable_size(self, _stream: Any) -> int:
        return BLOCK * 2 if self.fragments else 0

    def pa_stream_peek(self, _stream: Any, data: Any, size: Any) -> int:
        fragment = self.fragments[0]
        size[0] = BLOCK * 2 if fragment is None else fragment.nbytes
        data[0] = self.ffi.NULL
        if fragment is not None:
            self._kept = self.ffi.from_buffer(fragment)
            data[0] = self._kept
        return 0

    def pa_stream_drop(self, _stream: Any) -> int:
        self.fragments.pop(0)
        return 0

    def pa_stream_writable_size(self, _stream: Any) -> int:
        return self.room

    def pa_stream_write(self, _stream: Any, data: Any, size: int, *_: Any) -> int:
        self.written.append(bytes(self.ffi.buffer(data, size)))
        return 0


class Owner:
    def __init__(self) -> None:
        self.released: list[PulseStream] = []

    def release(self, stream: PulseStream) -> None:
        self.released.append(stream)


@pytest.fixture
def library() -> Library:
    return Library(FFI())


def microphone(library: Library, channels: int = 1) -> PulseMicrophone:
    return PulseMicrophone(Handle(library.ffi, library, None), "mic", Owner(), lambda: 7.0, channels)


def heard_of(made: PulseMicrophone, library: Library, fragments: list[Any]) -> Samples:
    """What is read while these come, two for each reading."""
    heard = []
    for at in range(0, len(fragments), 2):
        library.fragments = fragments[at : at + 2]
        assert made.serve()
        heard.append(made.read())
    return np.concatenate(heard)


def test_what_is_recorded_is_read_and_a_hole_is_silence(library: Library) -> None:
    made = microphone(library)
    assert not made.has_delivered
    library.state = pulse.STREAM_READY
    heard = heard_of(made, library, [to_pcm(block) for block in blocks(tone(0.2, 1000))] + [None] * 20)
    assert (made.has_delivered, made.last_heard_ms, made.latency_ms) == (True, 7.0, 42.0)
    assert made.backlog >= 42 * 48
    assert np.abs(heard[: 9 * FRAME]).max() > 0.2
    assert np.abs(heard[13 * FRAME :]).max() == 0


def test_two_channels_stay_apart(library: Library) -> None:
    made = microphone(library, channels=2)
    library.state = pulse.STREAM_READY
    left = to_pcm(tone(0.2, 1000))
    pairs = np.stack([left, 0 * left], axis=1).reshape(-1, 2 * BLOCK)
    both = heard_of(made, library, [part.copy() for part in pairs]).reshape(-1, 2)
    assert np.abs(both[:, 0]).max() > 0.2
    assert np.abs(both[:, 1]).max() == 0


def test_blocks_are_taken_as_there_is_room_and_each_is_a_tick(library: Library) -> None:
    ticks: list[int] = []
    speaker = PulseSpeaker(Handle(library.ffi, library, None), "out", Owner(), lambda: ticks.append(1))
    block = to_pcm(tone(0.01))
    speaker.ring.write(block)
    library.room = 3 * BLOCK * 2 + 7
    assert speaker.serve()
    assert (ticks, library.written) == ([], []), "not before it is ready"
    assert not speaker.settled.is_set()
    library.state = pulse.STREAM_READY
    speaker.serve()
    assert speaker.settled.is_set()
    assert len(ticks) == 3
    assert library.written == [block.tobytes(), bytes(BLOCK * 2), bytes(BLOCK * 2)]
    library.room = 2**64 - 1
    speaker.serve()
    assert len(ticks) == 3, "a stream that has failed asks for nothing"


def test_a_stream_that_fails_is_over_and_nobody_waits_for_it(library: Library) -> None:
    made = microphone(library)
    library.state = pulse.STREAM_FAILED[0]
    assert not made.serve()
    assert made.settled.is_set()
    assert not made.is_ready


def test_stopping_is_the_owners_work(library: Library) -> None:
    owner = Owner()
    made = PulseMicrophone(Handle(library.ffi, library, None), "mic", owner, lambda: 0.0, 1)
    made.stop()
    assert owner.released == [made]

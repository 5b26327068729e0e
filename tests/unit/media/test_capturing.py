"""What leaves, over any order of gate, stream and device changes."""

from __future__ import annotations

from functools import partial

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from visio_desktop.media.capturing import Capturing, Told
from visio_desktop.media.gate import Gate
from visio_desktop.media.opus import Encoder
from visio_desktop.media.samples import BLOCK, FRAME, SILENCE_DB, Pcm, Samples, silence, to_pcm
from visio_desktop.rtc.frames import EncodedFrame

FAR = to_pcm(silence())


class _Queueing:
    """A microphone whose every sample tells in which beat it was recorded; `delay` beats lie before it is read."""

    name = "mic"
    is_acoustic = True
    has_delivered = True
    last_heard_ms = 0.0

    def __init__(self, delay: int) -> None:
        self.recorded: list[int] = []
        self.delay = delay

    @property
    def backlog(self) -> int:
        return len(self.recorded) * BLOCK

    def record(self, beat: int) -> None:
        self.recorded.append(beat)

    def read(self) -> Samples:
        if len(self.recorded) < self.delay + 2:
            return silence(FRAME)
        beats, self.recorded = self.recorded[:2], self.recorded[2:]
        return np.repeat(np.array(beats, dtype=np.float32) / 10_000, BLOCK)

    def stop(self) -> None:
        self.recorded.clear()


class _Transparent(Encoder):
    """An encoder whose payload is the beats its sound was recorded in."""

    def encode(self, samples: Samples) -> bytes:
        beats = [round(float(samples[i]) * 10_000) for i in (0, BLOCK)]
        return b"".join(beat.to_bytes(4, "big") for beat in beats)

    def set_bitrate(self, bitrate_bps: int) -> None: ...

    def set_expected_loss(self, fraction: float) -> None: ...

    def reset(self) -> None: ...


class _World:
    def __init__(self) -> None:
        self.gate = Gate()
        self.beat = 0
        self.queue: list[tuple[EncodedFrame, int]] = []
        self.told = 0
        self.speaking: list[bool] = []
        self.silent: list[bool] = []
        told = Told(self._tell, self.speaking.append, self.silent.append)
        self.capturing = Capturing(self.gate, lambda: self.beat * 10.0, send=self._send, told=told)
        self.capturing.uplink._encoder = _Transparent()
        self.left: list[int] = []

    def _send(self, frame: EncodedFrame, opening: int) -> None:
        self.queue.append((frame, opening))

    def _tell(self) -> None:
        self.told += 1

    def step(self) -> None:
        self.beat += 1
        microphone = self.capturing.microphone
        if isinstance(microphone, _Queueing):
            microphone.record(self.beat)
        self.capturing.run(FAR)

    def arrive(self) -> None:
        while self.queue:
            frame, opening = self.queue.pop(0)
            payload = frame.payload
            beats = [int.from_bytes(payload[i : i + 4], "big") for i in (0, 4)]
            self.gate.pass_through(opening, partial(self.left.extend, (beat for beat in beats if beat)))


def test_nothing_is_encoded_while_closed_or_without_a_stream() -> None:
    world = _World()
    world.capturing.microphone = _Queueing(0)
    for _ in range(20):
        world.step()
    world.gate.set_open(True)
    for _ in range(20):
        world.step()
    assert world.queue == []
    world.capturing.is_wanted = True
    for _ in range(20):
        world.step()
    assert world.queue


def test_what_waits_in_the_device_when_the_gate_opens_stays_inside() -> None:
    world = _World()
    world.capturing.microphone, world.capturing.is_wanted = _Queueing(4), True
    for _ in range(10):
        world.step()
    world.gate.set_open(True)
    for _ in range(20):
        world.step()
    world.arrive()
    assert len(world.left) > 10
    assert min(world.left) > 10


def test_the_meter_shows_what_is_not_sent() -> None:
    world = _World()
    world.beat = 3000
    world.capturing.microphone = _Queueing(0)
    world.step()
    world.step()
    assert world.capturing.meter.db > SILENCE_DB


def test_a_microphone_closed_within_a_beat_leaves_no_level() -> None:
    world = _World()
    capturing = world.capturing

    class Closing(_Queueing):
        def read(self) -> Samples:
            # As the loop does while the sound thread is on its way.
            capturing.microphone = None
            capturing.meter.clear()
            return np.full(FRAME, 0.5, dtype=np.float32)

    capturing.microphone = Closing(0)
    world.step()
    world.step()
    assert capturing.meter.db == SILENCE_DB


def test_speech_into_a_closed_gate_is_told() -> None:
    world = _World()
    world.beat = 3000
    world.capturing.microphone = _Queueing(0)
    for _ in range(50):
        world.step()
    assert world.told == 1


def test_a_device_that_falls_silent_is_noticed() -> None:
    world = _World()
    assert not world.capturing.is_silent(10_000.0)
    world.capturing.microphone = _Queueing(0)
    assert not world.capturing.is_silent(2_000.0)
    assert world.capturing.is_silent(3_001.0)


class CapturingMachine(RuleBasedStateMachine):
    """However things move: what was recorded while the gate was closed never leaves."""

    def __init__(self) -> None:
        super().__init__()
        self.world = _World()
        self.world.capturing.is_wanted = True
        self.world.capturing.microphone = _Queueing(3)
        self.open_beats: set[int] = set()
        self.open = False

    @rule(count=st.sampled_from((1, 7, 20)))
    def run(self, count: int) -> None:
        for _ in range(count):
            if self.open:
                self.open_beats.add(self.world.beat + 1)
            self.world.step()

    @rule()
    def open_gate(self) -> None:
        self.world.gate.set_open(True)
        self.open = True

    @rule()
    def close_gate(self) -> None:
        self.world.gate.set_open(False)
        self.open = False

    @rule()
    def attach(self) -> None:
        self.world.capturing.is_wanted = not self.world.capturing.is_wanted

    @rule(delay=st.sampled_from((0, 1, 5, None)))
    def change_device(self, delay: int | None) -> None:
        self.world.capturing.microphone = None if delay is None else _Queueing(delay)

    @rule()
    def arrive(self) -> None:
        before = len(self.world.left)
        self.world.arrive()
        new = self.world.left[before:]
        assert self.open or not new
        assert set(new) <= self.open_beats


CapturingMachine.TestCase.settings = settings(max_examples=400, stateful_step_count=30, deadline=None)
TestCapturingMachine = CapturingMachine.TestCase


class _Listening:
    """Keeps what it is told the loudspeaker played."""

    def __init__(self) -> None:
        self.far: list[Pcm] = []

    def process(self, near: Pcm, far: Pcm) -> Pcm:
        self.far.append(far.copy())
        return near


def test_what_plays_beside_us_is_taken_out_too() -> None:
    world, processing = _World(), _Listening()
    world.capturing.microphone = _Queueing(0)
    world.capturing.processing = processing
    ours, theirs = np.full(BLOCK, 1_000, np.int16), np.full(FRAME, 0.25, np.float32)
    for beside in (False, True, False):
        if beside:
            world.capturing.beside.append(theirs)
        world.capturing.run(ours)
        world.capturing.run(ours)
    levels = [int(far.mean()) for far in processing.far]
    assert levels[0] == levels[2] == 1_000
    assert abs(levels[1] - 1_000 - 0.25 * 32767) < 3


def test_what_nobody_takes_does_not_pile_up() -> None:
    capturing = _World().capturing
    for _ in range(100):
        capturing.beside.append(silence(FRAME))
    assert len(capturing.beside) <= 3


class _Raw:
    """A microphone that gives what the test says, of so many channels."""

    name = "mic"
    is_acoustic = True
    has_delivered = True
    last_heard_ms = None
    backlog = 0

    def __init__(self, samples: Samples) -> None:
        self.samples = samples

    def read(self) -> Samples:
        return self.samples

    def stop(self) -> None: ...


class _Kept(Encoder):
    """An encoder that keeps what it is given; its payloads are never sent as silence."""

    def __init__(self) -> None:
        self.given: list[Samples] = []

    def encode(self, samples: Samples) -> bytes:
        self.given.append(samples)
        return b"sound"

    def set_bitrate(self, bitrate_bps: int) -> None: ...

    def set_expected_loss(self, fraction: float) -> None: ...

    def reset(self) -> None: ...


def _frames(world: _World, count: int) -> None:
    for _ in range(2 * count):
        world.beat += 1
        world.capturing.run(FAR)


def test_nothing_at_all_is_told_and_counts_anew_from_each_opening() -> None:
    world = _World()
    world.capturing.microphone = microphone = _Raw(silence(FRAME))
    _frames(world, 499)
    assert world.silent == []
    _frames(world, 3)
    assert world.silent == [True]
    world.capturing.is_wanted = True
    world.gate.set_open(True)
    _frames(world, 499)
    assert world.silent == [True]
    _frames(world, 3)
    assert world.silent == [True, True]
    microphone.samples = np.full(FRAME, 0.01, dtype=np.float32)
    _frames(world, 1)
    assert world.silent == [True, True, False]
    microphone.is_acoustic = False
    microphone.samples = silence(FRAME)
    _frames(world, 600)
    assert len(world.silent) == 3, "a file may be silent"


def test_own_speech_is_told_while_it_is_sent() -> None:
    world = _World()
    world.capturing.uplink._encoder = _Kept()
    world.capturing.microphone = _Raw(np.full(FRAME, 0.1, dtype=np.float32))
    world.capturing.is_wanted = True
    _frames(world, 20)
    assert world.speaking == []
    world.gate.set_open(True)
    _frames(world, 20)
    assert world.speaking == [True]
    world.gate.set_open(False)
    _frames(world, 2)
    assert world.speaking == [True, False]


def test_original_sound_is_sent_in_two_channels_and_a_voice_in_one() -> None:
    world, encoder = _World(), _Kept()
    pairs = np.tile(np.array([0.5, 0.1], np.float32), FRAME)
    world.capturing.microphone, world.capturing.is_wanted = _Raw(pairs), True
    world.gate.set_open(True)
    voice = world.capturing.uplink
    voice._encoder = encoder
    _frames(world, 5)
    assert np.allclose(encoder.given[-1], 0.3)
    world.capturing.send_music(True)
    world.capturing.uplink._encoder = encoder
    _frames(world, 5)
    assert np.array_equal(encoder.given[-1], pairs)
    world.capturing.microphone = _Raw(np.full(FRAME, 0.2, dtype=np.float32))
    _frames(world, 1)
    assert encoder.given[-1].shape == (2 * FRAME,)
    music = world.capturing.uplink
    world.capturing.send_music(True)
    assert world.capturing.uplink is music
    world.capturing.send_music(False)
    assert world.capturing.uplink.channels == 1


def test_whoever_listens_hears_what_would_be_sent_while_nothing_is() -> None:
    world, heard = _World(), list[Samples]()
    world.capturing.microphone = _Raw(np.tile(np.array([0.5, 0.1], np.float32), FRAME))
    world.capturing.tap = heard.append
    _frames(world, 3)
    assert [part.shape for part in heard] == [(FRAME,)] * 3
    assert np.allclose(heard[-1], 0.3)
    assert world.queue == []

"""The way of own sound, on the sound thread: microphone, processing, meter, gate, encoder.

A microphone gives one channel, or, for sound that is to be sent as it is, two; processing knows one only.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from visio_desktop.media.activity import MutedSpeech
from visio_desktop.media.dead_air import DeadAir
from visio_desktop.media.gate import Gate
from visio_desktop.media.meter import Meter
from visio_desktop.media.microphone import Microphone
from visio_desktop.media.opus import new_encoder, new_music_encoder
from visio_desktop.media.processing import Processing, Untouched
from visio_desktop.media.samples import BLOCK, FRAME, Pcm, Samples, from_pcm, silence, to_pcm
from visio_desktop.media.uplink import Uplink
from visio_desktop.rtc.frames import EncodedFrame
from visio_desktop.system.clock import Clock

_SILENT_DEVICE_MS: Final = 3_000.0
_MOST_BESIDE: Final = 3
MUSIC_BPS: Final = 128_000
"""What sound is sent with that is not to be touched."""

type Send = Callable[[EncodedFrame, int], None]
"""Takes a frame and the opening of the gate its sound belongs to."""


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told what, on the sound thread."""

    muted_speech: Callable[[], None] = lambda: None
    speaking: Callable[[bool], None] = lambda _on: None
    silent: Callable[[bool], None] = lambda _silent: None


class Capturing:
    """Goes with the beat. `microphone`, `processing` and `is_wanted` may be set from any thread.

    `beside` takes, 20 ms at a time and from any thread, what other programs play: the microphone hears it too, and the
    others get it otherwise. `tap` takes what is heard after processing, whether sent or not.
    """

    def __init__(self, gate: Gate, clock: Clock, *, send: Send, told: Told = Told()) -> None:
        self.microphone: Microphone | None = None
        self.processing: Processing = Untouched()
        self.is_wanted = False
        self.meter = Meter()
        self.uplink = Uplink(new_encoder)
        self.beside: deque[Samples] = deque(maxlen=_MOST_BESIDE)
        self._gate = gate
        self._clock = clock
        self._send = send
        self._told = told
        self._muted_speech = MutedSpeech()
        self._dead_air = DeadAir()
        self._is_speaking = False
        self._is_music = False
        self.tap: Callable[[Samples], None] | None = None
        self._far = to_pcm(silence(FRAME))
        self._filled = 0
        self._opening: int | None = None
        self._hold_back = 0

    def send_music(self, music: bool) -> None:
        """Encode for music in stereo from now on, or for a voice: a stream is of one kind from its beginning."""
        if music != self._is_music:
            self._is_music = music
            encoder = partial(new_music_encoder, MUSIC_BPS)
            self.uplink = Uplink(encoder, MUSIC_BPS, channels=2) if music else Uplink(new_encoder)

    def run(self, far: Pcm) -> None:
        """One beat; `far` is what the output played in it. Sound is taken from the microphone at every second one.

        An encoded frame holds the sound of two beats, so this costs no delay, and half the processor time.
        """
        self._far[self._filled : self._filled + BLOCK] = far
        self._filled += BLOCK
        if self._filled == FRAME:
            self._filled = 0
            self._take(self.microphone)

    def _take(self, microphone: Microphone | None) -> None:
        # The gate is asked before the sound is taken: it belongs to the opening in which it was recorded, or to none.
        opening = self._gate.opening
        samples = self._read(microphone, opening)
        mono = _with_channels(samples, 1)
        level_db = self.meter.update(mono)
        if self.microphone is None:
            self.meter.clear()  # closed since this beat began: the level it left would stay for ever
        if microphone is not None and microphone.is_acoustic:
            now_ms = self._clock()
            if self._muted_speech.update(level_db, closed=opening is None, now_ms=now_ms):
                self._told.muted_speech()
        if (tap := self.tap) is not None:
            tap(mono)
        uplink = self.uplink
        self._pass_on(uplink, samples, opening, microphone)
        if uplink.is_voiced != self._is_speaking:
            self._is_speaking = uplink.is_voiced
            self._told.speaking(self._is_speaking)

    def _read(self, microphone: Microphone | None, opening: int | None) -> Samples:
        if microphone is None:
            self._dead_air.begin_again()
            return silence(FRAME)
        samples = microphone.read()
        if not microphone.is_acoustic:
            return samples
        self._watch_for_silence(samples, opening)
        processing = self.processing
        if isinstance(processing, Untouched):
            return samples
        return from_pcm(processing.process(to_pcm(_with_channels(samples, 1)), self._heard()))

    def _watch_for_silence(self, samples: Samples, opening: int | None) -> None:
        if opening is not None and opening != self._opening:
            self._dead_air.begin_again()
        changed = self._dead_air.update(samples, self._clock())
        if changed is not None:
            self._told.silent(changed)

    def _heard(self) -> Pcm:
        """What the loudspeaker plays, of ours and beside it."""
        return to_pcm(from_pcm(self._far) + self.beside.popleft()) if self.beside else self._far

    def _pass_on(self, uplink: Uplink, samples: Samples, opening: int | None, microphone: Microphone | None) -> None:
        if opening is None or not self.is_wanted:
            self._opening = None
            uplink.skip()
            return
        if opening != self._opening:
            self._opening = opening
            uplink.restart()
            self._hold_back = _recorded_before(microphone)
        if self._hold_back > 0:
            # Recorded while the gate was closed: its time passes, its sound does not.
            self._hold_back -= 1
            uplink.skip()
            return
        frame = uplink.add(_with_channels(samples, uplink.channels))
        if frame is not None:
            self._send(frame, opening)

    def is_silent(self, now_ms: float) -> bool:
        """Whether the device has stopped delivering."""
        heard_ms = self.microphone.last_heard_ms if self.microphone is not None else None
        return heard_ms is not None and now_ms - heard_ms > _SILENT_DEVICE_MS


def _with_channels(samples: Samples, channels: int) -> Samples:
    """20 ms of one or two channels, with as many as are wanted."""
    if len(samples) == channels * FRAME:
        return samples
    return np.repeat(samples, 2) if channels > 1 else samples.reshape(-1, 2).mean(axis=1, dtype=np.float32)


def _recorded_before(microphone: Microphone | None) -> int:
    """Frames that may hold sound from before now: the one just read, the queue's, and one inside the processing."""
    if microphone is None or not microphone.is_acoustic:
        return 0
    return microphone.backlog // FRAME + 2

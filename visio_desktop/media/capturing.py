"""The way of own sound, on the sound thread: microphone, processing, meter, gate, encoder."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

from visio_desktop.media.activity import MutedSpeech
from visio_desktop.media.gate import Gate
from visio_desktop.media.meter import Meter
from visio_desktop.media.microphone import Microphone
from visio_desktop.media.opus import new_encoder
from visio_desktop.media.processing import Processing, Untouched
from visio_desktop.media.samples import BLOCK, FRAME, Pcm, Samples, from_pcm, silence, to_pcm
from visio_desktop.media.uplink import Uplink
from visio_desktop.rtc.frames import EncodedFrame
from visio_desktop.system.clock import Clock

_SILENT_DEVICE_MS: Final = 3_000.0
_MOST_BESIDE: Final = 3

type Send = Callable[[EncodedFrame, int], None]
"""Takes a frame and the opening of the gate its sound belongs to."""


class Capturing:
    """Goes with the beat. `microphone`, `processing` and `is_wanted` may be set from any thread.

    `beside` takes, 20 ms at a time and from any thread, what other programs play: the microphone hears it too, and the
    others get it otherwise.
    """

    def __init__(self, gate: Gate, clock: Clock, *, send: Send, muted_speech: Callable[[], None]) -> None:
        self.microphone: Microphone | None = None
        self.processing: Processing = Untouched()
        self.is_wanted = False
        self.meter = Meter()
        self.uplink = Uplink(new_encoder)
        self.beside: deque[Samples] = deque(maxlen=_MOST_BESIDE)
        self._gate = gate
        self._clock = clock
        self._send = send
        self._tell_muted_speech = muted_speech
        self._muted_speech = MutedSpeech()
        self._far = to_pcm(silence(FRAME))
        self._filled = 0
        self._opening: int | None = None
        self._hold_back = 0

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
        samples = self._read(microphone)
        level_db = self.meter.update(samples)
        if self.microphone is None:
            self.meter.clear()  # closed since this beat began: the level it left would stay for ever
        if microphone is not None and microphone.is_acoustic:
            now_ms = self._clock()
            if self._muted_speech.update(level_db, closed=opening is None, now_ms=now_ms):
                self._tell_muted_speech()
        self._pass_on(samples, opening, microphone)

    def _read(self, microphone: Microphone | None) -> Samples:
        if microphone is None:
            return silence(FRAME)
        samples = microphone.read()
        return from_pcm(self.processing.process(to_pcm(samples), self._heard())) if microphone.is_acoustic else samples

    def _heard(self) -> Pcm:
        """What the loudspeaker plays, of ours and beside it."""
        return to_pcm(from_pcm(self._far) + self.beside.popleft()) if self.beside else self._far

    def _pass_on(self, samples: Samples, opening: int | None, microphone: Microphone | None) -> None:
        if opening is None or not self.is_wanted:
            self._opening = None
            self.uplink.skip()
            return
        if opening != self._opening:
            self._opening = opening
            self.uplink.restart()
            self._hold_back = _recorded_before(microphone)
        if self._hold_back > 0:
            # Recorded while the gate was closed: its time passes, its sound does not.
            self._hold_back -= 1
            self.uplink.skip()
            return
        frame = self.uplink.add(samples)
        if frame is not None:
            self._send(frame, opening)

    def is_silent(self, now_ms: float) -> bool:
        """Whether the device has stopped delivering."""
        heard_ms = self.microphone.last_heard_ms if self.microphone is not None else None
        return heard_ms is not None and now_ms - heard_ms > _SILENT_DEVICE_MS


def _recorded_before(microphone: Microphone | None) -> int:
    """Frames that may hold sound from before now: the one just read, the queue's, and one inside the processing."""
    if microphone is None or not microphone.is_acoustic:
        return 0
    return microphone.backlog // FRAME + 2
